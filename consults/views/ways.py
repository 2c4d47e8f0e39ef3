"""Where a step's page leads: on to the next one, back where somebody came from, or away and back again."""

import re
from dataclasses import dataclass

from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from consults import rules
from consults.steps import BY_SLUG, following
from education import library

# Pages a step was opened from, to be changed there: what saving then says.
OPENED_FROM = {
    "review": "Save, and back to everything",
    "client": "Save, and back to what can be finished",
    "plan": "Save, and back to their plan",
}
# Pages that are no steps, left because something needs attention: (name of the page, name of its address).
LEFT = {
    "review-interrupted": ("Everything on one page", "review"),
    "plan-interrupted": ("Their plan", "plan"),
}
THE_PLAN = "plan"  # where the last step leads on to
# What the check is opened for, and where that is: what was found already, or whether home is safe.
OPENED_FOR = {"found": "h-found", "home": "f-home_unsafe-0"}
ROW = re.compile(r"(?:new[0-9]{1,3}|[0-9]{1,18}|[0-9a-f-]{36})\Z")
PLACE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,119}\Z")  # the id of something on a page


@dataclass(frozen=True)
class Ways:
    """Where a page leads `back` to, `back_at` which place there, and on from there (`then`); "" is nowhere. `about` is
    what the check was opened for.

    What a request says of them goes into addresses: only what is ours is taken.
    """

    back: str = ""
    back_at: str = ""
    then: str = ""
    about: str = ""

    @classmethod
    def of(cls, request):
        said = request.POST if request.method == "POST" else request.GET
        back = said.get("back", "")
        if back in BY_SLUG and back != "safety":
            then = said["then"] if said.get("then") in OPENED_FROM else ""
            about = said["about"] if said.get("about") in OPENED_FOR else ""
            return cls(back, place(said, "back_at"), then, about)
        return cls(back if back in OPENED_FROM or back in LEFT else "")

    @property
    def query(self):
        return {name: way for name, way in vars(self).items() if way}

    def page(self, consultation):
        """The address of the page, no step, that saving leads back to; "" where it leads to none."""
        if self.back == "client":
            return reverse("client", args=[consultation.client_id])
        name = self.back if self.back in OPENED_FROM else LEFT.get(self.back, ("", ""))[1]
        return reverse(name, args=[consultation.pk]) if name else ""


def place(said, name="at"):
    """A place on a page, as a request says it; "" where it is none."""
    return said.get(name, "") if PLACE.match(said.get(name, "")) else ""


def interrupted(ways, lines):
    """The name of the page that was left because something needs attention; "" when none was."""
    if ways.back in LEFT:
        return LEFT[ways.back][0]
    return next((line["name"] for line in lines if line["slug"] == ways.back), "")


def onward(consultation, asked, typed):
    """(the step before it, the step to open) once this one is saved; None after the last.

    A step that is saved and has enough for today is passed over, unless something waits there unsaved (`typed`):
    somebody who went back to an older step is led on to where they were. What may not be kept is known only once this
    one is saved: see `after_saving`.
    """
    gate_done = rules.gate_is_open(consultation)
    rows = {row.slug: row for row in consultation.steps.all()}
    last, after = asked, following(asked, gate_done=gate_done)
    while gate_done and after and rows[after.slug].is_settled and after.slug not in typed:
        last, after = after, following(after, gate_done=True)
    return last, after


def next_label(consultation, asked, way_on, ways, back_to):
    """What saving says it does next; `way_on` is what `onward` told."""
    if ways.back in OPENED_FROM:
        return OPENED_FROM[ways.back]
    if asked.slug == "safety" and back_to:
        return f"Close, and back to {back_to[0].lower()}{back_to[1:]}"
    last, after = way_on
    named = consultation.scope.get("step_titles", {}).get(after.slug) if after else ""
    if named:
        return f"Next: {named[0].lower()}{named[1:]}"
    guide = library.step_guide(last.slug)
    return (rules.gate_is_open(consultation) and guide.next_label_checked) or guide.next_label


