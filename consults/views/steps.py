"""A step in the browser: shown, arranged, drafted, saved."""

import re
import uuid
from contextlib import suppress

from django.http import Http404, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from consults import rules
from consults.actions import consultations as actions
from consults.actions import drafts
from consults.steps import BY_SLUG, following, wording
from consults.steps.arranging import arrange
from consults.steps.document import Document
from consults.steps.page import StepPage, differences
from consults.views.doors import get_consultation, read_for_a_page
from consults.views.room import room, step_row
from education import library
from painconsult.errors import Conflict, Refused

OWN_RUNS = ("card-", "turn", "f-experiment-")  # places the turned screen and hands-on come back to
ROW = re.compile(r"(?:new[0-9]{1,3}|[0-9]{1,18}|[0-9a-f-]{36})\Z")
# Where to go back to, when it is the page with everything: a step was opened from it to be changed, or it was
# interrupted because something needs attention.
REVIEW, INTERRUPTED_REVIEW = "review", "review-interrupted"
NOT_DRAFTED = ("csrfmiddlewaretoken", "do", "key", "base", "typed_by")


def get_step(slug):
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


@require_http_methods(["GET", "HEAD", "POST"])
def step(request, pk, slug):
    posted = request.method == "POST"
    asked = get_step(slug)
    consultation = get_consultation(request, pk, reading=not posted, joined=asked.joined)
    if posted:
        try:
            return _posted(request, consultation, asked)
        except Conflict:
            return _conflict(request, pk=consultation.pk, asked=asked)
    if consultation.is_completed:
        return redirect("review", pk=consultation.pk)
    typed = drafts.drafts_of(consultation, by=request.user)
    draft = typed.get(asked.slug)
    data = QueryDict(draft.body) if draft else None
    return show(request, consultation, asked, data=data, draft=draft, typed=typed)


def _posted(request, consultation, asked):
    """What the pressed button asks for; without one, Save."""
    do = request.POST.get("do") or "save"
    verb, *names = do.split(":")
    if verb == "save":
        return _save(request, consultation, asked, then=names[0] if names else "")
    if do == "discard":
        drafts.discard_drafts(consultation, asked, by=request.user)
        if request.POST.get("back") in (REVIEW, INTERRUPTED_REVIEW):
            return redirect("review", pk=consultation.pk)
        return redirect(reverse("step", args=[consultation.pk, asked.slug], query=ways(request)))
    if verb in LEAVING:
        with suppress(Conflict):  # this page is saved already; what needs attention does not wait
            if verb in NEEDS_DRAFT or _holds_more(request, consultation, asked):
                _keep(request, consultation, asked, request.POST)
        return LEAVING[verb](request, consultation, asked, *names[:1])
    data = _arranged(consultation, asked, request.POST, do)
    kept_at = _keep(request, consultation, asked, data)
    base, key = posted_base(request), posted_key(request)
    return show(request, consultation, asked, data=data, base=base, key=key, kept_at=kept_at)


def _arranged(consultation, asked, data, do):
    """What is on the page after a press that saves nothing."""
    verb, *names = do.split(":")
    if verb != "wording":
        return arrange(asked, consultation, data, do)
    page = StepPage(asked, consultation, step_row(consultation, asked), data=data)
    return wording.take(page, *names) if len(names) == 3 else data


def _save(request, consultation, asked, then):
    document = Document(asked, consultation, request.POST)
    key, base = posted_key(request), posted_base(request)
    if not document.is_valid():
        return show(
            request, consultation, asked, data=request.POST, document=document, base=base, key=key, status=422
        )
    actions.save_step(consultation, asked, document, base=base, key=key, by=request.user)
    return redirect(after_saving(request, consultation, asked, then))


def after_saving(request, consultation, asked, then=""):
    """Where a saved step leads: back where an interruption began, to the pause, or on."""
    if consultation.is_paused and (asked.slug == "safety" or asked.needs_gate):
        return reverse("paused", args=[consultation.pk])
    if request.POST.get("back") in (REVIEW, INTERRUPTED_REVIEW):
        return reverse("review", args=[consultation.pk])
    back = BY_SLUG.get(request.POST.get("back", ""))
    if asked.slug == "safety" and back and not rules.reasons_to_wait(consultation, back):
        return reverse("step", args=[consultation.pk, back.slug], query=onward(request))
    if asked.slug == "safety" and not rules.gate_is_open(consultation):
        return reverse("step", args=[consultation.pk, "safety"], query=ways(request))
    if then in BY_SLUG and rules.gate_is_open(consultation):
        return reverse("step", args=[consultation.pk, then])
    after = following(asked, gate_done=rules.gate_is_open(consultation))
    while after and rules.reasons_to_wait(consultation, after) and after.slug != "safety":
        after = following(after, gate_done=True)  # no record was agreed to: on to what may be kept
    if after is None:
        return reverse("plan" if rules.gate_is_open(consultation) else "review", args=[consultation.pk])
    return reverse("step", args=[consultation.pk, after.slug])


def _conflict(request, pk, asked):
    """Both texts, and yours ready to be saved on top: a new base and a new key."""
    consultation = get_consultation(request, pk)
    row, key = step_row(consultation, asked), uuid.uuid4()
    drafts.move_draft(consultation, asked, key=posted_key(request), to=key, base=row.number, by=request.user)
    differs = differences(
        StepPage(asked, consultation, row), StepPage(asked, consultation, row, data=request.POST)
    )
    return show(
        request,
        consultation,
        asked,
        data=request.POST,
        base=row.number,
        key=key,
        status=409,
        conflict={"differs": differs, "by": row.saved_by, "at": row.saved_at},
    )


