"""What is there: a card for each sign that is a yes, how urgent it is, what was done, and what closes it."""

from datetime import date

from django.utils import timezone

from consults.models import SafetyFinding
from consults.steps.document import RowForm, Rows
from consults.steps.screen import found_now
from education import library
from painconsult.ui.fields import Choice, Day, Line, Words

LEVELS = SafetyFinding.LEVELS


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


def check_findings(document, levels, outcome):
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
