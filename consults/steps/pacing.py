"""How much, from tries that were made: the arithmetic beside them, and amounts in words (guide G.2)."""

from fractions import Fraction

from consults import scoring
from education import library
from painconsult.ui.fields import WHOLE

FIRST_UNITS = 6  # shown before the others


def pacing_of(sheet):
    """The arithmetic shown beside the tries on a page: a scoring.Pacing, or None."""
    texts = [sheet.text(name) for name in ("trial_1", "trial_2", "trial_3")]
    trials = [int(text) for text in texts if WHOLE.match(text) and int(text)]
    return scoring.pacing(trials) if trials and sheet.text("amounts") in ("", "measured") else None


def whole_start(pacing):
    """A start amount that can be done: 80 % of the baseline in whole units, at least one."""
    return max(1, int(pacing.start + Fraction(1, 2)))


def whole_step(pacing):
    """A weekly step that can be done: 10 % of the baseline in whole units, at least one."""
    return max(1, int(pacing.step + Fraction(1, 2)))


def arithmetic(sheet, pacing):
    """Baseline, start and weekly step as they are shown, with what each becomes in whole units."""
    start, step = whole_start(pacing), whole_step(pacing)
    return {
        "baseline": scoring.shown(pacing.baseline),
        "start": scoring.shown(pacing.start),
        "step": scoring.shown(pacing.step),
        "whole_start": start,
        "whole_step": step,
        "start_way": way(pacing.start, start),
        "step_way": way(pacing.step, step),
        "used": (sheet.text("start_amount"), sheet.text("increment") if "increment" in sheet else str(step))
        == (str(start), str(step)),
    }


def way(exact, whole):
    """Which way a number was rounded, in words; nothing when it was whole already."""
    if exact == whole:
        return ""
    return "rounded up" if whole > exact else "rounded down"


def action_offered(sheet):
    """What they will do, from the activity and its amount; nothing while there is no activity."""
    what, amount = sheet.text("activity").strip(), amount_in_words(sheet)
    if not what:
        return ""
    if sheet.text("amounts") == "recalled":
        return f"{what}: an ordinary try, counted"
    return f"{what}: {amount}, then stop" if amount else what


def half_offered(sheet):
    """The half-size version for a bad day, on the same days; in words when there is no number."""
    number = sheet.text("start_amount")
    if WHOLE.match(number) and int(number) > 1 and sheet.text("unit"):
        return f"Half: {counted((int(number) + 1) // 2, sheet.text('unit'))}, on the same days"
    return f"Half of {sheet.text('activity')}, on the same days" if sheet.text("activity") else ""


def amount_in_words(sheet):
    number, unit = sheet.text("start_amount"), sheet.text("unit")
    if sheet.text("amounts") not in ("", "measured") or not unit:
        return ""
    return counted(int(number), unit) if WHOLE.match(number) else ""


def counted(number, unit_id):
    """A number with its unit: 1 minute, 16 minutes."""
    unit = next((unit for unit in library.chips("units") if unit.id == unit_id), None)
    return f"{number} {unit.one if number == 1 else unit.label}" if unit else str(number)
