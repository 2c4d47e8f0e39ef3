"""The five levels of a goal: drafted from numbers, read from words, and checked (guide B.3, G.4)."""

import re
from collections import Counter

from consults import scoring
from consults.steps.pacing import counted

LEVEL_NAMES = {
    "level_m2": "Further back",
    "level_m1": "Not there yet",
    "level_p1": "Better than hoped",
    "level_p2": "Much better than hoped",
}
LEVEL_FIELDS = {-2: "level_m2", -1: "level_m1", 0: "level_0", 1: "level_p1", 2: "level_p2"}

# How amounts are written at the beginning of a level, and the whole numbers each one holds. A clock time, a
# fraction or a number of seven digits is none of them.
N = r"([0-9]{1,6})(?![0-9]|[.,:/][0-9])"
AMOUNTS = (
    (rf"(?:from |between )?{N} ?(?:to|and|-|–) ?{N}", lambda one, other: (min(one, other), max(one, other))),
    (rf"(?:at least |from ){N}", lambda n: (n, None)),
    (rf"(?:more than |over ){N}", lambda n: (n + 1, None)),
    (rf"(?:at most |up to |no more than ){N}", lambda n: (0, n)),
    (rf"(?:fewer than |less than |under ){N}", lambda n: (0, max(n - 1, 0))),
    (rf"{N}\+", lambda n: (n, None)),
    (rf"(?:only )?{N}", lambda n: (n, n)),
    (r"(?:no|none)\b", lambda: (0, 0)),
)
OPEN_ENDS = (
    (r"or (?:more|over|longer|further)\b", lambda low, high: (low, None)),
    (r"or (?:fewer|less|under)\b", lambda low, high: (0, high)),
)


def drafted(answers):
    """The five levels as ranges from unit, now and expected (guide B.3): {level: text}, {} without numbers."""
    now, expected, unit = answers["now_amount"], answers["expected_amount"], answers["unit"]
    if now is None or expected is None or not unit:
        return {}
    none_today = now == 0 or str(answers.get("baseline_level")) == "-2"
    levels = scoring.goal_levels(now, expected, better=answers["better"] or "higher", none_today=none_today)
    return {level: range_in_words(*bounds, unit) for level, bounds in levels.items() if bounds}


def level_today(answers):
    """The level of today that the numbers tell, so that nobody is asked for it again; None without numbers."""
    now, expected, unit = (answers.get(name) for name in ("now_amount", "expected_amount", "unit"))
    if now is None or expected is None or not unit:
        return None
    return scoring.baseline_level(now, answers.get("better") or "higher")


def numbers_of(sheet):
    """What is on the page of a goal in numbers; {} while one is missing or makes no sense."""
    numbers = [sheet.text(name).strip() for name in ("now_amount", "expected_amount")]
    if not all(re.match(r"[0-9]{1,4}\Z", number) for number in numbers):
        return {}
    if sheet.text("unit") not in sheet.fields["unit"].options:
        return {}
    answers = {name: sheet.text(name) for name in ("unit", "better", "baseline_level")}
    return answers | {"now_amount": int(numbers[0]), "expected_amount": int(numbers[1])}


def draft_of(sheet):
    """The levels drafted from what is on the page."""
    numbers = numbers_of(sheet)
    try:
        return drafted(numbers) if numbers else {}
    except ValueError:
        return {}


def range_in_words(low, high, unit):
    """A range as one says it: 1 hole or fewer, 2 to 8 holes, 9 holes or more."""
    if low in (None, 0) and high == 0:
        return f"no {counted(0, unit)[2:]}"
    if high is None:
        return f"{counted(low, unit)} or more"
    if low is None:
        return f"{counted(high, unit)} or fewer"
    return counted(low, unit) if low == high else f"{low} to {counted(high, unit)}"


def range_of(text):
    """((low, high), what) of a level that begins with an amount, such as "10 to 12 holes"; None for words.

    `high` None has no end. `what` is all that follows the numbers: amounts of different things are not compared.
    """
    text = " ".join(text.split())
    for pattern, bounds in AMOUNTS:
        if match := re.match(pattern, text, re.IGNORECASE):
            low, high = bounds(*map(int, match.groups()))
            what = text[match.end() :]
            for words, opened in OPEN_ENDS:
                what, found = re.subn(words, "", what, count=1, flags=re.IGNORECASE)
                low, high = opened(low, high) if found else (low, high)
            return (low, high), " ".join(what.split())
    return None


def same(what):
    """A unit for comparing: one hole and two holes are the same thing."""
    first, _, rest = what.casefold().rstrip(".").partition(" ")
    return f"{first.removesuffix('s')} {rest}".strip()


def numeric(answers):
    """{level: (low, high)} of the levels that count one and the same thing, and what it is called.

    A bare number, or "none", is of the thing the others count.
    """
    read = {level: range_of(answers.get(name) or "") for level, name in LEVEL_FIELDS.items()}
    read = {level: pair for level, pair in read.items() if pair}
    often = Counter(same(what) for _, what in read.values() if same(what))
    common = max(often, key=often.get, default="")
    levels = {level: bounds for level, (bounds, what) in read.items() if same(what) in ("", common)}
    names = [what for _, what in read.values() if same(what) == common]
    return levels, max(names, key=len, default="")  # holes rather than hole


def check_levels(form, answers, *, locking):
    """Add to a form what is wrong with its five levels."""
    texts = {name: answers.get(name) or "" for name in LEVEL_FIELDS.values()}
    said = set()
    for level in sorted(LEVEL_FIELDS, key=abs):
        text = texts[LEVEL_FIELDS[level]].casefold()
        if locking and not text:
            label = form.fields[LEVEL_FIELDS[level]].label
            form.add_error(LEVEL_FIELDS[level], f"“{label}” is still empty. The lock needs all five.")
        if text and text in said:
            form.add_error(
                LEVEL_FIELDS[level], "Another level says the same. Whatever happens is in one only."
            )
            return
        said.add(text)
    for name, sentence in faults(texts, locking=locking):
        form.add_error(name, sentence)


def faults(answers, *, locking):
    """Yield (field, sentence): where two levels claim the same number, and where a number is in none.

    Gaps are looked for when the levels are locked, and before that as soon as all five are numbers.
    What is told in words alone cannot be compared, and passes.
    """
    levels, what = numeric(answers)
    for pair in scoring.overlaps(levels):
        yield _overlap(levels, answers, *sorted(pair, key=abs))
    if locking or len(levels) == len(LEVEL_FIELDS):
        for first, last in scoring.gaps(levels):
            yield from _gap(levels, what, first, last)


def _overlap(levels, answers, one, other):
    """The sentence stands beside the level that lies further out: the expected one was agreed."""
    both = max(levels[one][0], levels[other][0])
    words = f"This overlaps with “{answers[LEVEL_FIELDS[one]]}”: {both} would be both."
    return LEVEL_FIELDS[other], words


def _gap(levels, what, first, last):
    below = next(level for level, (_, high) in levels.items() if high == first - 1)
    above = next(level for level, (low, _) in levels.items() if low == last + 1)
    between = range(min(below, above) + 1, max(below, above))
    if any(level not in levels for level in between):
        return  # a level in words lies there, and may well hold them
    nowhere = f"{first} to {last}" if first < last else f"{first}"
    ends = " ".join(f"Between {first - 1} and {last + 1} {what}".split())
    words = f"{ends} nothing is written: {nowhere} would be in no level."
    yield LEVEL_FIELDS[max(below, above, key=abs)], words
