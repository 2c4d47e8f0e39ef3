"""How much, from tries that were made: the arithmetic beside them, and amounts in words (guide G.2)."""

from fractions import Fraction
from math import ceil

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


def reach(asked, held_on, due, then=None):
    """How far the weekly step agreed at this visit goes by the day `due`, in words: `start`, `more`, `by_then` (and as
    a `number` of a `unit`), and of an amount `then` beyond it `then` and its `weeks`. None where no step is agreed."""
    if not (asked.start_amount and asked.increment):
        return None
    weeks = weeks_until(held_on, due)
    number = asked.start_amount + (weeks - 1) * asked.increment
    found = {
        "start": counted(asked.start_amount, asked.unit),
        "more": counted(asked.increment, asked.unit),
        "by_then": counted(number, asked.unit),
        "number": number,
        "unit": asked.unit,
    }
    needed = scoring.weeks_to(then, asked.start_amount, asked.increment) if then else 0
    return found | ({"then": counted(then, asked.unit), "weeks": needed} if needed > weeks else {})


def weeks_until(held_on, due):
    """The number of the week in which a day lies; the first one begins at the visit."""
    return max(ceil((due - held_on).days / 7), 1)


def way(exact, whole):
    """Which way a number was rounded, in words; nothing when it was whole already."""
    if exact == whole:
        return ""
    return "rounded up" if whole > exact else "rounded down"


def action_offered(sheet):
    """What they will do, from the activity and its amount; nothing where nothing is counted."""
    offers = {"": counted_action, "measured": counted_action, "recalled": guessed_action}
    offer = offers.get(sheet.text("amounts"))
    return offer(sheet) if offer else ""


def counted_action(sheet):
    what, amount = sheet.text("activity").strip(), amount_in_words(sheet)
    return f"{what}: {amount}, then stop" if what and amount else ""


# What a first step is told as after a guess; the second as it was offered before.
ORDINARY = ("as far as it goes on an ordinary day", "as on an ordinary day")


def guessed_action(sheet):
    """After a guess the first week is for counting (guide G.2), which has a line of its own on the plan. It may be
    something they gave up: then it goes as far as it goes."""
    what = sheet.text("activity").strip()
    return f"{what}, {ORDINARY[0]}" if what else ""


def half_offered(sheet):
    """The half-size version for a bad day, on the same days; only of what is counted."""
    number, unit = sheet.text("start_amount"), sheet.text("unit")
    if (
        sheet.text("amounts") not in ("", "measured")
        or not unit
        or not WHOLE.match(number)
        or int(number) < 2
    ):
        return ""
    return f"Half: {counted((int(number) + 1) // 2, unit)}, on the same days"


def amount_in_words(sheet):
    number, unit = sheet.text("start_amount"), sheet.text("unit")
    if sheet.text("amounts") not in ("", "measured") or not unit:
        return ""
    return counted(int(number), unit) if WHOLE.match(number) else ""


def counted(number, unit_id):
    """A number with its unit: 1 minute, 16 minutes."""
    unit = next((unit for unit in library.chips("units") if unit.id == unit_id), None)
    return f"{number} {unit.one if number == 1 else unit.label}" if unit else str(number)
