"""Scores worked out by hand: no expected value here comes from the code."""

from decimal import Decimal
from fractions import Fraction

import pytest

from consults import scoring
from consults.scoring import PGIC, PHQ4, Instrument, shown

# Goal attainment


def test_the_documented_gas_example_is_exactly_55():
    assert scoring.gas_t((-2, 0, -1, 2, 0, 1), (3, 5, 1, 4, 2, 6)) == Decimal("55.0")


@pytest.mark.parametrize(
    ("level", "written"),
    [
        (-1, ["40.0", "37.6", "36.3", "35.5", "34.9", "34.5"]),
        (-2, ["30.0", "25.2", "22.6", "21.0", "19.8", "19.0"]),
        (0, ["50.0", "50.0", "50.0", "50.0", "50.0", "50.0"]),
        (1, ["60.0", "62.4", "63.7", "64.5", "65.1", "65.5"]),
    ],
)
def test_equal_weights_give_the_values_of_the_help_page(level, written):
    assert [shown(scoring.gas_t([level] * goals)) for goals in range(1, 7)] == written


def test_gas_t_is_carried_far_enough_to_be_rounded_once():
    # 50 - 20/sqrt(2.6), by long division to twelve decimals
    assert shown(scoring.gas_t([-1, -1]), 12) == "37.596526541079"


def test_a_goal_not_rated_is_left_out_with_its_weight():
    assert scoring.gas_t([-1, None], [1, 9]) == 40
    assert scoring.gas_t([None, 2, None], [5, 7, 1]) == 70
    assert isinstance(scoring.gas_t([1]), Decimal)


def test_goals_of_which_none_is_rated_have_no_t():
    assert scoring.gas_t([]) is None
    assert scoring.gas_t([None, None]) is None
    assert scoring.gas_t([None], [3]) is None


def test_lists_tuples_and_generators_give_the_same_t():
    assert scoring.gas_t(iter([-2, -2]), (w for w in (6, 6))) == scoring.gas_t([-2, -2], (6, 6))


def test_weights_may_be_any_exact_number_above_zero():
    assert scoring.gas_t([2, 0], [Fraction(3, 2), Decimal("1.5")]) == scoring.gas_t([2, 0], [1, 1])


# PEG, activities, flexibility


def test_peg_is_the_exact_mean_of_three_items():
    assert scoring.peg([6, 7, 6]) == Fraction(19, 3)
    assert scoring.peg((0, 0, 0)) == 0
    assert scoring.peg(item for item in (10, 10, 10)) == 10
    assert isinstance(scoring.peg([1, 1, 1]), Fraction)


def test_one_point_of_peg_is_one_point():
    assert scoring.peg([7, 8, 7]) - scoring.peg([7, 6, 6]) >= 1


def test_a_missing_item_is_a_missing_score():
    assert scoring.peg([6, None, 6]) is None
    assert scoring.promis_pi_4a(None) is None
    assert scoring.promis_pi_band(None) is None
    assert scoring.flexibility_words(None) is None
    assert scoring.ruler_change(None, 5) is None
    assert scoring.ruler_change(5, None) is None
    assert scoring.pgic(None) == PGIC(None, None, None, "1-best")


def test_activities_not_rated_are_left_out_of_the_mean():
    assert scoring.activity_mean({"golf": 2, "bag": 4, "drive": 5}) == Fraction(11, 3)
    assert scoring.activity_mean({"golf": 2, "bag": None}) == 2
    assert scoring.activity_mean({"golf": None}) is None
    assert scoring.activity_mean({}) is None
    assert isinstance(scoring.activity_mean({"golf": 2}), Fraction)


def test_only_activities_rated_both_times_count_as_change():
    before = {"golf": 2, "bag": 4, "drive": None, "swim": 9}
    after = {"golf": 7, "bag": 5, "drive": 8, "sing": 0}
    assert scoring.activity_change(before, after) == 3
    assert scoring.activity_change({"golf": 5}, {"golf": 4}) == -1
    assert scoring.activity_change(
        {"golf": 1, "bag": 1, "drive": 1}, {"golf": 2, "bag": 2, "drive": 1}
    ) == Fraction(2, 3)
    assert list(scoring.activities_rated_twice(before, after).items()) == [("golf", (2, 7)), ("bag", (4, 5))]