def after_saving(consultation, asked, ways, then="", on=""):
    """The address a saved step leads to: where an interruption began, the pause, or `on`, which its page said."""
    if consultation.is_paused and (asked.slug == "safety" or asked.needs_gate):
        return reverse("paused", args=[consultation.pk])
    if then in BY_SLUG and rules.gate_is_open(consultation):
        return reverse("step", args=[consultation.pk, then])
    if page := ways.page(consultation):
        return page
    back = BY_SLUG.get(ways.back)
    if asked.slug == "safety" and back and not rules.reasons_to_wait(consultation, back):
        return where_it_began(consultation, back, ways)
    if asked.slug == "safety" and not rules.gate_is_open(consultation):
        return reverse("step", args=[consultation.pk, "safety"], query=ways.query)
    gate_done = rules.gate_is_open(consultation)
    after = following(asked, gate_done=gate_done)
    # Never back to the check: it is done, perhaps since the page was drawn.
    if gate_done and on in (THE_PLAN, *BY_SLUG) and on != "safety":
        after = BY_SLUG.get(on)
    while after and rules.reasons_to_wait(consultation, after) and after.slug != "safety":
        after = following(after, gate_done=True)  # no record was agreed to: on to what may be kept
    if after is None:
        return reverse("plan" if gate_done else "review", args=[consultation.pk])
    return reverse("step", args=[consultation.pk, after.slug])


def where_it_began(consultation, step, ways):
    """The page that was interrupted, at the place somebody had come to."""
    query = ({"back": ways.then} if ways.then else {}) | ({"at": ways.back_at} if ways.back_at else {})
    return reverse("step", args=[consultation.pk, step.slug], query=query, fragment=ways.back_at or None)


# --- Away, and back again ---------------------------------------------------------------------------


def _attention(request, consultation, asked, about=""):
    """To the check and, once it is closed, back here; a step that was opened from the review leads on there then.
    Without `about` the check begins with its two parts, closed."""
    ways = Ways.of(request)
    if asked.slug != "safety":
        then = ways.back if ways.back in OPENED_FROM else ""
        ways = Ways(asked.slug, place(request.POST), then, about if about in OPENED_FOR else "")
    at = OPENED_FOR.get(ways.about, "attention")
    return redirect(reverse("step", args=[consultation.pk, "safety"], query=ways.query, fragment=at))


def _pause(request, consultation, asked, *_):
    """To the client's page, which leads back to this place; see `left_at`."""
    at = place(request.POST)
    query = {"left": asked.slug} | ({"at": at} if at else {}) | Ways.of(request).query
    return redirect(reverse("client", args=[consultation.client_id], query=query))


def left_at(request, consultation):
    """(title, address) of the step that a pause led away from; None without one, or where it does not open now."""
    step, at = BY_SLUG.get(request.GET.get("left", "")), place(request.GET)
    if not (step and consultation) or consultation.is_paused or rules.reasons_to_wait(consultation, step):
        return None
    query = Ways.of(request).query | ({"at": at} if at else {})
    address = reverse("step", args=[consultation.pk, step.slug], query=query, fragment=at or None)
    return rules.step_guide(consultation.scope, step.slug).title, address


def whole_page(request, url):
    """Leave for a page with another frame: htmx must load it whole."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _turn(request, consultation, asked, row=""):
    """The button "Turn the screen": to the first question of this step's run."""
    url = reverse("turned", args=[consultation.pk, asked.slug])
    return whole_page(request, f"{url}?row={row}" if ROW.match(row) else url)


def _hands_on(request, consultation, asked, row=""):
    url = reverse("hands_on", args=[consultation.pk])
    return whole_page(request, f"{url}?row={row}" if ROW.match(row) else url)


NEEDS_DRAFT = ("turn", "handson")  # what comes next is written into it
LEAVING = {"attention": _attention, "pause": _pause, "turn": _turn, "handson": _hands_on}
