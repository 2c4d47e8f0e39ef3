"""The safety check: seven groups read aloud, what is done about each yes, and an outcome."""

from datetime import date
from functools import cache

from django.utils import timezone

from consults.models import Client, SafetyFinding
from consults.models.consultations import OUTCOMES
from consults.steps.document import Asks, RowForm, Rows, Step, StepForm
from education import library
from painconsult.ui.fields import Choice, Day, Line, Several, Words, YesNo

ADULT = 18
SUICIDE = {
    "none": "No",
    "passive": "Tired of living, no plan",
    "active": "Thinking of ways, a plan, or a recent try",
}
SUICIDE_LEVELS = {"passive": "U", "active": "E"}
LEVELS = SafetyFinding.LEVELS


class SafetyForm(StepForm):
    yes = Several({}, most=60, label="Yes")
    none = Several({}, most=7, label="Read aloud: none of these")
    child_night_or_limp = YesNo(label="Pain at night, or a limp?")
    suicide_answer = Choice(SUICIDE, label="What did they say?")
    home_unsafe = YesNo(label="Could home be unsafe for them?")
    touch_safe = Choice(
        {"yes": "Nothing changes it", "no": "Something does"}, label="Is touch and movement safe today?"
    )
    touch_words = Line(300, label="What, and what to leave out")
    consent_to_touch = YesNo(label="May I use my hands today?")
    outcome = Choice({key: title for key, title in OUTCOMES.items() if key}, label="How the check ends")
    outcome_reason = Words(1000, label="Why, in a sentence")

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


class FindingForm(RowForm):
    level_now = Choice(LEVELS, label="How urgent is it now?")
    level_reason = Line(300, label="Why it is lower")
    action = Words(1000, label="What you did")
    contacted = Line(200, label="Whom you told")
    contacted_at = Line(60, label="When")
    reply_due = Day(label="Their reply is due by", first=date(2000, 1, 1))
    cleared_on = Day(label="Cleared on", first=date(2000, 1, 1))
    cleared_by = Line(200, label="Cleared by")
    cleared_words = Words(1000, label="In what words")

    def clean(self):
        answers = self.cleaned_data
        cleared = [answers.get(name) for name in ("cleared_on", "cleared_by", "cleared_words")]
        if any(cleared) and not all(cleared):
            for name in ("cleared_on", "cleared_by", "cleared_words"):
                if not answers.get(name) and name not in self.errors:
                    self.add_error(name, "A clearance needs the day, who gave it, and their words.")
        if answers.get("cleared_on") and answers["cleared_on"] > timezone.localdate():
            self.add_error(
                "cleared_on", "This day is still to come. A clearance is written down once it is given."
            )


class FindingRows(Rows):
    """One row per sign that was a yes; its id is the flag."""

    name = "finding"
    form = FindingForm
    most = 30

    def stored(self, consultation):
        found = {finding.flag: finding for finding in consultation.findings.all()}
        return [
            (flag, {name: getattr(found.get(flag), name, None) for name in FindingForm.base_fields})
            for flag in library.flags()
            if flag in found
        ] + [(flag, {}) for flag in library.flags() if flag not in found]

    def save(self, consultation, row_id, answers, by):
        finding = consultation.findings.filter(flag=row_id).first()
        if finding is None:
            return None  # a yes taken back before it was ever saved
        before = finding.level_now
        for name, value in answers.items():
            setattr(finding, name, value)
        finding.level_now = answers.get("level_now") or before
        finding.save()
        return finding

    def remove(self, consultation, row_id):
        """A finding is never removed: what was said stays, and a clearance closes it."""


def is_child(consultation):
    return age_on(consultation.client.birth_date, consultation.held_on) < ADULT


def age_on(born, day):
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def urgent_is_open(consultation):
    """Whether an emergency or urgent finding is open, of this visit or an earlier one: then some ideas
    are not offered (guide E.2)."""
    return any(
        finding.is_open and finding.level_now in "EU" for finding in consultation.client.findings.all()
    )


def carried(consultation):
    """Levels of what was urgent at an earlier visit and was never cleared: it still stands."""
    return [
        finding.level_now
        for finding in consultation.client.findings.all()
        if finding.consultation_id != consultation.pk and finding.is_open and finding.level_now in "EU"
    ]


def urgency(level):
    return "RUE".index(level)


@cache
def lined_flags():
    """The flags that have a line to read aloud."""
    return {line.flag for group in library.screen_groups() for line in group.lines}


