"""The five levels of a goal: drafted from numbers, read from words, and checked (guide B.3, G.4)."""

import re
from itertools import pairwise

from consults import scoring
from consults.steps.pacing import counted

LEVEL_FIELDS = {-2: "level_m2", -1: "level_m1", 0: "level_0", 1: "level_p1", 2: "level_p2"}


def drafted(answers):
    """The five levels as ranges from unit, now and expected (guide B.3): {level: text}, {} without numbers."""
    now, expected, unit = answers["now_amount"], answers["expected_amount"], answers["unit"]
    if now is None or expected is None or not unit:
        return {}
    none_today = now == 0 or str(answers.get("baseline_level")) == "-2"
    levels = scoring.goal_levels(now, expected, better=answers["better"] or "higher", none_today=none_today)
    return {level: range_in_words(*bounds, unit) for level, bounds in levels.items() if bounds}


def range_in_words(low, high, unit):
    """A range as one says it: 1 hole or fewer, 2 to 8 holes, 9 holes or more."""
    if low in (None, 0) and high == 0:
        return f"no {counted(0, unit)[2:]}"
    if high is None:
        return f"{counted(low, unit)} or more"
    if low is None:
        return f"{counted(high, unit)} or fewer"
    return counted(low, unit) if low == high else f"{low} to {counted(high, unit)}"


def overlapping(answers):
    """Yield (field, sentence) where two typed levels claim the same number."""
    ranges = {level: range_of(answers.get(name, "")) for level, name in LEVEL_FIELDS.items()}
    known = sorted((bounds, level) for level, bounds in ranges.items() if bounds)
    for (low, level), (next_low, next_level) in pairwise(known):
        if next_low[0] <= low[1]:
            yield (
                LEVEL_FIELDS[next_level],
                f"This overlaps with “{answers[LEVEL_FIELDS[level]]}”: {next_low[0]} would be both.",
            )


def range_of(text):
    """(low, high) when a level begins with a number or a range such as "10 to 12"; None for words."""
    match = re.match(r"([0-9]{1,4})(?:\s*(?:to|-|–)\s*([0-9]{1,4}))?\s+(\S+)(.*)", text)
    if not match:
        return None
    low, high = int(match[1]), int(match[2] or match[1])
    if re.search(r"\bor more\b", match[4]) or match[4].strip().startswith("or more"):
        high = 9999
    if re.search(r"\bor (fewer|less)\b", match[4]):
        low = 0
    return (low, high) if low <= high else (high, low)


def draft_of(sheet):
    """The levels drafted from what is on the page; nothing while a number is missing or makes no sense."""
    numbers = [sheet.text(name).strip() for name in ("now_amount", "expected_amount")]
    if not all(re.match(r"[0-9]{1,4}\Z", number) for number in numbers):
        return {}
    if sheet.text("unit") not in sheet.fields["unit"].options:
        return {}
    answers = {name: sheet.text(name) for name in ("unit", "better", "baseline_level")}
    answers |= {"now_amount": int(numbers[0]), "expected_amount": int(numbers[1])}
    try:
        return drafted(answers)
    except ValueError:
        return {}
