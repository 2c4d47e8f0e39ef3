"""Step 5: how often is read from the cue where it says so, and asked where it does not."""

import pytest

from consults.models import ActivityVisit
from consults.steps.how_often import times_named
from tests import visits

ROW = "activity-new1"


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


@pytest.mark.parametrize(
    ("cue", "times"),
    [
        ("Every morning", 7),
        ("each day after the dog's walk", 7),
        ("Daily, with the news", 7),
        ("Every day, after my morning coffee", 7),
        ("every single night", 7),
        ("Tuesday, Thursday and Saturday, after coffee", 3),
        ("Tuesday morning", 1),
        ("Saturdays after the shop", 1),
        ("every Sunday", 1),
        ("Monday to Friday, at lunch", 5),
        ("Friday till Monday", 4),
        ("Monday–Friday", 5),
        ("On weekdays, before work", 5),
        ("every weekday", 5),
        ("twice a week", 2),
        ("three times a week, after tea", 3),
        ("3x a week", 3),
        ("two evenings a week", 2),
        ("once weekly", 1),
        ("twice a week: Monday and Thursday", 2),
        ("twice a day", 14),
        ("twice daily", 14),
        ("every morning and every evening", 14),
    ],
)
def test_a_cue_that_says_how_often_is_read(cue, times):
    assert times_named(cue) == times


@pytest.mark.parametrize(
    "cue",
    [
        "",
        "After coffee",
        "When the kettle is on",
        "every other day",
        "every second Tuesday",
        "Monday or Tuesday",
        "every day except Sunday",
        "most mornings",
        "at weekends",
        "Mon, Wed and Sat",
        "after I have sat for an hour every morning",
        "every morning and evening",
        "Monday, morning and evening",
        "twice a week: Monday",
        "four times a day",
        "once a month, on a Friday",
    ],
)
def test_a_cue_that_leaves_it_open_is_none(cue):
    assert times_named(cue) is None


def asked(visit, **told):
    answers = visits.good("activities", **{f"{ROW}-{name}": value for name, value in told.items()})
    visits.save(visit, "activities", answers)
    return ActivityVisit.objects.get()


def test_what_the_cue_says_is_saved_where_nothing_was_pressed(visit):
    assert asked(visit, if_cue="Every morning", frequency_per_week="").frequency_per_week == 7


def test_what_was_pressed_counts_whatever_the_cue_says(visit):
    assert asked(visit, if_cue="Every morning", frequency_per_week="3").frequency_per_week == 3


def test_nothing_is_saved_where_neither_says_it(visit):
    assert asked(visit, if_cue="After coffee", frequency_per_week="").frequency_per_week is None


@pytest.mark.parametrize(
    ("cue", "pressed", "words"),
    [
        ("Every morning", "", "The line above says 7: nothing to press."),
        ("Twice a day", "", "The line above says twice a day: nothing to press."),
        ("Every morning", "3", "The line above says 7. Which is it?"),
        ("Every morning", "7", ""),
        ("After coffee", "", ""),
    ],
)
def test_the_page_says_what_it_reads(as_therapist, visit, cue, pressed, words):
    told = {f"{ROW}-if_cue": cue, f"{ROW}-frequency_per_week": pressed}
    page = visits.send(as_therapist, visit, "activities", visits.good("activities", **told), do="show")
    said = page.content.decode().partition(f'id="named-{ROW}"')[2].partition("</p>")[0]
    assert said.partition(">")[2].strip() == words