def _holds_more(request, consultation, asked):
    """Whether a page holds anything that is not in the record, or was kept before: else there is nothing to keep."""
    data, row = request.POST, step_row(consultation, asked)
    if any(name.endswith("-remove") and data[name] == "yes" for name in data):
        return True
    pages = (StepPage(asked, consultation, row), StepPage(asked, consultation, row, data=data))
    return bool(differences(*pages)) or drafts.draft_of(consultation, asked, by=request.user) is not None


def show(
    request,
    consultation,
    asked,
    *,
    data=None,
    document=None,
    draft=None,
    base=None,
    key=None,
    status=200,
    typed=None,
    **more,
):
    """Render a step: from the record, from what was posted, or from a draft. `typed`: what waits unsaved."""
    read_for_a_page(consultation)
    row = step_row(consultation, asked)
    context = room(request, consultation, asked.slug, typed) | {
        "asked": asked,
        "row": row,
        "draft": draft,
        **more,
    }
    if (
        (reasons := rules.reasons_to_wait(consultation, asked))
        and data is not None
        and request.method == "POST"
    ):
        raise Refused(" ".join(reasons))  # its page shows what was typed
    if reasons:
        return render(request, "consults/step_closed.html", context | {"reasons": reasons}, status=status)
    page = StepPage(asked, consultation, row, data=data, document=document)
    if data is not None:
        wording.advise(page)
    back = request.POST.get("back") or request.GET.get("back", "")
    back_to = interrupted(back, context["steps"])
    context |= {
        "page": page,
        "sheet": page.sheet,
        "rows": page.rows,
        "kept_wording": [] if data is None else data.getlist(wording.KEPT),
        "base": draft.base if draft else row.number if base is None else base,
        "key": draft.key if draft else key or uuid.uuid4(),
        "back": back,
        "back_to": back_to,
        "then": request.POST.get("then") or request.GET.get("then", ""),
        "next_label": next_label(consultation, asked, back, back_to),
        "focus": focus_of(page, request.GET.get("focus", "")),
        "came_back": request.GET.get("focus", "").startswith(OWN_RUNS),
        **(asked.about(page) if asked.about else {}),
    }
    return render(request, asked.template, context, status=status)


def focus_of(page, asked_for):
    """The id of the field to begin at. `next` is what is still missing for today, as the record has it."""
    if asked_for != "next":
        return asked_for
    return page.place_of_next(page.step.asks(page.consultation))


def interrupted(back, lines):
    """The name of the page that was left because something needs attention; "" when none was."""
    if back == INTERRUPTED_REVIEW:
        return "Everything on one page"
    return next((line["name"] for line in lines if line["slug"] == back), "")


def next_label(consultation, asked, back="", back_to=""):
    """What saving says it does next."""
    if back == REVIEW:
        return "Save, and back to everything"
    if asked.slug == "safety" and back_to:
        return f"Close, and back to {back_to[0].lower()}{back_to[1:]}"
    guide, gate_done = library.step_guide(asked.slug), rules.gate_is_open(consultation)
    after = following(asked, gate_done=gate_done)
    named = consultation.scope.get("step_titles", {}).get(after.slug) if after else ""
    if named:
        return f"Next: {named[0].lower()}{named[1:]}"
    return (gate_done and guide.next_label_checked) or guide.next_label


def ways(request):
    """Where this page leads back to, and on from there: `back` and `then`, as far as they are ours."""
    back = request.POST.get("back", "")
    known = {"back": back} if back in (*BY_SLUG, REVIEW, INTERRUPTED_REVIEW) else {}
    return known | ({"then": REVIEW} if known and request.POST.get("then") == REVIEW else {})


def onward(request):
    """Where the step that was interrupted leads, once the check is closed."""
    return {"back": REVIEW} if request.POST.get("then") == REVIEW else {}


def posted_key(request):
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise Http404 from None


def posted_base(request):
    base = request.POST.get("base", "")
    if not (base.isascii() and base.isdecimal() and len(base) < 10):
        raise Http404
    return int(base)


def _keep(request, consultation, asked, data):
    """Store what is being typed as this person's draft; returns when."""
    kept = QueryDict(mutable=True)
    for name in data:
        if name not in NOT_DRAFTED:
            kept.setlist(name, data.getlist(name))
    return drafts.keep_draft(
        consultation,
        asked,
        key=posted_key(request),
        base=posted_base(request),
        body=kept.urlencode(),
        by=request.user,
    )


@require_POST
def draft(request, pk, slug):
    """The page's own call: keep what is typed, and say when it was kept."""
    consultation = get_consultation(request, pk)
    try:
        kept_at = _keep(request, consultation, get_step(slug), request.POST)
    except Conflict:
        return JsonResponse({"saved": True}, status=409)
    return JsonResponse({"kept_at": timezone.localtime(kept_at).strftime("%H:%M")})


def _attention(request, consultation, asked, *_):
    """To the check and, once it is closed, back here; a step that was opened from the review leads on there then."""
    ways_back = ways(request) if asked.slug == "safety" else {"back": asked.slug}
    if asked.slug != "safety" and request.POST.get("back") == REVIEW:
        ways_back["then"] = REVIEW
    return redirect(reverse("step", args=[consultation.pk, "safety"], query=ways_back, fragment="attention"))


def _pause(request, consultation, asked, *_):
    return redirect("client", pk=consultation.client_id)


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
