"""A second implementation of the arithmetic, by other routes than consults/scoring.py; for tests only.

Long decimals, running counts and plain comparisons instead of fractions. It expects good input.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import combinations

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def gas_t(levels, weights):
    """Expand the square of the sum: 0.7 sum(w^2) + 0.3 sum(w)^2 = sum(w^2) + 0.6 * sum of w_i w_j over pairs."""
    rated = [(level, weight) for level, weight in zip(levels, weights, strict=True) if level is not None]
    if not rated:
        return None
    kept = [weight for _, weight in rated]
    spread = 10 * sum(weight * weight for weight in kept) + 6 * sum(a * b for a, b in combinations(kept, 2))
    with localcontext(WIDE):
        reached = Decimal(sum(level * weight for level, weight in rated))
        return 50 + 10 * reached / (Decimal(spread) / 10).sqrt()


def peg_tenths(items):
    """Return the PEG score in tenths, rounded half-up, in whole numbers only."""
    return None if any(item is None for item in items) else (20 * sum(items) + 3) // 6


def activity_mean(ratings):
    """Return (sum, count) of what is rated."""
    total = count = 0
    for rating in ratings.values():
        if rating is not None:
            total, count = total + rating, count + 1
    return (total, count) if count else None


def activity_change(before, after):
    """Return (sum after - sum before, count) over the names rated on both sides."""
    both = {n for n in before if before[n] is not None} & {n for n in after if after[n] is not None}
    if not both:
        return None
    return sum(after[n] for n in both) - sum(before[n] for n in both), len(both)


def flexibility_sixths(answers):
    """Return the index in sixths: a mean of two is 3/6 of the sum, a mean of three 2/6."""
    sixths = {0: None, 1: None, 2: 3, 3: 2}[3 - list(answers).count(None)]
    return None if sixths is None else sixths * sum(answer or 0 for answer in answers)


def flexibility_words(sixths):
    """Compare sixths with 20/6 and 40/6."""
    return ["firmly held", "some room", "open"][(sixths > 20) + (sixths >= 40)]


def phq4(items):
    """Return (total, band, anxiety, depression, anxiety flag, depression flag) by counting thresholds."""
    a, b, c, d = items
    anxiety = a + b if isinstance(a, int) and isinstance(b, int) else None
    depression = c + d if isinstance(c, int) and isinstance(d, int) else None
    total = band = None
    if anxiety is not None and depression is not None:
        total = anxiety + depression
        band = ["none-minimal", "mild", "moderate", "severe"][(total > 2) + (total > 5) + (total > 8)]
    flags = [None if part is None else part not in (0, 1, 2) for part in (anxiety, depression)]
    return total, band, anxiety, depression, *flags


def pacing(trials, target):
    """Walk week by week in units of a tenth of a trial: (baseline, start, step) over 10 n, and the weeks."""
    n, total = len(trials), sum(trials)
    weeks, amount = 1, 8 * total
    while amount < 10 * n * target:
        weeks, amount = weeks + 1, amount + total
    return 10 * total, 8 * total, total, weeks


def shown(numerator, denominator, places):
    """Divide in sixty digits and let the decimal library round half-up, which is away from zero."""
    with localcontext(WIDE):
        written = str((Decimal(numerator) / denominator).quantize(Decimal(1).scaleb(-places)))
    return written.removeprefix("-") if not written.strip("-0.") else written


def goal_level(amount, now, expected, better, none_today):
    """Ask of one amount which level it is in, by the guide's own comparisons."""
    none = none_today or (better == "higher" and now == 0)
    if amount == now:
        return -2 if none else -1
    sign = 1 if better == "higher" else -1
    if sign * (amount - now) < 0:
        return -2
    if sign * (amount - expected) < 0:
        return -1
    beyond, distance = abs(amount - expected), abs(expected - now)
    if better == "lower":
        distance = min(distance, expected)
    if distance < 2:  # nothing between half the distance and all of it: +1 is one unit wide
        return min(beyond, 2)
    return 0 if 2 * beyond < distance else 1 if beyond < distance else 2