def test_with_no_activity_rated_twice_there_is_no_change():
    assert scoring.activity_change({"golf": 2, "bag": None}, {"golf": None, "bag": 3, "drive": 5}) is None
    assert scoring.activity_change({}, {}) is None


def test_a_rating_of_zero_is_a_rating():
    assert scoring.activity_mean({"golf": 0, "bag": 4}) == 2
    assert scoring.activity_change({"golf": 0}, {"golf": 3}) == 3
    assert scoring.activity_change({"golf": 3}, {"golf": 0}) == -3


def test_flexibility_needs_two_of_three_answers():
    assert scoring.flexibility(3, 2, 4) == 3
    assert scoring.flexibility(3, 3, 4) == Fraction(10, 3)
    assert scoring.flexibility(3, None, 4) == Fraction(7, 2)
    assert scoring.flexibility(None, 0, 1) == Fraction(1, 2)
    assert scoring.flexibility(3, None, None) is None
    assert scoring.flexibility(None, None, None) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "firmly held"),
        (Fraction(10, 3), "firmly held"),
        (Decimal("3.34"), "some room"),
        (5, "some room"),
        (Fraction(13, 2), "some room"),
        (Fraction(20, 3), "open"),
        (10, "open"),
    ],
)
def test_flexibility_words_change_at_the_exact_thirds(value, words):
    assert scoring.flexibility_words(value) == words


# PHQ-4


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([0, 0, 0, 0], PHQ4(0, "none-minimal", 0, 0, False, False)),
        ([1, 1, 0, 0], PHQ4(2, "none-minimal", 2, 0, False, False)),
        ([1, 1, 1, 0], PHQ4(3, "mild", 2, 1, False, False)),
        ([1, 1, 2, 1], PHQ4(5, "mild", 2, 3, False, True)),
        ([3, 0, 1, 2], PHQ4(6, "moderate", 3, 3, True, True)),
        ([2, 2, 2, 2], PHQ4(8, "moderate", 4, 4, True, True)),
        ([3, 3, 3, 0], PHQ4(9, "severe", 6, 3, True, True)),
        ([3, 3, 3, 3], PHQ4(12, "severe", 6, 6, True, True)),
        ([None, 2, 2, 2], PHQ4(None, None, None, 4, None, True)),
        ([2, 1, 0, None], PHQ4(None, None, 3, None, True, None)),
        ([None, 3, None, 3], PHQ4(None, None, None, None, None, None)),
    ],
)
def test_phq4_gives_total_band_parts_and_flags(items, expected):
    assert scoring.phq4(items) == expected


# PGIC, rulers, PROMIS


@pytest.mark.parametrize(
    ("direction", "values"),
    [
        ("1-best", [1, 2, 3, 4, 5, 6, 7]),
        ("7-best", [7, 6, 5, 4, 3, 2, 1]),
        ("7-best-from-no-change", [None, 4, 3, 3, 3, 2, 1]),
    ],
)
def test_pgic_is_turned_to_one_direction_and_keeps_the_raw_answer(direction, values):
    results = [scoring.pgic(raw, direction) for raw in range(1, 8)]
    assert [result.value for result in results] == values
    assert [result.raw for result in results] == [1, 2, 3, 4, 5, 6, 7]
    assert {result.direction for result in results} == {direction}


def test_pgic_says_its_answer_in_words():
    assert [scoring.pgic(raw).words for raw in range(1, 8)] == [
        "very much improved",
        "much improved",
        "minimally improved",
        "no change",
        "minimally worse",
        "much worse",
        "very much worse",
    ]
    assert scoring.pgic(7, "7-best").words == "very much improved"
    assert scoring.pgic(1, "7-best-from-no-change").words is None


def test_a_ruler_changes_by_after_minus_before():
    assert scoring.ruler_change(4, 7) == 3
    assert scoring.ruler_change(7, 4) == -3
    assert scoring.ruler_change(0, 0) == 0


def test_promis_raw_sums_become_t_by_the_table():
    table = "41.6 49.6 52.0 53.9 55.6 57.1 58.5 59.9 61.2 62.5 63.8 65.2 66.6 68.0 69.7 71.6 75.6"
    assert " ".join(str(scoring.promis_pi_4a(raw)) for raw in range(4, 21)) == table


