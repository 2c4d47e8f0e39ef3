"""What is not a possible answer is refused, in words that do not repeat what the person answered."""

from collections import UserDict
from decimal import Decimal
from fractions import Fraction

import pytest

from consults import scoring
from consults.scoring import Instrument

NOT_WHOLE = [True, 1.0, float("nan"), float("inf"), "1", b"1", Fraction(1), Decimal(1), 1j, [1], object()]
NOT_EXACT = [True, 1.0, float("nan"), "1", Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), None, [1]]
HUGE = [Decimal("1e101"), Decimal("1e-101"), Decimal("0e999999999")]
NOT_A_LIST = [None, 5, "123", b"\x01\x02\x03", bytearray(b"\x01\x02\x03"), {1: 1, 2: 2, 3: 3}, {1, 2, 3}]

LEVEL = "A goal level must be a whole number from -2 to 2."
WEIGHT_EXACT = "A weight must be an exact number."
BETTER = 'Better must be "higher" or "lower".'


def refuse(message, call, *args, **kwargs):
    with pytest.raises(ValueError) as refusal:
        call(*args, **kwargs)
    assert str(refusal.value) == message


@pytest.mark.parametrize("odd", [-3, 3, 10**30, *NOT_WHOLE])
def test_a_goal_level_outside_minus_two_to_two_is_refused(odd):
    refuse(LEVEL, scoring.gas_t, [0, odd])


@pytest.mark.parametrize("odd", [*NOT_EXACT, *HUGE])
def test_a_weight_that_is_not_an_exact_number_is_refused(odd):
    refuse(WEIGHT_EXACT, scoring.gas_t, [0], [odd])


@pytest.mark.parametrize("odd", [0, -1, Fraction(0), Decimal("-0.1")])
def test_a_weight_that_would_drop_a_goal_is_refused(odd):
    refuse("A weight must be above 0.", scoring.gas_t, [None], [odd])


@pytest.mark.parametrize("weights", [[], [1], [1, 1, 1]])
def test_every_goal_needs_its_weight(weights):
    refuse("There must be one weight for each goal.", scoring.gas_t, [0, 1], weights)


@pytest.mark.parametrize("odd", NOT_A_LIST)
def test_answers_must_come_as_a_list(odd):
    refuse("Goal levels must be a list.", scoring.gas_t, odd)
    refuse("PEG items must be a list.", scoring.peg, odd)
    refuse("PHQ-4 items must be a list.", scoring.phq4, odd)
    refuse("Tries must be a list.", scoring.pacing, odd)
    refuse("Bands must be a list.", Instrument, 0, 10, "lower", odd)
    if odd is not None:
        refuse("Weights must be a list.", scoring.gas_t, [0], odd)


@pytest.mark.parametrize("odd", [-1, 11, *NOT_WHOLE])
def test_ratings_must_be_whole_numbers_from_0_to_10(odd):
    refuse("A PEG item must be a whole number from 0 to 10.", scoring.peg, [None, 5, odd])
    rating = "An activity rating must be a whole number from 0 to 10."
    refuse(rating, scoring.activity_mean, {"golf": odd})
    refuse(rating, scoring.activity_change, {"golf": odd}, {})
    refuse(rating, scoring.activity_change, {}, {"golf": odd})
    flexibility = "A flexibility answer must be a whole number from 0 to 10."
    refuse(flexibility, scoring.flexibility, odd, 1, 1)
    refuse(flexibility, scoring.flexibility, 1, odd, 1)
    refuse(flexibility, scoring.flexibility, None, None, odd)
    refuse("A ruler must be a whole number from 0 to 10.", scoring.ruler_change, odd, None)
    refuse("A ruler must be a whole number from 0 to 10.", scoring.ruler_change, None, odd)


@pytest.mark.parametrize("odd", [-1, 4, *NOT_WHOLE])
def test_a_phq4_item_outside_0_to_3_is_refused(odd):
    refuse("A PHQ-4 item must be a whole number from 0 to 3.", scoring.phq4, [0, None, 0, odd])


@pytest.mark.parametrize("count", [0, 1, 2, 5, 6])
def test_a_questionnaire_has_its_own_number_of_items(count):
    refuse("PEG has exactly 3 items.", scoring.peg, [1] * count)
    refuse("PHQ-4 has exactly 4 items.", scoring.phq4, [1] * count)


@pytest.mark.parametrize("odd", [None, [], [("golf", 3)], "golf", 3])
def test_activity_ratings_must_be_a_mapping(odd):
    refuse("Activity ratings must map each activity to its rating.", scoring.activity_mean, odd)


def test_any_mapping_of_ratings_will_do():
    assert scoring.activity_mean(UserDict(golf=3)) == 3


@pytest.mark.parametrize("odd", NOT_EXACT[:-2] + HUGE)
def test_a_flexibility_index_must_be_exact(odd):
    refuse("Flexibility must be an exact number.", scoring.flexibility_words, odd)


@pytest.mark.parametrize("odd", [-1, Decimal("10.1"), 11])
def test_a_flexibility_index_runs_from_0_to_10(odd):
    refuse("Flexibility must be from 0 to 10.", scoring.flexibility_words, odd)


@pytest.mark.parametrize("odd", [0, 8, *NOT_WHOLE])
def test_a_pgic_answer_runs_from_1_to_7(odd):
    refuse("A PGIC answer must be a whole number from 1 to 7.", scoring.pgic, odd)


