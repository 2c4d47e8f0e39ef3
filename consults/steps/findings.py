"""What is there: a card for each sign that is a yes, how urgent it is, what was done, and what closes it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format

from consults.models import SafetyFinding
from consults.steps.screen import found_now, said
from consults.steps.step import RowForm, Rows
from consults.steps.writing import write
from education import library
from painconsult.ui.fields import Choice, Day, Line, Words

LEVELS = SafetyFinding.LEVELS
HOME = "home_unsafe"  # a private note on the client, kept as a finding so that it says who, when and how it ended
OPEN = {"level_reason": "", "cleared_on": None, "cleared_by": "", "cleared_words": ""}


def signs(consultation):
    """Findings of the gate, of this visit and of earlier ones. The private note is none of them: the person
    beside may read these pages."""
    prefetch_related_objects([consultation], "client__findings")
    return [finding for finding in consultation.client.findings.all() if finding.flag != HOME]


def todays(consultation):
    """{flag: finding} of this visit."""
    return {each.flag: each for each in signs(consultation) if each.consultation_id == consultation.pk}


def new_finding(consultation, flag, level, answer, by):
    return SafetyFinding(
        clinic_id=consultation.clinic_id,
        client_id=consultation.client_id,
        consultation=consultation,
        flag=flag,
        answer=answer,
        level_found=level,
        level_now=level,
        asked_by=by,
        found_at=timezone.now(),
    )


class FindingForm(RowForm):
    level_now = Choice(LEVELS, label="How urgent is it now?")
    level_reason = Line(300, label="Why it is less urgent")
    action = Words(1000, label="What you did")
    contacted = Line(200, label="Whom you told")
    contacted_at = Line(60, label="When")
    reply_due = Day(label="Their reply is due by", first=date(2000, 1, 1))
    cleared_on = Day(label="Cleared on", first=date(2000, 1, 1))
    cleared_by = Line(200, label="Cleared by")
    cleared_words = Words(1000, label="In what words")

    @property
    def flag(self):
        return library.flags()[self.prefix.removeprefix("finding-")]

    def add_error(self, field, error):
        """Many cards stand on this page: each sentence says which sign it is about."""
        for sentence in ValidationError(error).messages:
            super().add_error(field, f"{self.flag.name}: {sentence[:1].lower()}{sentence[1:]}")

    def clean(self):
        answers = self.cleaned_data
        cleared = [answers.get(name) for name in ("cleared_on", "cleared_by", "cleared_words")]
        if any(cleared) and not all(cleared):
            for name in ("cleared_on", "cleared_by", "cleared_words"):
                if not answers.get(name) and name not in self.errors:
                    self.add_error(name, "A clearance needs the day, who gave it, and their words.")
        if why := reason_against_day(answers.get("cleared_on"), self.consultation.held_on):
            self.add_error("cleared_on", why)


class FindingRows(Rows):
    """One row per sign that was a yes; its id is the flag."""

    name = "finding"
    form = FindingForm
    most = 30

    def stored(self, consultation):
        found = todays(consultation)
        return [
            (flag, {name: getattr(found.get(flag), name, None) for name in FindingForm.base_fields})
            for flag in library.flags()
            if flag in found
        ] + [(flag, {}) for flag in library.flags() if flag not in found and flag != HOME]

    def save_all(self, consultation, told, by):
        """Open a finding for each yes, raise what got worse, and write what was said on the cards. A card of a
        yes that was taken back before it was ever saved is no finding."""
        there, values = {each.flag: each for each in consultation.findings.exclude(flag=HOME)}, {}
        for flag, (level, answer) in found_now(consultation, said(consultation)).items():
            if flag not in there:
                there[flag] = new_finding(consultation, flag, level, answer, by)
            elif urgency(level) > urgency(there[flag].level_found):
                values[flag] = OPEN | {"level_found": level, "level_now": level, "answer": answer}
        for flag, answers in told:
            if flag in there:
                values[flag] = _with_level(there[flag], values.get(flag, {}), answers)
        write([(finding, values.get(flag, {})) for flag, finding in there.items()])
        return [there.get(flag) for flag, _ in told]

    def remove(self, consultation, row_id):
        """A finding is never removed: what was said stays, and a clearance closes it."""


def _with_level(finding, worse, answers):
    """What is written of one card. A level that is raised counts as found; one that is left out stays."""
    level = answers.get("level_now") or worse.get("level_now") or finding.level_now
    found = max(worse.get("level_found") or finding.level_found, level, key=urgency)
    return worse | answers | {"level_now": level, "level_found": found}


def reason_against_day(cleared_on, found_on):
    """Why a clearance may not have this day: it is given after the finding."""
    if cleared_on and cleared_on > timezone.localdate():
        return "This day is still to come. A clearance is written down once it is given."
    if cleared_on and cleared_on < found_on:
        day = date_format(found_on, "j F Y")
        return f"This is before it was found, on {day}. A clearance is given after that."
    return ""


def open_urgent(consultation):
    """Emergency and urgent findings that are open, of this visit or an earlier one."""
    return [finding for finding in signs(consultation) if finding.is_open and finding.level_now in "EU"]


def urgent_is_open(consultation):
    """Whether there is one: then some ideas are not offered (guide E.2)."""
    return bool(open_urgent(consultation))


def carried(consultation):
    """Levels of what was urgent at an earlier visit and was never cleared: it still stands."""
    return [
        finding.level_now
        for finding in signs(consultation)
        if finding.consultation_id != consultation.pk and finding.is_open and finding.level_now in "EU"
    ]


def urgency(level):
    return "RUE".index(level)


def found_anew(consultation, answers):
    """Flags of signs that these answers find and the saved check did not, or found milder. To be asked before
    the answers are written."""
    saved = found_now(consultation, said(consultation))
    return {
        flag
        for flag, (level, _) in found_now(consultation, answers).items()
        if flag not in saved or urgency(level) > urgency(saved[flag][0])
    }


def reopen(consultation, answers, anew):
    """A sign that was closed or lowered, taken back, and is there again: it stands as it is found now."""
    found = found_now(consultation, answers)
    again = (
        [(each, found[each.flag][0]) for each in consultation.findings.filter(flag__in=anew)] if anew else []
    )
    write(
        [
            (each, OPEN | {"level_now": level})
            for each, level in again
            if urgency(level) <= urgency(each.level_found)  # what is worse than ever is raised with its card
        ]
    )


def open_levels(document):
    """Return {flag: level} of what is open if this is saved: stored, found now, lowered or cleared."""
    consultation, answers = document.consultation, document.form.cleaned_data
    stored = todays(consultation)
    levels = {flag: finding.level_now for flag, finding in stored.items() if finding.is_open}
    for flag, (level, _) in found_now(consultation, answers).items():
        if flag in document.anew or flag not in stored or urgency(level) > urgency(stored[flag].level_found):
            levels[flag] = level
    for form in document.kept["finding"]:
        if form.row_id in levels:
            levels[form.row_id] = form.cleaned_data.get("level_now") or levels[form.row_id]
            if form.cleaned_data.get("cleared_on"):
                del levels[form.row_id]
    return levels


def check_findings(document, levels, outcome):
    """Before the check ends, each urgent finding says what was done; a lower level says why, and a clearance
    comes after what it clears."""
    rows = {form.row_id: form for form in document.kept["finding"]}
    for flag, level in levels.items():
        if outcome and level in "EU":
            _check_done(document, flag, rows.get(flag))
    stored = todays(document.consultation)
    answers = document.form.cleaned_data
    found = found_now(document.consultation, answers)
    for flag, form in rows.items():
        was, came_back = stored.get(flag), flag in document.anew
        before = was.level_found if was else "R"
        highest = max(found.get(flag, ("R",))[0], before, key=urgency)
        is_worse = urgency(highest) > urgency(before)
        told = form.cleaned_data.get("level_now")
        level = told or (was.level_now if was and not is_worse else highest)
        old = may_be_old(form.flag, answers["yes"])
        if old and was is None and not told and outcome not in ("", "paused_referred"):
            form.add_error("level_now", "Say how urgent it is now, or end in a pause.")
        if urgency(level) < urgency(highest):
            _check_lowered(form, level, was if came_back else None)
        if form.cleaned_data.get("cleared_on"):
            _check_clearance(form, level, max(level, highest, key=urgency), was, came_back, old)


def _check_done(document, flag, form):
    """What was done about an urgent sign; after the question about not wanting to live, also when."""
    sentence = "Say what you did about it and whom you told before the check ends."
    if form is None:
        document.form.add_error("outcome", f"{library.flags()[flag].name}: {sentence.lower()}")
    elif not form.cleaned_data.get("action"):
        form.add_error("action", sentence)
    elif flag == "suicide" and not form.cleaned_data.get("contacted_at"):
        form.add_error("contacted_at", "Say when you reached them before the check ends.")


def _check_lowered(form, level, came_back):
    """`came_back`: the finding as it is stored, of a sign that was taken back and is there again."""
    lowest = form.flag.levels[-1]
    if urgency(level) < urgency(lowest):
        form.add_error(
            "level_now", f"This sign is never less than “{LEVELS[lowest]}”. A clearance closes it."
        )
    elif not form.cleaned_data.get("level_reason"):
        form.add_error("level_reason", "Say why it is less urgent than it was found.")
    elif came_back and form.cleaned_data["level_reason"] == came_back.level_reason:
        form.add_error("level_reason", "It is there again. Say anew why it is less urgent.")


def _check_clearance(form, level, highest, was, came_back, old):
    """An emergency can only pause first, and what got worse or came back was not cleared (guide E.2): the
    finding is saved, then somebody sees them, then its clearance is written down. An old injury that was lowered may
    be cleared by phone while they wait."""
    if was is None:
        if level == "E" or (highest == "E" and not old):
            form.add_error(
                "cleared_on",
                "An emergency found just now is saved with its pause first. Its clearance comes from somebody "
                "who sees them after that.",
            )
    elif urgency(highest) > urgency(was.level_found):
        form.add_error("cleared_on", "It is worse than what was cleared. Empty the clearance and save first.")
    elif came_back:
        form.add_error("cleared_on", "It is there again. Empty the old clearance and save first.")


def may_be_old(flag, yes):
    """Whether all that is a yes of this sign is the line that may be about something long ago (`yes`: ids of lines)."""
    lines = [line.id for group in library.screen_groups() for line in group.lines if line.flag == flag.id]
    return bool(flag.old_line) and [line for line in lines if line in yes] == [flag.old_line]


def card_of(row, stored, found, *, came_back=False, yes=()):
    """What the page says about one sign: how urgent it is now, what to do, and whether it is cleared.

    `stored` is its finding or None, `found` its level by the answers. `came_back`: it was taken back and is there
    again, so what was said of it then is asked anew. `yes` are the lines pressed.
    """
    flag, levels = library.flags()[row.row_id], library.safety().levels
    reason, pressed = row.text("level_reason").strip(), row.text("level_now")
    if came_back and reason == stored.level_reason or pressed not in flag.levels:
        reason = pressed = ""
    is_new, old = stored is None or came_back, may_be_old(flag, yes)
    now = pressed or (found if is_new else stored.level_now)
    if now not in flag.levels or (not reason and urgency(now) < urgency(found)):
        now = found  # the higher level stands until it is lowered with a reason
    is_asked = old and is_new and not pressed  # it stands, and nobody said so yet
    must_pause = is_new and (now == "E" or (found == "E" and not old))  # see _check_clearance
    typed = [row.text("cleared_on-year"), row.text("cleared_by"), row.text("cleared_words")]
    return {
        "flag": flag,
        "row": row,
        "level": levels[now],
        "is_routine": flag.levels == ("R",),  # a review alongside this work: what was done may be said later
        "is_asked": is_asked,
        "choices": [
            (levels[each], flag.do[each], not is_asked and each == (pressed or now)) for each in flag.levels
        ],
        "lower": " ".join(each for each in flag.levels if urgency(each) < urgency(found)),
        "says_why": bool(reason),
        "may_be_old": old,
        "example": f"For example: {flag.lower_example}" if old else "",
        "is_new": is_new and "E" in (now, found),
        "must_pause": must_pause,
        "is_stored": stored is not None,
        "cleared": not is_new and not stored.is_open,
        "clearing": all(typed) and not must_pause and not row.error("cleared_on"),
        "touched": any(typed),
    }