@pytest.mark.parametrize(
    ("t", "words"),
    [
        (Decimal("41.6"), "within normal limits"),
        (Decimal("54.9"), "within normal limits"),
        (55, "mild"),
        (Decimal("59.9"), "mild"),
        (60, "moderate"),
        (Decimal("69.7"), "moderate"),
        (70, "severe"),
        (100, "severe"),
        (0, "within normal limits"),
    ],
)
def test_promis_bands_begin_at_55_60_and_70(t, words):
    assert scoring.promis_pi_band(t) == words


# Instruments a clinic adds


def test_a_clinic_added_score_falls_in_the_band_that_begins_at_or_below_it():
    pseq = Instrument(
        0, 60, "higher", bands=iter([(0, "severe"), (20, "moderate"), [31, "mild"], (41, "minimal")])
    )
    assert [pseq.band(score) for score in (0, 19, 20, 30, 31, 40, 41, 60)] == [
        "severe", "severe", "moderate", "moderate", "mild", "mild", "minimal", "minimal",
    ]  # fmt: skip
    assert pseq.band(None) is None
    assert pseq.score(None) is None
    assert pseq.score(Decimal("30.5")) == Fraction(61, 2)


def test_a_score_below_the_first_band_has_no_band():
    pcs = Instrument(0, 52, "lower", bands=[(31, "clinically relevant")])
    assert pcs.band(30) is None
    assert pcs.band(31) == "clinically relevant"
    assert Instrument(0, 52, "lower").band(30) is None


# Pacing


def test_the_published_pacing_example_reaches_300_metres_within_eight_weeks():
    plan = scoring.pacing([200], 300)
    assert (plan.baseline, plan.start, plan.step, plan.weeks_to_target) == (200, 160, 20, 8)
    assert [plan.week(k) for k in range(1, 9)] == [160, 180, 200, 220, 240, 260, 280, 300]


def test_the_baseline_is_the_mean_of_up_to_three_tries():
    assert scoring.pacing([5, 6, 8]).baseline == Fraction(19, 3)
    assert scoring.pacing((5, 6)).start == Fraction(22, 5)
    assert scoring.pacing(iter([10])).step == 1
    assert scoring.pacing([Decimal("2.5")]).start == 2
    assert isinstance(scoring.pacing([10]).week(1), Fraction)


@pytest.mark.parametrize(
    ("target", "weeks"),
    [
        (1, 1),
        (7, 1),
        (8, 1),
        (Decimal("8.01"), 2),
        (9, 2),
        (Fraction(19, 2), 3),
        (10, 3),
        (18, 11),
        (None, None),
    ],
)
def test_weeks_to_target_are_those_until_the_amount_reaches_it(target, weeks):
    assert scoring.pacing([10, 10, 10], target).weeks_to_target == weeks


def test_weeks_are_counted_from_what_was_agreed_too():
    assert scoring.weeks_to(30, 8, 1) == 23
    assert scoring.weeks_to(8, 8, 1) == 1
    assert scoring.weeks_to(5, 8, 1) == 1


# Goal levels


@pytest.mark.parametrize(
    ("now", "expected", "better", "none_today", "levels"),
    [
        (1, 9, "higher", False, [(None, 0), (1, 8), (9, 12), (13, 16), (17, None)]),
        (1, 9, "higher", True, [(None, 1), (2, 8), (9, 12), (13, 16), (17, None)]),
        (0, 9, "higher", False, [(None, 0), (1, 8), (9, 13), (14, 17), (18, None)]),
        (0, 9, "higher", True, [(None, 0), (1, 8), (9, 13), (14, 17), (18, None)]),
        (3, 5, "higher", False, [(None, 2), (3, 4), (5, 5), (6, 6), (7, None)]),
        (3, 6, "higher", False, [(None, 2), (3, 5), (6, 7), (8, 8), (9, None)]),
        (1, 2, "higher", False, [(None, 0), (1, 1), (2, 2), (3, 3), (4, None)]),
        (0, 1, "higher", True, [(None, 0), None, (1, 1), (2, 2), (3, None)]),
        (40, 24, "lower", False, [(41, None), (25, 40), (17, 24), (9, 16), (None, 8)]),
        (40, 25, "lower", False, [(41, None), (26, 40), (18, 25), (11, 17), (None, 10)]),
        (40, 24, "lower", True, [(40, None), (25, 39), (17, 24), (9, 16), (None, 8)]),
        (40, 10, "lower", False, [(41, None), (11, 40), (6, 10), (1, 5), (None, 0)]),
        (3, 2, "lower", False, [(4, None), (3, 3), (2, 2), (1, 1), (None, 0)]),
        (3, 2, "lower", True, [(3, None), None, (2, 2), (1, 1), (None, 0)]),
        (3, 1, "lower", False, [(4, None), (2, 3), (1, 1), (None, 0), None]),
        (2, 0, "lower", False, [(3, None), (1, 2), (None, 0), None, None]),
    ],
)
def test_five_levels_are_drafted_from_now_and_expected(now, expected, better, none_today, levels):
    drafted = scoring.goal_levels(now, expected, better, none_today)
    assert list(drafted.items()) == list(zip([-2, -1, 0, 1, 2], levels, strict=True))