def answers_by_flag(screen):
    """Return {flag: "yes" | "no"} for every sign that was asked; one that is missing was not.

    `screen` holds `yes` (ids of lines pressed) and `none` (numbers of groups read to the end).
    """
    yes, none = set(screen.get("yes", [])), set(screen.get("none", []))
    told = {}
    for group in library.screen_groups():
        for line in group.lines:
            if line.id in yes:
                told[line.flag] = "yes"
            elif str(group.number) in none:
                told.setdefault(line.flag, "no")
    return told


def found_now(consultation, answers):
    """Return {flag: (level, answer)} of what these answers say is there."""
    flags = library.flags()
    found = {
        flag: (flags[flag].starts_at, "yes")
        for flag, answer in answers_by_flag(answers).items()
        if answer == "yes"
    }
    if is_child(consultation):
        found["child"] = ("U" if answers.get("child_night_or_limp") == "yes" else "R", "yes")
    if answers.get("suicide_answer") in SUICIDE_LEVELS:
        found["suicide"] = (SUICIDE_LEVELS[answers["suicide_answer"]], answers["suicide_answer"])
    return found


def open_levels(document):
    """Return {flag: level} of what is open if this is saved: stored, found now, lowered or cleared."""
    consultation, answers = document.consultation, document.form.cleaned_data
    stored = {finding.flag: finding for finding in consultation.findings.all()}
    levels = {flag: finding.level_now for flag, finding in stored.items() if finding.is_open}
    for flag, (level, _) in found_now(consultation, answers).items():
        if flag not in stored or urgency(level) > urgency(stored[flag].level_found):
            levels[flag] = level
    for form in document.kept["finding"]:
        if form.row_id in levels:
            levels[form.row_id] = form.cleaned_data.get("level_now") or levels[form.row_id]
            if form.cleaned_data.get("cleared_on"):
                del levels[form.row_id]
    return levels


def reasons_against(outcome, levels, unasked, reason):
    """Why the check may not end like this (guide E.2); empty when it may.

    `levels` are those of open findings, `unasked` the names of signs that can be an emergency and
    were not asked about, `reason` what was written for the outcome.
    """
    if outcome in ("", "paused_referred"):
        return []
    if "E" in levels:
        return ["An emergency sign is open, today’s or an earlier one. Until it is cleared, end in a pause."]
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
    levels = open_levels(document)
    for reason in reasons_against(
        outcome,
        [*levels.values(), *carried(document.consultation)],
        unasked_emergencies(document.consultation, answers),
        answers["outcome_reason"],
    ):
        form.add_error("outcome", reason)
    if answers.get("touch_safe") == "no" and not answers.get("touch_words"):
        form.add_error("touch_words", "Say what changes it, so that the next person knows.")
    _check_findings(document, levels, outcome)


def _check_findings(document, levels, outcome):
    """Before the check ends, each urgent finding says what was done; a lower level says why."""
    rows = {form.row_id: form for form in document.kept["finding"]}
    stored = {finding.flag: finding for finding in document.consultation.findings.all()}
    found = found_now(document.consultation, document.form.cleaned_data)
    for flag, level in levels.items():
        form = rows.get(flag)
        if outcome and level in "EU":
            _check_done(document, flag, form)
    for flag, form in rows.items():
        highest = max(
            found.get(flag, ("R",))[0], stored[flag].level_found if flag in stored else "R", key=urgency
        )
        level = form.cleaned_data.get("level_now") or highest
        if urgency(level) < urgency(highest):
            _check_lowered(form, flag, level)
    for flag, (level, _) in found.items():
        if flag in stored and flag in rows and urgency(level) > urgency(stored[flag].level_found):
            _check_worse(rows[flag])


def _check_done(document, flag, form):
    """What was done about an urgent sign; after the question about not wanting to live, also when."""
    done = form.cleaned_data if form else {}
    if not done.get("action"):
        sentence = "Say what you did about it and whom you told before the check ends."
        document.form.add_error("outcome", f"{library.flags()[flag].name}: {sentence.lower()}")
        if form:
            form.add_error("action", sentence)
    elif flag == "suicide" and not done.get("contacted_at"):
        form.add_error("contacted_at", "Say when you reached them before the check ends.")


def _check_lowered(form, flag, level):
    lowest = library.flags()[flag].levels[-1]
    if urgency(level) < urgency(lowest):
        form.add_error(
            "level_now", f"This sign is never less than “{LEVELS[lowest]}”. A clearance closes it."
        )
    elif not form.cleaned_data.get("level_reason"):
        form.add_error("level_reason", "Say why it is less urgent than it was found.")


