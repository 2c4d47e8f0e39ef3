"""What holds for every input: against a second implementation, and against anything a caller can think of."""

import os
import random
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consults import scoring
from tests import oracle_scoring as oracle

VECTORS = int(os.environ.get("ORACLE_VECTORS", "100000"))  # fewer while mutants are run

exact = settings(deadline=None, derandomize=True, database=None)

levels = st.lists(st.integers(-2, 2) | st.none(), max_size=8)
goals = st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 9)), min_size=1, max_size=8)


@pytest.fixture
def vectors():
    """A seeded source of random numbers, as often as the oracle is asked."""
    source = random.Random(20250303)
    return (source for _ in range(VECTORS))


def some(source, low, high, missing=0.1):
    return None if source.random() < missing else source.randint(low, high)


# Against the second implementation


def test_gas_t_agrees_with_the_second_implementation(vectors):
    for source in vectors:
        size = source.randint(0, 6)
        given_levels = [some(source, -2, 2) for _ in range(size)]
        weights = [source.randint(1, 12) for _ in range(size)]
        t, other = scoring.gas_t(given_levels, weights), oracle.gas_t(given_levels, weights)
        assert (t is None) == (other is None)
        if t is not None:
            assert abs(t - other) < Decimal("1e-18")
            assert scoring.shown(t) == str(other.quantize(Decimal("0.1"), context=oracle.WIDE))


def test_peg_agrees_with_the_second_implementation(vectors):
    for source in vectors:
        items = [some(source, 0, 10) for _ in range(3)]
        score, tenths = scoring.peg(items), oracle.peg_tenths(items)
        assert (score is None) == (tenths is None)
        if score is not None:
            assert scoring.shown(score) == f"{tenths // 10}.{tenths % 10}"


def test_activities_agree_with_the_second_implementation(vectors):
    for source in vectors:
        before = {name: some(source, 0, 10, 0.3) for name in source.sample("abcdef", source.randint(0, 5))}
        after = {name: some(source, 0, 10, 0.3) for name in source.sample("abcdef", source.randint(0, 5))}
        mean, change = oracle.activity_mean(before), oracle.activity_change(before, after)
        assert scoring.activity_mean(before) == (mean and Fraction(*mean))
        assert scoring.activity_change(before, after) == (change and Fraction(*change))


def test_flexibility_agrees_with_the_second_implementation(vectors):
    for source in vectors:
        answers = [some(source, 0, 10) for _ in range(3)]
        index, sixths = scoring.flexibility(*answers), oracle.flexibility_sixths(answers)
        assert index == (None if sixths is None else Fraction(sixths, 6))
        if index is not None:
            assert scoring.flexibility_words(index) == oracle.flexibility_words(sixths)


def test_phq4_agrees_with_the_second_implementation(vectors):
    for source in vectors:
        items = [some(source, 0, 3) for _ in range(4)]
        result = scoring.phq4(items)
        assert oracle.phq4(items) == (
            result.total,
            result.band,
            result.anxiety,
            result.depression,
            result.anxiety_flag,
            result.depression_flag,
        )


def test_pacing_agrees_with_the_second_implementation(vectors):
    for source in vectors:
        trials = [source.randint(1, 300) for _ in range(source.randint(1, 3))]
        target = source.randint(1, 4 * max(trials))
        baseline, start, step, weeks = oracle.pacing(trials, target)
        plan, units = scoring.pacing(trials, target), 10 * len(trials)
        assert (plan.baseline * units, plan.start * units, plan.step * units) == (baseline, start, step)
        assert plan.weeks_to_target == weeks


def test_shown_agrees_with_the_second_implementation(vectors):
    for source in vectors:
        numerator, denominator = source.randint(-2000, 2000), source.choice([1, 2, 3, 4, 6, 7, 8, 20, 40])
        places = source.randint(0, 3)
        assert scoring.shown(Fraction(numerator, denominator), places) == oracle.shown(
            numerator, denominator, places
        )


def test_goal_levels_agree_with_the_second_implementation(vectors):
    for source in vectors:
        low, high = sorted(source.sample(range(60), 2))
        better, none_today = source.choice(["higher", "lower"]), source.random() < 0.5
        now, expected = (low, high) if better == "higher" else (high, low)
        drafted = scoring.goal_levels(now, expected, better, none_today)
        amount = source.choice([source.randint(0, 130), now, expected, expected + 1])
        level = scoring.goal_level(drafted, amount)
        assert level == oracle.goal_level(amount, now, expected, better, none_today)


# What must hold


@exact
@given(goals)
def test_levels_and_their_opposites_add_up_to_100(goals):
    reached, weights = zip(*goals, strict=True)
    assert scoring.gas_t(reached, weights) + scoring.gas_t([-level for level in reached], weights) == 100


@exact
@given(goals, st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000))
@example([(-2, 1), (1, 3)], Fraction(1, 3))
def test_weights_scale_freely(goals, factor):
    reached, weights = zip(*goals, strict=True)
    assert scoring.gas_t(reached, [weight * factor for weight in weights]) == scoring.gas_t(reached, weights)