@pytest.mark.parametrize("odd", [None, "best", "", 1, [], {}])
def test_a_pgic_of_unknown_direction_is_refused(odd):
    message = "The direction of a PGIC must be one of: 1-best, 7-best, 7-best-from-no-change."
    refuse(message, scoring.pgic, 3, odd)


@pytest.mark.parametrize("odd", [3, 21, *NOT_WHOLE])
def test_a_promis_raw_sum_runs_from_4_to_20(odd):
    refuse("A PROMIS raw sum must be a whole number from 4 to 20.", scoring.promis_pi_4a, odd)


def test_a_t_score_must_be_an_exact_number_from_0_to_100():
    refuse("A T score must be an exact number.", scoring.promis_pi_band, 55.0)
    refuse("A T score must be from 0 to 100.", scoring.promis_pi_band, 101)
    refuse("A T score must be from 0 to 100.", scoring.promis_pi_band, -1)


def test_a_clinic_added_instrument_must_make_sense():
    refuse("The lowest score must be below the highest.", Instrument, 10, 10, "lower")
    refuse("The lowest score must be an exact number.", Instrument, 0.0, 10, "lower")
    refuse("The highest score must be an exact number.", Instrument, 0, None, "lower")
    refuse(BETTER, Instrument, 0, 10, "up")
    refuse("Bands must be given in pairs.", Instrument, 0, 10, "lower", [(0, "low"), "hi"])
    refuse("Bands must be given in pairs.", Instrument, 0, 10, "lower", [(0, "low", "extra")])
    refuse("Bands must be listed from the lowest up.", Instrument, 0, 10, "lower", [(5, "b"), (0, "a")])
    refuse("Bands must be listed from the lowest up.", Instrument, 0, 10, "lower", [(5, "b"), (5, "a")])
    refuse("A band must be from 0 to 10.", Instrument, 0, 10, "lower", [(11, "off")])
    refuse("A band must be an exact number.", Instrument, 0, 10, "lower", [(None, "off")])
    refuse("A size of change must be above 0.", Instrument, 0, 10, "lower", mdc=0)
    refuse("A size of change must be an exact number.", Instrument, 0, 10, "lower", mic=1.5)


def test_a_clinic_added_score_outside_its_range_is_refused():
    refuse("The score must be from 0 to 10.", Instrument(0, 10, "lower").score, 11)
    refuse("The score must be an exact number.", Instrument(0, 10, "lower").band, 5.0)


@pytest.mark.parametrize("odd", [*NOT_EXACT, *HUGE])
def test_a_try_or_target_that_is_not_an_exact_number_is_refused(odd):
    refuse("A try must be an exact number.", scoring.pacing, [10, odd])
    if odd is not None:
        refuse("The target must be an exact number.", scoring.pacing, [10], odd)


def test_pacing_needs_one_to_three_tries_above_zero():
    refuse("A try must be above 0.", scoring.pacing, [10, 0])
    refuse("The target must be above 0.", scoring.pacing, [10], 0)
    refuse("The baseline is the mean of one to three tries.", scoring.pacing, [])
    refuse("The baseline is the mean of one to three tries.", scoring.pacing, [1, 1, 1, 1])


@pytest.mark.parametrize("odd", [0, -1, *NOT_WHOLE, None])
def test_weeks_are_counted_from_one(odd):
    refuse("Weeks are counted 1, 2, 3 and so on.", scoring.pacing([10]).week, odd)


@pytest.mark.parametrize("odd", [-1, None, *NOT_WHOLE])
def test_a_goal_is_drafted_from_whole_amounts(odd):
    refuse("Now must be a whole number, 0 or more.", scoring.goal_levels, odd, 5)
    refuse("Expected must be a whole number, 0 or more.", scoring.goal_levels, 1, odd)
    refuse("Now must be a whole number, 0 or more.", scoring.baseline_level, odd)
    refuse("The amount must be a whole number, 0 or more.", scoring.goal_level, {}, odd)


@pytest.mark.parametrize(
    ("now", "expected", "better"),
    [(5, 5, "higher"), (5, 4, "higher"), (5, 5, "lower"), (4, 5, "lower"), (0, 0, "lower")],
)
def test_an_expected_level_that_is_not_better_than_now_is_refused(now, expected, better):
    refuse("The expected amount must be better than now.", scoring.goal_levels, now, expected, better)


@pytest.mark.parametrize("odd", ["Higher", "", None, 1, []])
def test_a_direction_is_higher_or_lower(odd):
    refuse(BETTER, scoring.goal_levels, 1, 5, odd)
    refuse(BETTER, scoring.baseline_level, 1, odd)


@pytest.mark.parametrize("check", [scoring.overlaps, scoring.gaps])
def test_levels_that_are_no_ranges_are_refused(check):
    refuse("Levels must map each level to its range.", check, [(1, 2)])
    refuse("Levels must be given in pairs.", check, {0: 5})
    refuse("Levels must be given in pairs.", check, {0: (1, 2, 3)})
    refuse("A range has whole numbers or None at its ends.", check, {0: (1.0, 2)})
    refuse("A range has whole numbers or None at its ends.", check, {0: (None, True)})
    refuse("A range must run from its lower to its higher end.", check, {0: (2, 1)})


@pytest.mark.parametrize("odd", [*NOT_EXACT, *HUGE])
def test_only_exact_numbers_are_shown(odd):
    refuse("A number to show must be an exact number.", scoring.shown, odd)


@pytest.mark.parametrize("odd", [-1, 21, None, True, 1.0])
def test_a_number_is_shown_with_up_to_twenty_decimals(odd):
    refuse("A number is shown with 0 to 20 decimals.", scoring.shown, 5, odd)