def _check_worse(form):
    """A clearance of something less urgent does not cover what is worse now."""
    if form.cleaned_data.get("cleared_on"):
        form.add_error("cleared_on", "It is worse than what was cleared. Empty the clearance and save first.")


def unasked_emergencies(consultation, answers):
    asked = answers_by_flag(answers)
    return [
        flag.name
        for flag in library.flags().values()
        if "E" in flag.levels and flag.id not in asked and flag.id in lined_flags()
    ]


def before(consultation, document, by):
    """Keep what was read aloud, open a finding for each yes, and sign the outcome."""
    answers = document.form.cleaned_data
    for flag, (level, answer) in found_now(consultation, answers).items():
        finding, _ = SafetyFinding.objects.get_or_create(
            consultation=consultation,
            flag=flag,
            defaults={
                "clinic_id": consultation.clinic_id,
                "client_id": consultation.client_id,
                "answer": answer,
                "level_found": level,
                "level_now": level,
                "asked_by": by,
                "found_at": timezone.now(),
            },
        )
        if urgency(level) > urgency(finding.level_found):
            finding.level_found = finding.level_now = level
            finding.answer, finding.level_reason = answer, ""
            finding.cleared_on, finding.cleared_by, finding.cleared_words = None, "", ""
            finding.save()
    consultation.screen = {"yes": answers["yes"], "none": answers["none"]}
    signed = bool(answers["outcome"])
    consultation.outcome_by = by if signed else None
    consultation.outcome_at = timezone.now() if signed else None
    if answers.get("home_unsafe") == "yes":
        Client.objects.filter(pk=consultation.client_id).update(home_may_be_unsafe=True)
    return ("screen", "outcome_by", "outcome_at")


def asks(consultation):
    enough = [
        ("the groups read aloud", lined_flags() <= set(answers_by_flag(consultation.screen or {}))),
        ("how it ends", bool(consultation.outcome)),
    ]
    if consultation.does_hands_on:
        enough.insert(1, ("touch and movement today", bool(consultation.touch_safe)))
    return Asks(enough)


def about(page):
    """Groups with what was pressed, a card for each sign that is a yes, and where the check may end."""
    yes, none = page.sheet.texts("yes"), page.sheet.texts("none")
    told = {"yes": yes, "none": none}
    told |= {name: page.sheet.text(name) for name in ("suicide_answer", "child_night_or_limp")}
    stored = {finding.flag: finding for finding in page.consultation.findings.all()}
    levels = {flag: finding.level_found for flag, finding in stored.items()}
    for flag, (level, _) in found_now(page.consultation, told).items():
        levels[flag] = max(levels.get(flag, "R"), level, key=urgency)
    findings = [
        card_of(row, stored.get(row.row_id), levels[row.row_id])
        for row in page.rows["finding"]
        if row.row_id in levels
    ]
    safety = library.safety()
    standing = [found["level"].id for found in findings if not found["cleared"] and not found["clearing"]]
    standing += carried(page.consultation)
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
        "asked_alone": page.sheet.text("suicide_answer") or page.sheet.text("home_unsafe"),
        "outcomes": [
            (
                outcome,
                key == page.sheet.text("outcome"),
                " ".join(reasons_against(key, standing, [], "a reason")),
            )
            for key, outcome in safety.outcomes.items()
        ],
    }


def card_of(row, stored, found):
    """What the page says about one sign: how urgent it is now, what to do, and whether it is cleared."""
    flag, levels = library.flags()[row.row_id], library.safety().levels
    now = row.text("level_now") or (stored.level_now if stored else found)
    unexplained = not row.text("level_reason") and not row.errors
    if now not in flag.levels or (unexplained and urgency(now) < urgency(found)):
        now = found  # the higher level stands until it is lowered with a reason
    typed = [row.text("cleared_on-year"), row.text("cleared_by"), row.text("cleared_words")]
    return {
        "flag": flag,
        "row": row,
        "level": levels[now],
        "choices": [(levels[each], flag.do[each], each == now) for each in flag.levels],
        "lower": " ".join(each for each in flag.levels if urgency(each) < urgency(found)),
        "cleared": stored is not None and not stored.is_open,
        "clearing": all(typed),
        "touched": any(typed),
    }


STEP = Step(
    slug="safety",
    form=SafetyForm,
    asks=asks,
    rows=(FindingRows(),),
    needs_gate=False,
    needs_record=False,
    check=check,
    before=before,
    about=about,
)
