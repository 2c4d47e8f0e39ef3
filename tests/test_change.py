"""What counts as clear change on each measure, at the bar and just under it."""

from decimal import Decimal
from fractions import Fraction

import pytest

from consults import change, scoring
from consults.change import BeliefRating, Change

SAME = "no clear change"


@pytest.mark.parametrize(
    ("measure", "before", "after", "word", "small"),
    [
        ("peg", Fraction(22, 3), Fraction(19, 3), "better", False),
        ("peg", Fraction(19, 3), Fraction(22, 3), "worse", False),
        ("peg", Fraction(19, 3), Fraction(17, 3), SAME, False),
        ("peg", 5, 5, SAME, False),
        ("pain", 7, 5, "better", False),
        ("pain", 5, 7, "worse", False),
        ("pain", 3, 2, SAME, True),
        ("pain", 2, 3, SAME, True),
        ("pain", 4, 3, SAME, False),
        ("pain", Decimal(5), Decimal("3.5"), SAME, True),
        ("pain", 0, 1, SAME, False),
        ("pain", 0, 2, "worse", False),
        ("pain", 5, 5, SAME, False),
        ("activities", 3, 5, "better", False),
        ("activities", 5, 3, "worse", False),
        ("activities", 3, Decimal("4.99"), SAME, True),
        ("activities", 3, Decimal("4.3"), SAME, True),
        ("activities", Decimal("4.3"), 3, SAME, True),
        ("activities", 3, Fraction(17, 4), SAME, False),
        ("activity", 2, 5, "better", False),
        ("activity", 5, 2, "worse", False),
        ("activity", 2, 4, SAME, False),
        ("conviction", 80, 60, "looser", False),
        ("conviction", 60, 80, "firmer", False),
        ("conviction", 80, 65, SAME, False),
        ("flexibility", 3, 5, "more open", False),
        ("flexibility", 5, 3, "more closed", False),
        ("flexibility", Fraction(10, 3), 5, SAME, False),
        ("confidence", 5, 7, "better", False),
        ("confidence", 7, 5, "worse", False),
        ("confidence", 5, 6, SAME, False),
        ("understood", 5, 7, "better", False),
        ("makes_sense", 7, 5, "worse", False),
        ("fits_me", 5, 7, "better", False),
        ("importance", 5, 7, "higher", False),
        ("readiness", 7, 5, "lower", False),
        ("willingness", 4, 6, "higher", False),
        ("willingness", 4, 5, SAME, False),
        ("promis_pi", Decimal("61.2"), Decimal("55.2"), "better", False),
        ("promis_pi", Decimal("61.2"), Decimal("55.6"), SAME, True),
        ("promis_pi", Decimal("59.2"), Decimal("61.2"), SAME, True),
        ("promis_pi", Decimal("59.9"), Decimal("61.2"), SAME, False),
        ("pseq", 20, 32, "better", False),
        ("pseq", 20, Decimal("31.5"), "better", False),
        ("pseq", 20, 31, SAME, True),
        ("pseq", 26, 20, SAME, True),
        ("pseq", 25, 20, SAME, False),
        ("pseq_2", 6, 8, "better", False),
        ("pseq_2", 6, 7, SAME, False),
        ("pseq_4", 12, 10, "worse", False),
        ("pseq_4", 12, 11, SAME, False),
        ("pcs", 50, 31, "better", False),
        ("pcs", 50, 32, SAME, False),
        ("pcs", 50, 52, SAME, False),
        ("pcs", 20, 30, "worse", False),
        ("pcs", 0, 30, "", False),
        ("tsk_11", 30, 24, "better", False),
        ("tsk_11", 30, Decimal("24.4"), "better", False),
        ("tsk_11", 30, 25, SAME, True),
        ("tsk_11", 25, 29, SAME, True),
        ("tsk_11", 30, 27, SAME, False),
        ("gas_t", Decimal("30.0"), Decimal("60.0"), "", False),
        ("brief_ipq", 60, 20, "", False),
        ("ompsq_sf", 90, 20, "", False),
        ("start_back", 9, 0, "", False),
        ("cpaq_8", 10, 40, "", False),
    ],
)
def test_change_is_clear_at_the_bar_and_not_below_it(measure, before, after, word, small):
    found = change.score(measure, before, after)
    assert (found.word, found.small) == (word, small)
    assert found.difference == Fraction(after) - Fraction(before)


