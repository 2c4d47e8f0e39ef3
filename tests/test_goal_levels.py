"""The five levels of a goal: what is read from words, and what is refused (guide B.3: no overlaps, no gaps)."""

import pytest

from consults.steps.levels import LEVEL_FIELDS, drafted, faults, numeric, range_of
from tests import visits

WORDS = {
    "level_m2": "does not swim",
    "level_m1": "swims, but less than ten lengths",
    "level_0": "ten to twelve lengths",
    "level_p1": "some more",
    "level_p2": "all evening",
}


def levels(*texts):
    """Level texts by field, the lowest first; '' is not written."""
    return dict(zip(LEVEL_FIELDS.values(), texts, strict=True))


HOLES = levels("No holes", "1 to 8 holes", "9 to 12 holes", "13 to 17 holes", "18 holes or more")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("9 holes", ((9, 9), "holes")),
        ("9 to 12 holes", ((9, 12), "holes")),
        ("12-9 holes", ((9, 12), "holes")),
        ("9 – 12 holes a fortnight", ((9, 12), "holes a fortnight")),
        ("between 3 and 5 times a day", ((3, 5), "times a day")),
        ("12 holes or more", ((12, None), "holes")),
        ("12 or more lengths twice a week", ((12, None), "lengths twice a week")),
        ("16+ lengths", ((16, None), "lengths")),
        ("At least 20 minutes", ((20, None), "minutes")),
        ("More than 40 times", ((41, None), "times")),
        ("1 hole or fewer", ((0, 1), "hole")),
        ("Up to 8 holes", ((0, 8), "holes")),
        ("no more than 8 holes", ((0, 8), "holes")),
        ("Fewer than 5", ((0, 4), "")),
        ("No holes", ((0, 0), "holes")),
        ("none", ((0, 0), "")),
        ("10000 steps", ((10000, 10000), "steps")),
        ("nine holes", None),
        ("plays 9 holes", None),
        ("1.5 hours", None),
        ("9:30 in the garden", None),
        ("10,000 steps", None),
        ("not yet", None),
        ("", None),
    ],
)
def test_a_level_is_read_as_a_range_when_it_begins_with_an_amount(text, read):
    assert range_of(text) == read


def test_a_number_that_no_level_holds_is_named_in_words():
    gap = HOLES | {"level_p1": "14 to 17 holes", "level_m1": "1 to 5 holes"}
    assert dict(faults(gap, locking=True)) == {
        "level_m1": "Between 5 and 9 holes nothing is written: 6 to 8 would be in no level.",
        "level_p1": "Between 12 and 14 holes nothing is written: 13 would be in no level.",
    }


def test_levels_that_touch_are_taken():
    assert list(faults(HOLES, locking=True)) == []
    less = levels("41 times or more", "25 to 40 times", "10 to 24 times", "5 to 9 times", "fewer than 5")
    assert list(faults(less, locking=True)) == []


def test_where_less_is_better_a_gap_is_found_as_well():
    less = levels("41 times or more", "25 to 40 times", "10 to 20 times", "5 to 9 times", "fewer than 5")
    found = dict(faults(less, locking=True))
    assert found == {"level_m1": "Between 20 and 25 times nothing is written: 21 to 24 would be in no level."}


def test_before_the_lock_gaps_are_looked_for_once_all_five_are_numbers():
    gap = HOLES | {"level_p1": "14 to 17 holes"}
    assert list(faults(gap, locking=False))
    for name in LEVEL_FIELDS.values():
        if name not in ("level_0", "level_p1"):
            assert list(faults(gap | {name: ""}, locking=False)) == [], name
            assert list(faults(gap | {name: ""}, locking=True)), name


def test_an_overlap_is_refused_at_any_time_beside_the_level_that_was_not_agreed():
    found = dict(faults(levels("", "5 to 9 holes", "9 to 12 holes", "", ""), locking=False))
    assert found == {"level_m1": "This overlaps with “9 to 12 holes”: 9 would be both."}
    found = dict(faults(levels("", "", "9 to 12 holes", "12 holes or more", ""), locking=False))
    assert found == {"level_p1": "This overlaps with “9 to 12 holes”: 12 would be both."}


@pytest.mark.parametrize(
    "told",
    [
        WORDS,
        HOLES | {"level_p1": "as far as he likes"},  # words may well hold 13 to 17
        levels(
            "no drive",
            "20-39 minutes, then lying down",
            "40 minutes with a stop",
            "40 minutes",
            "60 minutes without one",
        ),
        levels("no walk", "1 time a week", "2 times a month", "3 walks", "9 holes"),
    ],
    ids=["words", "words between", "two variables", "other things"],
)
def test_what_cannot_be_compared_passes(told):
    assert list(faults(told, locking=True)) == []


def test_amounts_of_one_thing_are_compared_in_the_singular_too():
    found, what = numeric(levels("none", "1 hole", "2 holes", "", "9 walks"))
    assert (found, what) == ({-2: (0, 0), -1: (1, 1), 0: (2, 2)}, "holes")


