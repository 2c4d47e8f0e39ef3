"""The arithmetic of the measures: pure, exact, no Django.

What holds everywhere here:

- Numbers are exact (`Fraction`, `Decimal`, whole numbers). A float is refused: 22/3 - 19/3 is one point,
  and a threshold must see it as one point. Rounding happens once, in `shown`.
- A missing item (`None`) is a missing score, never a zero and never imputed.
- Anything else that is not a possible answer is a `ValueError`. Its message names the rule, not the value:
  what a person answered does not belong in a log.
- Items, ratings and levels are whole numbers (a bool is not one); scores and amounts may be any exact number.

Sources are those of the clinical guide, sections B and G.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, inf, isqrt

GAS_RHO = Fraction(3, 10)  # the usual correlation between one person's goals, Kiresuk & Sherman 1968
GAS_DIGITS = 20  # decimals a GAS T is carried to

PHQ4_BANDS = ((0, "none-minimal"), (3, "mild"), (6, "moderate"), (9, "severe"))
PHQ4_FLAG = 3  # anxiety or depression part, guide B.10

# fmt: off
PROMIS_PI_4A_T = {
    4: Decimal("41.6"), 5: Decimal("49.6"), 6: Decimal("52.0"), 7: Decimal("53.9"), 8: Decimal("55.6"),
    9: Decimal("57.1"), 10: Decimal("58.5"), 11: Decimal("59.9"), 12: Decimal("61.2"), 13: Decimal("62.5"),
    14: Decimal("63.8"), 15: Decimal("65.2"), 16: Decimal("66.6"), 17: Decimal("68.0"), 18: Decimal("69.7"),
    19: Decimal("71.6"), 20: Decimal("75.6"),
}
# fmt: on
PROMIS_PI_BANDS = ((0, "within normal limits"), (55, "mild"), (60, "moderate"), (70, "severe"))

FIRMLY_HELD_UP_TO = Fraction(10, 3)  # guide C.3, own words, not validated
OPEN_FROM = Fraction(20, 3)

PACING_START = Fraction(8, 10)  # of the baseline, guide G.2
PACING_STEP = Fraction(1, 10)  # of the baseline, added each week; never compounded

PGIC_WORDS = {
    1: "very much improved",
    2: "much improved",
    3: "minimally improved",
    4: "no change",
    5: "minimally worse",
    6: "much worse",
    7: "very much worse",
}
# From the raw answer of a form to 1 = very much improved .. 7 = very much worse. The third kind of form starts
# at "no change or worse": it is turned by meaning, and that answer has no one place on our scale.
PGIC_FORMS = {
    "1-best": {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7},
    "7-best": {1: 7, 2: 6, 3: 5, 4: 4, 5: 3, 6: 2, 7: 1},
    "7-best-from-no-change": {1: None, 2: 4, 3: 3, 4: 3, 5: 3, 6: 2, 7: 1},
}


@dataclass(frozen=True)
class PHQ4:
    """Two weeks of low mood and worry, two parts. A screen, not a diagnosis; it has no suicide item."""

    total: int | None
    band: str | None
    anxiety: int | None
    depression: int | None
    anxiety_flag: bool | None
    depression_flag: bool | None


@dataclass(frozen=True)
class PGIC:
    """The client's own view of the change; `value` runs 1 = very much improved .. 7 = very much worse."""

    value: int | None
    words: str | None
    raw: int | None
    direction: str


@dataclass(frozen=True)
class Pacing:
    """A start below the baseline and a fixed weekly step, in the unit of the trials."""

    baseline: Fraction
    start: Fraction
    step: Fraction
    weeks_to_target: int | None

    def week(self, k):
        """Return the amount of week `k`; week 1 is the start."""
        _require(_is_whole(k) and k >= 1, "Weeks are counted 1, 2, 3 and so on.")
        return self.start + (k - 1) * self.step


@dataclass(frozen=True)
class Instrument:
    """A questionnaire a clinic adds: its range, which way is better, and the words of its bands.

    `bands` are (from, words) pairs, lowest first. `mdc` is the measurement error, `mic` the smallest change
    that matters; either may be unknown.
    """

    low: int | Fraction | Decimal
    high: int | Fraction | Decimal
    better: str
    bands: tuple = ()
    mdc: int | Fraction | Decimal | None = None
    mic: int | Fraction | Decimal | None = None

    def __post_init__(self):
        _side(self.better)
        low, high = _exact(self.low, "The lowest score"), _exact(self.high, "The highest score")
        _require(low < high, "The lowest score must be below the highest.")
        bands = tuple(_pairs(self.bands, "Bands"))
        starts = [exact_between(start, low, high, "A band") for start, _ in bands]
        _require(all(a < b for a, b in pairwise(starts)), "Bands must be listed from the lowest up.")
        for size in (self.mdc, self.mic):
            if size is not None:
                _positive(size, "A size of change")
        object.__setattr__(self, "bands", bands)

    def score(self, value):
        """Return `value` as an exact score in range, or None for a missing one."""
        return None if value is None else exact_between(value, self.low, self.high, "The score")

    def band(self, value):
        """Return the words of the band `value` falls in; None if it is missing or below the first band."""
        score = self.score(value)
        return None if score is None else _band(score, self.bands)