def test_a_change_carries_all_that_the_screen_shows():
    assert change.score("peg", Fraction(19, 3), 3) == Change(
        title="PEG",
        before=Fraction(19, 3),
        after=Fraction(3),
        difference=Fraction(-10, 3),
        word="better",
        text="PEG 6.3 -> 3.0 (better)",
        source="Krebs 2009; Reed 2024; responder: Dworkin 2008",
        small=False,
        threshold=Fraction(1),
        rule="1 point or more",
        percent=Fraction(-1000, 19),
        responder=True,
        count=None,
    )


def test_exactly_thirty_percent_less_is_a_responder():
    assert change.score("peg", 10, 7).responder is True
    assert change.score("peg", 10, Fraction(22, 3)).responder is False
    assert change.score("pain", 10, 7).responder is True
    assert change.score("pain", 10, 8).responder is False
    assert change.score("peg", 7, 10).responder is False


def test_from_zero_there_is_no_percentage():
    found = change.score("peg", 0, 2)
    assert (found.word, found.percent, found.responder) == ("worse", None, None)


def test_a_percentage_is_given_only_where_a_rule_uses_one():
    assert change.score("pcs", 50, 31).percent == -38
    assert change.score("pcs", 50, 31).responder is None
    assert change.score("pseq", 20, 30).percent is None
    assert change.score("promis_pi", 60, 50).responder is None


def test_the_bar_of_the_pcs_is_a_share_of_the_first_score():
    assert change.score("pcs", 50, 40).threshold == 19
    assert change.score("pcs", 25, 20).threshold == Fraction(19, 2)
    assert change.score("pcs", 0, 20).threshold is None


@pytest.mark.parametrize(("before", "after"), [(None, 3), (6, None), (None, None)])
def test_a_result_missing_at_one_time_has_no_change_and_no_word(before, after):
    assert change.score("peg", before, after) == Change(
        title="PEG",
        before=before,
        after=after,
        difference=None,
        word="",
        text="PEG not rated both times",
        source="Krebs 2009; Reed 2024; responder: Dworkin 2008",
        threshold=Fraction(1),
        rule="1 point or more",
    )


def test_zero_is_a_result():
    assert change.score("peg", 0, 0).text == "PEG 0.0 -> 0.0 (no clear change)"


@pytest.mark.parametrize(
    ("measure", "before", "after", "text"),
    [
        ("pain", 7, 4, "Pain 7 -> 4 (better)"),
        ("pain", 3, 2, "Pain 3 -> 2 (no clear change, small)"),
        ("willingness", 4, 6, "Willingness 4 -> 6 (higher)"),
        ("conviction", 40, 60, "Conviction 40 -> 60 (clearly firmer)"),
        ("flexibility", 5, 6, "Flexibility 5.0 -> 6.0 (no clear change)"),
        ("gas_t", Decimal("33.33"), Decimal("52.35"), "GAS T 33.3 -> 52.4"),
        ("cpaq_8", 20, 24, "CPAQ-8 20 -> 24"),
    ],
)
def test_a_change_is_written_in_one_line(measure, before, after, text):
    assert change.score(measure, before, after).text == text


def test_no_bar_speaks_of_significance_and_each_names_its_rule_and_source():
    for bar in change.BARS.values():
        assert "significant" not in f"{bar.title}{bar.rule}{bar.source}{bar.rise}{bar.fall}".lower()
        assert bar.rule
        assert bar.source