@pytest.mark.parametrize("better", ["higher", "lower"])
@pytest.mark.parametrize("baseline", ["-1", "-2"])
def test_what_the_numbers_draft_has_neither_gap_nor_overlap(better, baseline):
    tried = 0
    for now in range(30):
        for then in range(30):
            told = {"now_amount": now, "expected_amount": then, "unit": "holes", "better": better}
            if (then > now) is not (better == "higher") or now == then:
                continue
            draft = drafted(told | {"baseline_level": baseline})
            texts = {LEVEL_FIELDS[level]: text for level, text in draft.items()}
            assert list(faults(texts, locking=True)) == [], (now, then, draft)
            tried += 1
    assert tried > 400


# --- On the page --------------------------------------------------------------------------------------


@pytest.fixture
def visit(therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "activities")
    return visit


def goal(visit, told, **more):
    posted = {f"goal-new1-{name}": text for name, text in told.items()} | more
    return visits.good("timescale", visit, **posted)


def test_a_lock_with_a_gap_is_refused_next_to_the_level(visit):
    gap = HOLES | {"level_p1": "", "level_p2": "18 holes or more", "level_m1": "1 to 7 holes"}
    locking = {"goal-new1-lock": "yes"}
    found = visits.faults_of(visit, "timescale", goal(visit, gap | {"level_p1": "far"}, **locking))
    assert found == {"new1: level_m1": "Between 7 and 9 holes nothing is written: 8 would be in no level."}
    assert visits.faults_of(visit, "timescale", goal(visit, gap)) == {}
    assert visits.faults_of(visit, "timescale", goal(visit, HOLES, **locking)) == {}


def test_a_number_hoped_for_asks_for_todays_and_for_what_is_counted(visit):
    told = goal(visit, {"expected_amount": "9", "level_0": ""})
    assert visits.faults_of(visit, "timescale", told) == {
        "new1: now_amount": "How much is it today? Or empty “By then”.",
        "new1: unit": "Choose what is counted.",
    }
    known = {"now_amount": "9", "unit": "holes"}
    same = goal(visit, {"expected_amount": "9", "level_0": ""} | known)
    assert "must be better than today" in visits.faults_of(visit, "timescale", same)["new1: expected_amount"]
    less = goal(visit, {"expected_amount": "8", "level_0": "", "better": "lower"} | known)
    assert visits.faults_of(visit, "timescale", less) == {}
    assert visits.faults_of(visit, "timescale", goal(visit, {"level_0": "Far"} | known)) == {}


NUMBERS = {"unit": "minutes", "now_amount": "20", "expected_amount": "40", "level_0": ""}


def test_what_the_numbers_draft_can_be_locked_as_it_is(visit):
    visits.save(visit, "timescale", goal(visit, NUMBERS, **{"goal-new1-lock": "yes"}))
    locked = visit.client.goals.get()
    assert locked.level_texts[0] == "40 to 49 minutes"
    assert locked.levels_locked_at is not None


def test_a_level_typed_over_a_draft_is_checked_with_the_drafts_around_it(visit):
    found = visits.faults_of(visit, "timescale", goal(visit, NUMBERS | {"level_p1": "50 to 60 minutes"}))
    assert found == {"new1: level_p2": "This overlaps with “50 to 60 minutes”: 60 would be both."}
    visits.save(visit, "timescale", goal(visit, NUMBERS))
    stored = visit.client.goals.get()
    again = {"expected_amount": "30", "level_0": "30 minutes"}  # the old drafts around it follow the number
    prefix = f"goal-{stored.pk}"
    posted = {f"{prefix}-{name}": getattr(stored, name) for name in LEVEL_FIELDS.values()}
    posted |= {f"{prefix}-{name}": text for name, text in (NUMBERS | again).items()}
    posted |= {"goal": str(stored.pk), f"{prefix}-title": "Golf", f"{prefix}-purpose": "x"}
    found = visits.faults_of(visit, "timescale", posted)
    assert found == {
        f"{stored.pk}: level_p1": "Between 30 and 35 minutes nothing is written: 31 to 34 would be in no level."
    }
    visits.save(visit, "timescale", posted | {f"{prefix}-level_0": "30 to 34 minutes"})
    stored.refresh_from_db()
    assert list(stored.level_texts.values()) == [
        "19 minutes or fewer",
        "20 to 29 minutes",
        "30 to 34 minutes",
        "35 to 39 minutes",
        "40 minutes or more",
    ]


def test_two_levels_that_say_the_same_are_refused_at_the_one_further_out(visit):
    told = {"level_m1": "9 Holes", "level_0": "9 holes", "level_p1": "9 holes", "level_p2": ""}
    same = "Another level says the same. Whatever happens is in one only."
    assert visits.faults_of(visit, "timescale", goal(visit, told)) == {"new1: level_m1": same}
    assert visits.faults_of(visit, "timescale", goal(visit, told | {"level_m1": ""})) == {
        "new1: level_p1": same
    }


def test_words_alone_can_be_locked(visit):
    visits.save(visit, "timescale", goal(visit, WORDS, **{"goal-new1-lock": "yes"}))
    assert visit.client.goals.get().levels_locked_at is not None