@exact
@given(goals, st.randoms(use_true_random=False))
def test_the_order_of_goals_does_not_matter(goals, source):
    shuffled = source.sample(goals, len(goals))
    assert scoring.gas_t(*zip(*shuffled, strict=True)) == scoring.gas_t(*zip(*goals, strict=True))


@exact
@given(goals, st.integers(0, 7))
def test_a_better_level_never_lowers_t(goals, place):
    reached, weights = map(list, zip(*goals, strict=True))
    place %= len(reached)
    before = scoring.gas_t(reached, weights)
    reached[place] = min(reached[place] + 1, 2)
    assert scoring.gas_t(reached, weights) >= before


@exact
@given(levels)
def test_no_weights_are_equal_weights(levels):
    assert scoring.gas_t(levels) == scoring.gas_t(levels, [7] * len(levels))


@exact
@given(st.permutations([0, 3, 10]))
def test_the_order_of_peg_items_does_not_matter(items):
    assert scoring.peg(items) == Fraction(13, 3)


@exact
@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10) | st.none(), max_size=5))
def test_nothing_changes_against_itself(ratings):
    assert scoring.activity_change(ratings, ratings) in (0, None)


@exact
@given(st.lists(st.integers(1, 500), min_size=1, max_size=3), st.integers(1, 2000))
def test_the_target_is_reached_in_that_week_and_not_before(trials, target):
    plan = scoring.pacing(trials, target)
    assert plan.week(plan.weeks_to_target) >= target
    assert plan.weeks_to_target == 1 or plan.week(plan.weeks_to_target - 1) < target
    assert plan.week(1) == plan.start


@exact
@given(st.fractions() | st.integers(), st.integers(0, 6))
def test_a_number_is_never_shown_half_a_unit_off(value, places):
    assert abs(Fraction(scoring.shown(value, places)) - value) <= Fraction(1, 2 * 10**places)
    assert scoring.shown(-value, places).lstrip("-") == scoring.shown(value, places).lstrip("-")


@exact
@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["higher", "lower"]), st.booleans())
def test_every_whole_amount_is_in_exactly_one_level(now, expected, better, none_today):
    if (now < expected) != (better == "higher") or now == expected:
        return
    drafted = scoring.goal_levels(now, expected, better, none_today)
    assert list(drafted) == [-2, -1, 0, 1, 2]
    assert scoring.overlaps(drafted) == scoring.gaps(drafted) == []
    reached = [scoring.goal_level(drafted, amount) for amount in range(200)]
    assert None not in reached
    assert reached == sorted(reached, reverse=better == "lower")
    assert reached[expected] == 0
    assert reached[now] == scoring.baseline_level(now, better, none_today)
    # The levels that hold nothing are those named empty, except where no amount can be below 0.
    assert set(reached) == {level for level, held in drafted.items() if held is not None}


# Whatever a caller can think of

numbers = (
    st.integers()
    | st.integers(-3, 11)
    | st.integers(min_value=10**300)
    | st.none()
    | st.booleans()
    | st.floats()
    | st.decimals()
    | st.fractions()
    | st.text(max_size=3)
    | st.sampled_from([Decimal("1e999999"), Decimal("0e-999999"), Decimal("sNaN"), -(10**5000)])
)
anything = numbers | st.lists(numbers, max_size=7) | st.dictionaries(st.text(max_size=2), numbers, max_size=5)
ranges = st.dictionaries(st.integers(-2, 2), st.none() | st.tuples(numbers, numbers) | anything, max_size=5)


@settings(exact, max_examples=500)
@given(
    st.sampled_from(
        [
            (scoring.gas_t, 2),
            (scoring.gas_t, 1),
            (scoring.peg, 1),
            (scoring.activity_mean, 1),
            (scoring.activity_change, 2),
            (scoring.flexibility, 3),
            (scoring.flexibility_words, 1),
            (scoring.phq4, 1),
            (scoring.pgic, 2),
            (scoring.ruler_change, 2),
            (scoring.promis_pi_4a, 1),
            (scoring.promis_pi_band, 1),
            (scoring.pacing, 2),
            (scoring.goal_levels, 4),
            (scoring.baseline_level, 3),
            (scoring.shown, 2),
            (scoring.Instrument, 6),
        ]
    ),
    st.lists(anything, min_size=6, max_size=6),
)
def test_any_input_is_scored_or_refused(function, arguments):
    score, count = function
    with suppress(ValueError):
        score(*arguments[:count])


@exact
@given(st.lists(numbers, max_size=5), st.none() | st.lists(numbers, max_size=5))
@example([1, 2], [10**400, 10**5000])
def test_any_list_of_levels_is_scored_or_refused(values, weights):
    for call in (scoring.gas_t, scoring.peg, scoring.phq4, scoring.pacing):
        with suppress(ValueError):
            call(values)
    with suppress(ValueError):
        scoring.gas_t([0] * len(values), weights)


@exact
@given(ranges, numbers)
def test_any_levels_are_checked_or_refused(levels, amount):
    for call in (scoring.overlaps, scoring.gaps, lambda held: scoring.goal_level(held, amount)):
        with suppress(ValueError):
            call(levels)
