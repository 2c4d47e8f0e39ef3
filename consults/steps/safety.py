"""The safety check: seven groups read aloud, what is done about each yes, and an outcome."""

from django.utils import timezone

from consults.models import Client, Consultation
from consults.models.consultations import OUTCOMES
from consults.steps.asks import Ask, Asks
from consults.steps.findings import (
    HOME,
    OPEN,
    FindingRows,
    card_of,
    carried,
    check_findings,
    found_anew,
    may_be_old,
    new_finding,
    open_levels,
    reopen,
    todays,
    urgency,
)
from consults.steps.page import StepPage
from consults.steps.screen import answers_by_flag, found_now, is_child, lined_flags, unasked_emergencies
from consults.steps.step import Step, StepForm
from consults.steps.writing import write
from education import library
from painconsult.ui.fields import Choice, Line, Several, Words, YesNo

SUICIDE = {
    "none": "No",
    "passive": "Tired of living, no plan",
    "active": "Thinking of ways, a plan, or a recent try",
}


class SafetyForm(StepForm):
    yes = Several({}, most=60, label="Yes")
    none = Several({}, most=7, label="All read: none of these")
    child_night_or_limp = YesNo(label="Pain at night, or a limp?")
    suicide_answer = Choice(SUICIDE, label="Asked about not wanting to live")
    home_unsafe = Choice(
        {"no": "Yes, they feel safe", "yes": "No, or not sure"}, label="Asked whether home is safe"
    )
    touch_safe = Choice(
        {"yes": "Nothing changes it", "no": "Something does"}, label="Is touch and movement safe today?"
    )
    touch_words = Line(300, label="What, and what to leave out")
    consent_to_touch = YesNo(label="May I use my hands today?")
    outcome = Choice({key: title for key, title in OUTCOMES.items() if key}, label="How the check ends")
    outcome_reason = Words(1000, label="Why the check ends this way")

    def fit(self, consultation):
        self.fields["yes"].options = {
            line.id: line.text for group in library.screen_groups() for line in group.lines
        }
        self.fields["none"].options = {str(group.number): group.heading for group in library.screen_groups()}
        if not consultation.does_hands_on:
            del self.fields["consent_to_touch"]
        if not is_child(consultation):
            del self.fields["child_night_or_limp"]

    def shown(self):
        screen = self.consultation.screen or {}
        return {"yes": screen.get("yes", []), "none": screen.get("none", [])}


def reasons_against(outcome, levels, unasked, reason, *, earlier=(), may_be_old=False):
    """Why the check may not end like this (guide E.2); empty when it may.

    `levels` are those of this visit's open findings and `earlier` of those before it, `unasked` the names
    of signs that can be an emergency and were not asked about, `reason` what was written for the outcome.
    `may_be_old`: of every emergency of this visit the only yes may be about something long ago.
    """
    if outcome in ("", "paused_referred"):
        return []
    if "E" in earlier:
        return ["An emergency sign of an earlier visit is open. Until it is cleared, end in a pause."]
    if "E" in levels:
        until = "lowered above with a reason, or cleared" if may_be_old else "cleared"
        return [f"An emergency sign is open. Until it is {until}, end in a pause."]
    levels = [*levels, *earlier]
    if "U" in levels and (outcome == "clear_to_proceed" or not reason):
        return ["An urgent sign is open. Pause, or go on with follow-up and write down why that is safe."]
    if outcome == "clear_to_proceed":
        if levels:
            return ["Something needs a medical review: go on with follow-up, not clear."]
        return [f"Not asked yet: {name}. Read that group aloud first." for name in unasked[:1]]
    return [] if levels or reason else ["Nothing was found: say in a sentence what the follow-up is for."]


def check(document):
    """The rules that join answers, findings and outcome."""
    form, answers = document.form, document.form.cleaned_data
    outcome = answers.get("outcome", "")
    if form.errors:
        return
    document.anew = found_anew(document.consultation, answers)
    levels = open_levels(document)
    for reason in reasons_against(
        outcome,
        list(levels.values()),
        unasked_emergencies(document.consultation, answers),
        answers["outcome_reason"],
        earlier=carried(document.consultation),
        may_be_old=all(
            may_be_old(library.flags()[flag], answers["yes"])
            for flag, level in levels.items()
            if level == "E"
        ),
    ):
        form.add_error("outcome", reason)
    if answers.get("touch_safe") == "no" and not answers.get("touch_words"):
        form.add_error("touch_words", "Say what changes it, so that the next person knows.")
    check_findings(document, levels, outcome)


def before(consultation, document, by):
    """Keep what was read aloud and sign the outcome; the findings are written with their cards."""
    answers = document.form.cleaned_data
    reopen(consultation, answers, document.anew)
    consultation.screen = {"yes": answers["yes"], "none": answers["none"]}
    _sign(consultation, document, by)
    if answers.get("home_unsafe") == "yes":
        _mark_home(consultation, by)
    return ("screen", "outcome_by", "outcome_at")


