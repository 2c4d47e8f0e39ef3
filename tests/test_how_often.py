"""Step 5: how often is read from the cue where it says so, and asked where it does not."""

import re

import pytest

from consults.how_often import times_named
from consults.models import ActivityVisit
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
        ("every single night", 7),
        ("Tuesday, Thursday and Saturday, after coffee", 3),
        ("Tuesday, Thursday and Saturday after coffee", 3),
        ("Tuesday morning", 1),
        ("Saturdays after the shop", 1),
        ("every Sunday", 1),
        ("Monday to Friday, at lunch", 5),
        ("Friday to Monday", 4),
        ("Monday–Friday", 5),
        ("every weekday", 5),
        ("twice a week", 2),
        ("three times a week, after tea", 3),
        ("two evenings a week", 2),
        ("once weekly", 1),
        ("twice a week: Monday and Thursday", 2),
        ("twice a day", 14),
        ("twice daily", 14),
        ("every morning and every evening", 14),
        ("After breakfast, every day", 7),
        ("Tuesday morning and Thursday evening", 2),
        ("on Mondays and Thursdays", 2),
        ("Monday and Thursday after lunch", 2),
        ("every day after my morning coffee", 7),
        ("Every evening before bed.", 7),
        ("four days a week", 4),
    ],
)
def test_a_cue_that_is_one_plain_saying_is_read(cue, times):
    assert times_named(cue) == times


@pytest.mark.parametrize(
    "cue",
    [
        "1.5 times a week",
        "0.5 times a week",
        "3,5 times a week",
        "four, five times a week",
        "two weekdays a week",
        "three weekdays",
        "three mornings and two evenings a week",
        "2-3 times a week",
        "2 to 3 times a week",
        "up to three times a week",
        "between 2 and 3 times a week",
        "one to two times a week",
        "at least twice a week",
        "more than twice a week",
        "less than twice a week",
        "once a week, maybe two",
        "Monday every two weeks",
        "every 2 weeks on Monday",
        "biweekly on Monday",
        "alternating Mondays",
        "every odd Monday",
        "Monday one week, Tuesday the next",
        "Monday to Wednesday, Friday to Sunday",
        "Monday through to Friday",
        "between Monday and Friday",
        "Monday up to Friday",
        "Saturday to Sunday night",
        "twice every morning",
        "every morning, 3 times",
        "every day x3",
        "every day, three times",
        "daily x 2",
        "twice on Monday",
        "three times on Monday",
        "every morning and again after work",
        "every morning and before bed",
        "every day at 10 and at 4",
        "every day after breakfast, lunch and dinner",
        "Tuesday at 9 and 5",
        "never on a Sunday",
        "no Sunday",
        "nearly every day",
        "hardly every day",
        "every day without rain",
        "every morning when I work",
        "every morning I feel well",
        "now and then every morning",
        "sometimes on Monday",
        "usually on Monday",
        "Monday / Tuesday",
        "Monday instead of Tuesday",
        "Monday maybe Tuesday",
        "Monday (Tuesday when wet)",
        "each day off",
        "on every day off",
        "after every night shift",
        "after every evening class",
        "after each day at work",
        "after reading the Daily Mail",
        "when the carer who comes twice a day has gone",
        "Tuesday next week",
        "this Saturday",
        "first Monday, then see",
        "until Friday",
        "after Easter Monday",
        "each morning of the holidays",
        "each evening for three days",
        "every day in May",
        "every other day",
        "every second Tuesday",
        "Monday or Tuesday",
        "every day except Sunday",
        "most mornings",
        "at weekends",
        "Mon, Wed and Sat",
        "every morning and evening",
        "Monday, morning and evening",
        "twice a week: Monday",
        "four times a day",
        "once a month, on a Friday",
        "After coffee",
        "When the kettle is on",
        "",
        "every day and every morning",
        "every day at lunch, tea and dinner",
        "every day after meals",
        "every night before or after bed",
        "daily after breakfast lunch and tea",
        "every day with breakfast dinner",
        "every day after lunch twice",
        "every day at least twice",
        "every day after lunch three times",
        "every day at most once",
        "every day after breakfast except holidays",
        "every day with exceptions",
        "every day with rest days",
        "daily with days off",
        "daily with alternate days",
        "every evening with a day off",
        "every morning with coffee on workdays",
        "every day after tea maybe",
        "every day after breakfast for three days",
        "every day after both walks",
        "every day after my two walks",
        "every day after breakfast before bed",
        "After breakfast, every day, before bed",
        "every day with breakfast lunch supper",
        "every day after breakfast also dinner",
        "every day at mealtimes",
        "every day after breakfast Mon Wed Fri",
        "every day before climbing stairs",
        "every day after work",
        "Monday mornings and Monday evenings",
        "Monday to Monday",
        "once a week after physio twice",
        "Tuesday after the fortnightly choir",
        "Monday with the monthly group",
        "Tuesday morning, Tuesday evening and Friday",
        "two mornings daily",
        "two days a day",
        "twice a day: Monday and Tuesday",
        "On weekdays, before work",
    ],
)
def test_a_cue_that_leaves_it_open_is_none(cue):
    assert times_named(cue) is None


def asked(visit, **told):
    answers = visits.good("activities", **{f"{ROW}-{name}": value for name, value in told.items()})
    visits.save(visit, "activities", answers)
    return ActivityVisit.objects.get()


def test_what_the_cue_says_counts_where_nothing_was_pressed_and_is_not_stored(visit):
    visits_of_it = asked(visit, if_cue="Every morning", frequency_per_week="")
    assert (visits_of_it.frequency_per_week, visits_of_it.times_a_week) == (None, 7)
    assert "times a week" not in visits.state(visit, "activities")[1]


def test_another_cue_says_another_number_and_one_that_says_none_is_asked(visit, as_therapist):
    activity = asked(visit, if_cue="Every morning", frequency_per_week="").activity
    page = as_therapist.get(visits.url(visit, "activities")).content.decode()
    assert not re.search(f'name="activity-{activity.pk}-frequency_per_week"[^>]* checked', page)
    for cue, times in (("Tuesday and Friday", 2), ("After coffee", None)):
        told = visits.as_shown(visit, "activities") | {f"activity-{activity.pk}-if_cue": cue}
        visits.save(visit, "activities", told)
        assert ActivityVisit.objects.get().times_a_week == times
    assert "times a week" in visits.state(visit, "activities")[1]


def test_what_was_pressed_counts_whatever_the_cue_says(visit):
    assert asked(visit, if_cue="Every morning", frequency_per_week="3").times_a_week == 3


@pytest.mark.parametrize(
    ("cue", "pressed", "words"),
    [
        ("Every morning", "", "“Every morning” says 7: nothing to press."),
        ("Every morning", "3", "“Every morning” says 7. Which is it?"),
        ("Twice a day", "3", "“Twice a day” says twice a day. Which is it?"),
        ("Every morning", "7", ""),
        ("After coffee", "", ""),
        ("After coffee", "3", ""),
    ],
)
def test_the_page_says_what_it_reads(as_therapist, visit, cue, pressed, words):
    told = {f"{ROW}-if_cue": cue, f"{ROW}-frequency_per_week": pressed}
    page = visits.send(as_therapist, visit, "activities", visits.good("activities", **told), do="show")
    said = page.content.decode().partition(f'id="named-{ROW}"')[2].partition("</p>")[0]
    assert said.partition(">")[2].strip() == words
    assert (page.content.decode().count('class="as-said"') == 1) is words.endswith("nothing to press.")