@pytest.mark.parametrize("odd", ["phq4", "", None, 3, []])
def test_a_measure_without_a_bar_in_the_table_is_refused(odd):
    with pytest.raises(ValueError, match=r"^No measure of that name can be compared\.$"):
        change.score(odd, 1, 2)


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (11, r"^PEG must be from 0 to 10\.$"),
        (-1, r"^PEG must be from 0 to 10\.$"),
        (5.0, r"^PEG must be an exact number\.$"),
    ],
)
def test_a_result_that_cannot_be_is_refused(odd, message):
    with pytest.raises(ValueError, match=message):
        change.score("peg", odd, 1)
    with pytest.raises(ValueError, match=message):
        change.score("peg", None, odd)


def test_activities_are_compared_over_those_rated_both_times_and_counted():
    found = change.activities(
        {"golf": 2, "bag": 4, "drive": 5}, {"golf": 5, "bag": 5, "swim": 9, "drive": None}
    )
    assert (found.before, found.after, found.difference) == (3, 5, 2)
    assert (found.word, found.count, found.threshold) == ("better", 2, 2)
    assert found.text == "Activities 3.0 -> 5.0 (better)"


def test_with_no_activity_rated_both_times_there_is_nothing_to_compare():
    found = change.activities({"golf": 2}, {"bag": 3})
    assert (found.difference, found.word, found.count) == (None, "", 0)
    assert found.text == "Activities not rated both times"


def test_single_activities_have_a_higher_bar():
    found = change.each_activity({"golf": 2, "bag": 4, "drive": 1}, {"golf": 5, "bag": 6, "drive": None})
    assert {name: one.word for name, one in found.items()} == {"golf": "better", "bag": SAME}


def test_a_belief_is_compared_in_conviction_and_flexibility():
    found = change.belief(BeliefRating(80, Fraction(3)), BeliefRating(45, Fraction(20, 3)))
    assert found.text == "Conviction 80 -> 45 (clearly looser), flexibility 3.0 -> 6.7 (clearly more open)"
    assert (found.conviction.word, found.flexibility.word) == ("looser", "more open")
    assert found.conviction.difference == -35
    assert found.like_with_like is True


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(False, True, "before, then after"), (True, False, "after, then before")],
)
def test_ratings_before_and_after_the_explanation_are_not_like_with_like(first, last, said):
    found = change.belief(BeliefRating(80, None, first), BeliefRating(75, Fraction(5), last))
    assert found.like_with_like is False
    assert found.text == (
        "Conviction 80 -> 75 (no clear change), flexibility not rated both times."
        f" Not like with like: rated {said} the explanation."
    )


def test_two_ratings_after_the_explanation_are_like_with_like():
    found = change.belief(BeliefRating(80, Fraction(5), True), BeliefRating(50, Fraction(5), True))
    assert found.like_with_like is True
    assert found.text == "Conviction 80 -> 50 (clearly looser), flexibility 5.0 -> 5.0 (no clear change)"


@pytest.mark.parametrize(
    ("before", "after", "word", "text"),
    [
        (-1, 0, "better", "less than expected -> as expected (better)"),
        (2, 1, "worse", "much better than expected -> better than expected (worse)"),
        (-2, -2, SAME, "much less than expected -> much less than expected (no clear change)"),
    ],
)
def test_a_goal_changes_by_level(before, after, word, text):
    assert change.goal(before, after) == Change(
        title="Goal",
        before=before,
        after=after,
        difference=Fraction(after - before),
        word=word,
        text=text,
        source="guide B.3 and G.4",
        threshold=Fraction(1),
        rule="one level or more",
    )


@pytest.mark.parametrize(("before", "after"), [(None, 0), (0, None), (None, None)])
def test_a_goal_not_rated_both_times_has_not_changed(before, after):
    found = change.goal(before, after)
    assert (found.difference, found.word, found.text) == (None, "", "Goal not rated both times")


@pytest.mark.parametrize(("before", "after"), [(3, 0), (0, -3), (True, 0), (0, 1.0)])
def test_a_goal_level_that_cannot_be_is_refused(before, after):
    with pytest.raises(ValueError, match=r"^A goal level must be a whole number from -2 to 2\.$"):
        change.goal(before, after)