def gas_t(levels, weights=None):
    """Return the Goal Attainment Scaling T of all rated goals; 50 = as expected, higher is better.

    T = 50 + 10 * sum(w x) / sqrt((1 - rho) * sum(w^2) + rho * sum(w)^2), rho = 0.3: Kiresuk & Sherman 1968;
    Turner-Stokes 2009 as its erratum corrects it. Levels -2..2; a goal not rated (None) is left out of every
    sum with its weight. Weights are above 0, all equal unless given. None if nothing is rated.
    """
    levels = [possible_answer(level, -2, 2, "A goal level") for level in _listed(levels, "Goal levels")]
    if weights is None:
        weights = [Fraction(1)] * len(levels)
    else:
        weights = [_positive(weight, "A weight") for weight in _listed(weights, "Weights")]
    _require(len(weights) == len(levels), "There must be one weight for each goal.")
    rated = [(level, weight) for level, weight in zip(levels, weights, strict=True) if level is not None]
    if not rated:
        return None
    reached = sum(weight * level for level, weight in rated)
    squares = sum(weight**2 for _, weight in rated)
    whole = sum(weight for _, weight in rated)
    distance = reached**2 / ((1 - GAS_RHO) * squares + GAS_RHO * whole**2)
    root = isqrt(distance.numerator * 100**GAS_DIGITS // distance.denominator)
    scaled = 50 * 10**GAS_DIGITS + (root if reached > 0 else -root) * 10
    return Decimal(f"{scaled}E-{GAS_DIGITS}")


def peg(items):
    """Return the PEG score: three items 0..10, sum / 3, higher is worse.

    A missing item is a missing score: all three are needed. Guide B.1; Krebs 2009.
    """
    items = _items(items, 3, 10, "PEG")
    return None if None in items else Fraction(sum(items), 3)


def activity_mean(ratings):
    """Return the mean of the rated activities, each 0 = cannot do it now .. 10; higher is better.

    `ratings` maps the activity to its rating; those not rated (None) are left out, and with none rated there
    is no mean. Guide B.2, PSFS-style; Stratford 1995.
    """
    rated = [rating for rating in _ratings(ratings).values() if rating is not None]
    return Fraction(sum(rated), len(rated)) if rated else None


def activity_change(before, after):
    """Return the mean change of the activities rated both times, above 0 is better; None if there is none.

    Guide B.2: only like is compared with like, so a new or dropped activity moves nothing.
    """
    pairs = activities_rated_twice(before, after).values()
    return Fraction(sum(now - then for then, now in pairs), len(pairs)) if pairs else None


def activities_rated_twice(before, after):
    """Return activity -> (before, after) for those rated both times, in the order of `before`."""
    before, after = _ratings(before), _ratings(after)
    return {
        name: (then, after[name])
        for name, then in before.items()
        if then is not None and after.get(name) is not None
    }


def flexibility(mistaken, alternatives, contradiction):
    """Return the flexibility of a belief, 0..10, higher is more flexible: the mean of the answered questions.

    Three questions 0..10; at least two must be answered, else there is no index. Guide C.3: own
    questions, not validated, a record within one person and not a test.
    """
    answers = [
        possible_answer(answer, 0, 10, "A flexibility answer")
        for answer in (mistaken, alternatives, contradiction)
    ]
    answered = [answer for answer in answers if answer is not None]
    return Fraction(sum(answered), len(answered)) if len(answered) >= 2 else None


def flexibility_words(value):
    """Return "firmly held" (at most 10/3), "some room" or "open" (from 20/3) for an index. Guide C.3."""
    if value is None:
        return None
    value = exact_between(value, 0, 10, "Flexibility")
    if value <= FIRMLY_HELD_UP_TO:
        return "firmly held"
    return "some room" if value < OPEN_FROM else "open"


def phq4(items):
    """Return the PHQ-4: four items 0..3, items 1-2 anxiety, 3-4 depression, total 0..12, higher is worse.

    A part of 3 or more is a positive screen. A missing item leaves the total, the band and its own part
    without a value; the other part still counts. Guide B.10; Kroenke 2009.
    """
    items = _items(items, 4, 3, "PHQ-4")
    anxiety, depression = (None if None in part else sum(part) for part in (items[:2], items[2:]))
    total = None if None in items else sum(items)
    return PHQ4(
        total=total,
        band=None if total is None else _band(total, PHQ4_BANDS),
        anxiety=anxiety,
        depression=depression,
        anxiety_flag=None if anxiety is None else anxiety >= PHQ4_FLAG,
        depression_flag=None if depression is None else depression >= PHQ4_FLAG,
    )


def pgic(raw, direction="1-best"):
    """Return the PGIC turned to 1 = very much improved .. 7 = very much worse, with what was really ticked.

    Forms disagree on the direction (guide B.11): "1-best", "7-best", or "7-best-from-no-change".
    """
    known = isinstance(direction, str) and direction in PGIC_FORMS
    _require(known, f"The direction of a PGIC must be one of: {', '.join(PGIC_FORMS)}.")
    raw = possible_answer(raw, 1, 7, "A PGIC answer")
    value = PGIC_FORMS[direction].get(raw)
    return PGIC(value=value, words=PGIC_WORDS.get(value), raw=raw, direction=direction)


def ruler_change(before, after):
    """Return after - before of a 0..10 ruler, None unless it was rated both times. Guide B.15."""
    before, after = (possible_answer(rating, 0, 10, "A ruler") for rating in (before, after))
    return None if before is None or after is None else after - before


def promis_pi_4a(raw):
    """Return the T of a PROMIS Pain Interference 4a raw sum 4..20, by table; higher is worse. Guide B.9."""
    raw = possible_answer(raw, 4, 20, "A PROMIS raw sum")
    return PROMIS_PI_4A_T.get(raw)


def promis_pi_band(t):
    """Return the words HealthMeasures uses for a pain interference T; None for a missing one. Guide B.9."""
    return None if t is None else _band(exact_between(t, 0, 100, "A T score"), PROMIS_PI_BANDS)


def pacing(trials, target=None):
    """Return the plan for one to three tries above 0: start at 0.8 of their mean, add 0.1 of it a week.

    weeks_to_target = ceil((target - start) / step) + 1, the first week whose amount reaches the target; 1 if
    the start already does, None without a target. Guide G.2.
    """
    trials = [_positive(trial, "A try") for trial in _listed(trials, "Tries")]
    _require(1 <= len(trials) <= 3, "The baseline is the mean of one to three tries.")
    baseline = sum(trials) / len(trials)
    start, step = PACING_START * baseline, PACING_STEP * baseline
    weeks = None if target is None else weeks_to(target, start, step)
    return Pacing(baseline=baseline, start=start, step=step, weeks_to_target=weeks)


def weeks_to(target, start, step):
    """Return the first week whose amount reaches `target`, from `start` in week 1 and `step` more each week."""
    target, start, step = (
        _positive(target, "The target"),
        _positive(start, "The start"),
        _positive(step, "The step"),
    )
    return max(ceil((target - start) / step) + 1, 1)


def goal_levels(now, expected, better="higher", none_today=False):
    """Draft the five levels of a goal as ranges of whole units: {-2: (low, high), ..., 2: (low, high)}.

    Guide B.3, for higher is better, d = expected - now: -2 below now; -1 from now; 0 from expected; +1 from
    expected + d/2; +2 from expected + d. With none today, today is -2 and -1 starts one above it; 0 today is
    none, for it could not be less. Lower is better mirrors all of it, and shrinks d where it would pass 0.

    Both ends of a range belong to it and None is an open end. Every whole number is in exactly one level. At
    d = 1 nothing lies between expected + d/2 and expected + d, so +1 is widened upward by one unit and +2
    starts above it. A level no whole number is left for is None, to be written in words: -1 between none and
    the very next unit, and +1 or +2 where lower is better and fewer than two units are left.
    """
    side = _side(better)
    first, aim = side * _amount(now, "Now"), side * _amount(expected, "Expected")
    _require(first < aim, "The expected amount must be better than now.")
    best = inf if side > 0 else 0
    reach = max(min(aim - first, expected), 2)
    starts = [-inf, first + bool(none_today or first == 0), aim, aim + (reach + 1) // 2, aim + reach]
    levels = {}
    for level, low, following in zip(range(-2, 3), starts, [*starts[1:], inf], strict=True):
        high = following - 1 if following <= best else inf
        levels[level] = _range(low, high, side) if low <= min(high, best) else None
    return levels


def baseline_level(now, better="higher", none_today=False):
    """Return the level of today: -2 for none (or 0, which could not be less), -1 for some. Guide B.3."""
    return -2 if none_today or (_side(better) > 0 and _amount(now, "Now") == 0) else -1


def goal_level(levels, amount):
    """Return the level of `levels` that `amount` falls in, or None if it falls in none of them."""
    amount = _amount(amount, "The amount")
    return next((level for level, low, high in _spans(levels) if low <= amount <= high), None)


def overlaps(levels):
    """Return the pairs of levels that share a whole number; `levels` maps level -> (low, high) or None."""
    return [
        (level, other)
        for (level, low, high), (other, other_low, other_high) in combinations(_spans(levels), 2)
        if low <= other_high and other_low <= high
    ]


def gaps(levels):
    """Return the ranges of whole numbers between the levels that no level holds, lowest first.

    What lies below the lowest and above the highest is no gap: a week has only seven days.
    """
    found, top = [], None
    for low, high in sorted((low, high) for _, low, high in _spans(levels)):
        if top is not None and low > top + 1:
            found.append((top + 1, low - 1))
        top = high if top is None else max(top, high)
    return found


def shown(value, places=1):
    """Write `value` for the eye, rounded half-up, away from zero: the only place where a number is rounded."""
    _require(_is_whole(places) and 0 <= places <= 20, "A number is shown with 0 to 20 decimals.")
    value = _exact(value, "A number to show")
    tenths = (2 * abs(value.numerator) * 10**places + value.denominator) // (2 * value.denominator)
    digits = str(tenths).rjust(places + 1, "0")
    sign = "-" if value < 0 and tenths else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits


def possible_answer(value, low, high, what):
    """Return `value` if it is a possible answer, a whole number in range or None; else raise ValueError."""
    possible = value is None or (_is_whole(value) and low <= value <= high)
    _require(possible, f"{what} must be a whole number from {low} to {high}.")
    return value


def exact_between(value, low, high, what):
    """Return `value` as a Fraction if it is an exact number in range; else raise ValueError."""
    value = _exact(value, what)
    _require(low <= value <= high, f"{what} must be from {low} to {high}.")
    return value


def _require(holds, message):
    if not holds:
        raise ValueError(message)


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _items(values, count, high, what):
    items = [possible_answer(value, 0, high, f"A {what} item") for value in _listed(values, f"{what} items")]
    _require(len(items) == count, f"{what} has exactly {count} items.")
    return items


def _ratings(ratings):
    _require(isinstance(ratings, Mapping), "Activity ratings must map each activity to its rating.")
    return {name: possible_answer(rating, 0, 10, "An activity rating") for name, rating in ratings.items()}


def _amount(value, what):
    _require(_is_whole(value) and value >= 0, f"{what} must be a whole number, 0 or more.")
    return value


def _exact(value, what):
    # Beyond a hundred digits a Decimal is no amount of anything, and its Fraction could fill the memory.
    finite = isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= 100
    _require(finite or isinstance(value, Fraction) or _is_whole(value), f"{what} must be an exact number.")
    return Fraction(value)


def _positive(value, what):
    value = _exact(value, what)
    _require(value > 0, f"{what} must be above 0.")
    return value


def _listed(values, what):
    # A set has no order, a mapping would give its keys, and bytes would pass as numbers.
    unordered = isinstance(values, str | bytes | bytearray | Mapping | AbstractSet)
    _require(isinstance(values, Iterable) and not unordered, f"{what} must be a list.")
    return list(values)


def _pairs(values, what):
    pairs = _listed(values, what)
    paired = all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs)
    _require(paired, f"{what} must be given in pairs.")
    return pairs


def _band(score, bands):
    return next((words for start, words in reversed(bands) if score >= start), None)


def _side(better):
    _require(better in ("higher", "lower"), 'Better must be "higher" or "lower".')
    return 1 if better == "higher" else -1


def _range(low, high, side):
    low, high = (None if abs(end) == inf else side * end for end in (low, high))
    return (low, high) if side > 0 else (high, low)


def _spans(levels):
    """Return (level, low, high) of the levels that have a range, open ends as infinite."""
    _require(isinstance(levels, Mapping), "Levels must map each level to its range.")
    held = [(level, pair) for level, pair in levels.items() if pair is not None]
    spans = []
    for (level, _), (low, high) in zip(held, _pairs([pair for _, pair in held], "Levels"), strict=True):
        whole = all(end is None or _is_whole(end) for end in (low, high))
        _require(whole, "A range has whole numbers or None at its ends.")
        low, high = -inf if low is None else low, inf if high is None else high
        _require(low <= high, "A range must run from its lower to its higher end.")
        spans.append((level, low, high))
    return spans