def _sign(consultation, document, by):
    """Sign the outcome, anew with each save that says anything else than the last."""
    last = consultation.entries.filter(slug="safety").order_by("-number").first()
    if last is not None and last.answers == document.answers():
        return
    signed = bool(document.form.cleaned_data["outcome"])
    consultation.outcome_by = by if signed else None
    consultation.outcome_at = timezone.now() if signed else None


def _mark_home(consultation, by):
    """Home may not be safe: no links until it is taken back (`clear_finding`). A yes that merely still stands
    on the page does not undo that; one that is pressed anew does."""
    note = consultation.findings.filter(flag=HOME).first()
    if note is None:
        new_finding(consultation, HOME, library.flags()[HOME].starts_at, "yes", by).save()
    elif not note.is_open:
        if Consultation.objects.filter(pk=consultation.pk, home_unsafe="yes").exists():
            return
        write([(note, OPEN)])
    Client.objects.filter(pk=consultation.client_id).update(home_may_be_unsafe=True)


def asks(consultation):
    enough = [
        Ask(
            "the groups read aloud", lined_flags() <= set(answers_by_flag(consultation.screen or {})), at="g1"
        ),
        Ask("how it ends", consultation.outcome, "outcome"),
    ]
    if consultation.does_hands_on:
        enough.insert(1, Ask("touch and movement today", consultation.touch_safe, "touch_safe"))
    screen = consultation.screen or {}
    return Asks(enough, begun=bool(screen.get("yes") or screen.get("none")))


def about(page):
    """Groups with what was pressed, a card for each sign that is a yes, and where the check may end."""
    yes, none = page.sheet.texts("yes"), page.sheet.texts("none")
    told = {"yes": yes, "none": none}
    told |= {name: page.sheet.text(name) for name in ("suicide_answer", "child_night_or_limp")}
    stored, anew = todays(page.consultation), found_anew(page.consultation, told)
    levels = {flag: finding.level_found for flag, finding in stored.items()}
    asked_in = {line.flag: group.number for group in library.screen_groups() for line in group.lines}
    said = found_now(page.consultation, told)
    for flag, (level, _) in said.items():
        levels[flag] = max(levels.get(flag, "R"), level, key=urgency)
    findings = [
        card_of(
            row,
            stored.get(row.row_id),
            levels[row.row_id],
            came_back=row.row_id in anew and row.row_id in stored,
            yes=yes,
        )
        | {"taken_back": row.row_id not in said, "asked_in": asked_in.get(row.row_id)}
        for row in page.rows["finding"]
        if row.row_id in levels
    ]
    safety = library.safety()
    standing = [found for found in findings if not found["cleared"] and not found["clearing"]]
    levels, earlier = [found["level"].id for found in standing], carried(page.consultation)
    against = {
        "earlier": earlier,
        "may_be_old": all(found["may_be_old"] for found in standing if found["level"].id == "E"),
    }
    return {
        "groups": [
            (group, [(line, line.id in yes) for line in group.lines], str(group.number) in none)
            for group in library.screen_groups()
        ],
        "findings": findings,
        "safety": safety,
        "touch_hint": f"For example {', '.join(safety.touch.examples)}.",
        "suicide": library.direct_question("suicide"),
        "home": library.direct_question("home_unsafe"),
        "reason_hint": reason_hint([*levels, *earlier]),
        "said_lower": "" if page.sheet.text("outcome_reason").strip() else said_lower(findings, earlier),
        "asked_alone": page.sheet.text("suicide_answer") or page.sheet.text("home_unsafe"),
        "outcomes": [
            (
                outcome,
                key == page.sheet.text("outcome"),
                " ".join(reasons_against(key, levels, [], "a reason", **against)),
            )
            for key, outcome in safety.outcomes.items()
        ],
    }


def said_lower(findings, carried_on):
    """Why every urgent sign on the page is less urgent than it was found, in one line: often that is why it is safe
    to go on. "" where one of them has no such reason, or must not be told."""
    urgent = [found for found in findings if not found["cleared"] and not found["clearing"]]
    urgent = [found for found in urgent if found["level"].id in "EU"]
    lowered = [found for found in urgent if found["level"].id in found["lower"].split()]
    if carried_on or len(lowered) < len(urgent) or any(found["flag"].private for found in urgent):
        return ""
    return " ".join(dict.fromkeys(found["row"].text("level_reason").strip() for found in lowered))


def put(consultation, data, what="", *_):
    """Write why a sign is less urgent as the reason to go on."""
    offered = about(StepPage(STEP, consultation, None, data=data))["said_lower"]
    if what == "reason" and offered:
        data.setlist("outcome_reason", [offered])


def reason_hint(levels):
    """Whether the outcome needs a sentence, in words; see reasons_against."""
    if "U" in levels:
        return "Needed to go on while an urgent sign is open: why is that safe?"
    if levels:
        return "Only if there is something to add."
    return "Needed to go on with follow-up: no sign above has a yes, so say what it is for."


STEP = Step(
    slug="safety",
    form=SafetyForm,
    asks=asks,
    rows=(FindingRows(),),
    needs_gate=False,
    needs_record=False,
    check=check,
    before=before,
    put=put,
    about=about,
)