def test_levels_are_drafted_for_higher_and_some_today_unless_told_otherwise():
    assert scoring.goal_levels(1, 9)[-1] == (1, 8)


def test_today_is_minus_one_with_some_and_minus_two_with_none():
    assert scoring.baseline_level(3) == -1
    assert scoring.baseline_level(3, none_today=True) == -2
    assert scoring.baseline_level(0) == -2
    assert scoring.baseline_level(1) == -1
    assert scoring.baseline_level(0, "lower") == -1
    assert scoring.baseline_level(40, "lower", none_today=True) == -2


def test_an_amount_falls_in_one_of_the_levels():
    levels = {-2: (None, 0), -1: None, 0: (1, 4), 1: (6, 7), 2: (8, None)}
    assert [scoring.goal_level(levels, amount) for amount in (0, 1, 4, 5, 6, 7, 8, 99)] == [
        -2, 0, 0, None, 1, 1, 2, 2,
    ]  # fmt: skip


def test_levels_that_share_an_amount_are_named_in_pairs():
    assert scoring.overlaps({-2: (None, 0), -1: (1, 8), 0: (8, 12), 1: (13, 16), 2: (12, None)}) == [
        (-1, 0),
        (0, 2),
        (1, 2),
    ]
    assert scoring.overlaps({-1: (1, 8), 0: (9, 9), 1: None}) == []
    assert scoring.overlaps({2: (None, 3), 1: (3, 6)}) == [(2, 1)]
    assert scoring.overlaps({1: (3, 6), 2: (None, 3)}) == [(1, 2)]
    assert scoring.overlaps({}) == []


def test_amounts_that_no_level_holds_are_named_as_ranges():
    assert scoring.gaps({-2: (None, 0), -1: (2, 8), 0: (9, 12), 1: None, 2: (20, None)}) == [(1, 1), (13, 19)]
    assert scoring.gaps({2: (None, 3), 1: (4, 6), 0: (7, None)}) == []
    assert scoring.gaps({0: (1, 9), 1: (3, 4), 2: (10, 11)}) == []
    assert scoring.gaps({0: (5, 6)}) == []
    assert scoring.gaps({}) == []


# Shown


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (Fraction(9, 4), 1, "2.3"),
        (Fraction(-9, 4), 1, "-2.3"),
        (Decimal("2.25"), 1, "2.3"),
        (Decimal("0.05"), 1, "0.1"),
        (Decimal("0.04999"), 1, "0.0"),
        (Decimal("-0.04"), 1, "0.0"),
        (Decimal("-0.05"), 1, "-0.1"),
        (Fraction(1, 3), 3, "0.333"),
        (Fraction(2, 3), 3, "0.667"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(49, 100), 0, "0"),
        (Decimal("9.995"), 2, "10.00"),
        (-12, 1, "-12.0"),
        (0, 1, "0.0"),
        (0, 0, "0"),
        (Decimal("1e3"), 0, "1000"),
        (Decimal("1e100"), 0, "1" + "0" * 100),
        (Decimal("1e-100"), 1, "0.0"),
        (Fraction(1, 3), 20, "0.33333333333333333333"),
    ],
)
def test_numbers_are_shown_rounded_half_up_away_from_zero(value, places, written):
    assert shown(value, places) == written


def test_numbers_are_shown_with_one_decimal_unless_told_otherwise():
    assert shown(Fraction(19, 3)) == "6.3"