def test_phq4_has_bands_and_flags_and_no_word():
    before, after = scoring.phq4([2, 2, 2, 1]), scoring.phq4([1, 1, 1, 0])
    assert change.phq4(before, after) == Change(
        title="PHQ-4",
        before=before,
        after=after,
        difference=None,
        word="",
        text="moderate -> mild; anxiety positive screen -> below the mark; "
        "depression positive screen -> below the mark",
        source="guide B.10",
        rule="no agreed bar: bands and flags only",
    )


def test_a_part_of_phq4_that_was_not_answered_is_said():
    text = change.phq4(scoring.phq4([None, 1, 3, 3]), scoring.phq4([2, 2, None, 0])).text
    assert text == (
        "not scored -> not scored; anxiety not scored -> positive screen; depression positive screen -> not scored"
    )


@pytest.mark.parametrize(
    ("value", "word", "small", "responder"),
    [
        (1, "better", False, True),
        (2, "better", False, True),
        (3, SAME, True, False),
        (4, SAME, False, False),
        (5, SAME, True, False),
        (6, "worse", False, False),
        (7, "worse", False, False),
    ],
)
def test_much_improved_on_the_pgic_is_better(value, word, small, responder):
    found = change.pgic(scoring.pgic(value))
    assert (found.word, found.small, found.responder) == (word, small, responder)


def test_a_pgic_carries_its_words_and_rule():
    answer = scoring.pgic(6, "7-best")
    assert change.pgic(answer) == Change(
        title="PGIC",
        before=None,
        after=answer,
        difference=None,
        word="better",
        text="2 (much improved)",
        source="Farrar 2001; Dworkin 2008",
        rule="much improved or very much improved",
        responder=True,
    )


def test_a_pgic_without_a_place_on_the_scale_gets_no_word():
    found = change.pgic(scoring.pgic(1, "7-best-from-no-change"))
    assert (found.word, found.small, found.responder, found.text) == ("", False, None, "not placed")


def added(better="lower", **sizes):
    return scoring.Instrument(0, 40, better, **sizes)


@pytest.mark.parametrize(
    ("kind", "before", "after", "word", "small", "rule"),
    [
        (added(mdc=5, mic=3), 20, 15, "better", False, "5 points or more; from 3 small"),
        (added(mdc=3, mic=5), 20, 16, SAME, True, "5 points or more; from 3 small"),
        (added(mdc=5, mic=3), 20, 23, SAME, True, "5 points or more; from 3 small"),
        (added(mdc=5, mic=3), 20, 22, SAME, False, "5 points or more; from 3 small"),
        (added("higher", mdc=Decimal("2.5")), 20, 23, "better", False, "2.5 points or more"),
        (added("higher", mic=10), 20, 10, "worse", False, "10 points or more"),
        (added("higher", mic=Fraction(5, 4)), 20, 21, SAME, False, "1.25 points or more"),
        (added(mic=Fraction(1, 3)), 20, 21, "worse", False, "0.33 points or more"),
        (added(), 20, 0, "", False, "no bar given"),
    ],
)
def test_a_clinic_added_instrument_uses_the_larger_of_error_and_important_change(
    kind, before, after, word, small, rule
):
    found = change.instrument("Sleep scale", kind, before, after)
    assert (found.word, found.small, found.rule) == (word, small, rule)
    assert (found.title, found.source) == ("Sleep scale", "set by the clinic")


def test_a_clinic_added_score_is_shown_with_one_decimal():
    assert change.instrument("Sleep", added(mdc=5), 20, 15).text == "Sleep 20.0 -> 15.0 (better)"


def test_a_clinic_added_score_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"^Sleep must be from 0 to 40\.$"):
        change.instrument("Sleep", added(), 20, 41)
    with pytest.raises(ValueError, match=r"^Sleep must be from 0 to 40\.$"):
        change.instrument("Sleep", added(), -1, 20)
