"""Goals over several visits: what stays, what takes its place, what is over, and where a rating comes from."""

import re
from datetime import date, time

import pytest
from django.urls import reverse

from consults.actions.plan_content import plan_content
from consults.models import Activity, Goal, GoalRating
from consults.steps import BY_SLUG
from consults.steps.arranging import arrange
from tests import visits
from tests.checks import FOLLOW_UP, told
from tests.visits import make_activity

LEVELS = {"m2": "No holes", "m1": "1 to 8 holes", "p1": "10 to 17 holes", "p2": "18 holes or more"}
LOCKED = {f"goal-new1-level_{name}": text for name, text in LEVELS.items()}
LOCKED |= {"goal-new1-level_0": "9 holes", "goal-new1-lock": "yes"}
LATER = {"review-new1-due-month": "9"}


@pytest.fixture
def visit(therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "beliefs")
    visits.save(visit, "activities")
    return visits.change(visit)


def agreed(visit, **more):
    """A goal of this visit."""
    visits.save(visit, "timescale", visits.good("timescale", visit, **more))
    return visit.client.goals.latest("id")


def next_visit(visit):
    visits.completed(visit)
    later = visits.begin(visit.therapist, visit.client, held_on=date(2026, 4, 14))
    return visits.open_gate(later)


def taken(visit, goal):
    """What the page holds after "Change this goal", as a browser would post it."""
    data = arrange(BY_SLUG["timescale"], visit, visits.posted({}), f"take:goal:{goal.pk}")
    return {name: texts if name == "goal" else texts[0] for name, texts in data.lists() if texts}


def changed(visit, goal, **more):
    """Change a goal at this visit, and save."""
    answers = taken(visit, goal) | {"goal-new1-change_reason": "It rained all spring"} | more
    visits.save(visit, "timescale", answers)
    return visit.client.goals.latest("id")


def status(goal, visit):
    return GoalRating.objects.values_list("level", "status", "status_reason").get(
        goal=goal, consultation=visit
    )


def on_plan(visit):
    return [
        line["title"] for line in plan_content(visits.change(visit))["lines"] if line["section"] == "goals"
    ]


# --- A date has an hour, or only a part of a day --------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored", "shown", "told"),
    [
        ("2.30 pm", (time(14, 30), ""), "14:30", "17 March 2026 at 14:30"),
        ("Afternoon", (None, "afternoon"), "in the afternoon", "17 March 2026 in the afternoon"),
        ("", (None, ""), "", "17 March 2026"),
    ],
)
def test_a_date_keeps_what_is_agreed_of_its_hour(as_therapist, visit, typed, stored, shown, told):
    agreed(visit, **{"review-new1-at": typed})
    review = visit.reviews.get()
    assert (review.at, review.part) == stored
    page = as_therapist.get(visits.url(visit, "timescale"))
    [(row, date_told, is_refused, _)] = page.context["reviews"]
    assert (row.text("at"), date_told, is_refused) == (shown, f"Tuesday {told}", False)
    record = visits.words(as_therapist.get(reverse("review", args=[visit.pk])))
    assert f"Next dates Here on Tuesday {told} " in record


def test_a_date_is_moved_to_another_day_of_its_week_without_counting(as_therapist, visit):
    page = visits.send(as_therapist, visit, "timescale", visits.good("timescale", visit), do="show")
    [(_, _, _, week)] = page.context["reviews"]
    assert [words for _, words, _ in week] == ["Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20"]
    assert [words for _, words, chosen in week if chosen] == ["Tue 17"]
    moved = visits.send(
        as_therapist, visit, "timescale", visits.good("timescale", visit), do="put:day:new1:2026-03-20"
    )
    [(_, told, _, _)] = moved.context["reviews"]
    assert told == "Friday 20 March 2026"
    for odd in ("put:day:new2:2026-03-20", "put:day:new1:20-03-2026", "put:day:new1"):
        same = visits.send(as_therapist, visit, "timescale", visits.good("timescale", visit), do=odd)
        assert same.context["reviews"][0][1] == "Tuesday 17 March 2026"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ({"due-day": "4", "due-month": "3"}, ["Tue 3", "Wed 4", "Thu 5", "Fri 6"]),  # none before the visit
        ({"due-day": "2", "due-month": "3"}, []),
        ({"due-day": "31", "due-month": "2"}, []),
        ({"due-day": "", "due-month": ""}, []),
        ({"due-day": "30", "due-month": "3"}, ["Mon 30", "Tue 31", "Wed 1", "Thu 2", "Fri 3"]),
    ],
)
def test_days_of_a_week_are_offered_for_a_date_that_stands(as_therapist, visit, day, words):
    answers = visits.good("timescale", visit) | {f"review-new1-{part}": text for part, text in day.items()}
    page = visits.send(as_therapist, visit, "timescale", answers, do="show")
    assert [told for _, told, _ in page.context["reviews"][0][3]] == words


def test_an_hour_gives_way_to_a_part_of_the_day_and_back(visit):
    agreed(visit, **{"review-new1-at": "14:30"})
    review = visit.reviews.get()
    for typed, stored in (("evening", (None, "evening")), ("9", (time(9), "")), ("", (None, ""))):
        day = {
            f"review-{review.pk}-due-{part}": number
            for part, number in zip(("day", "month", "year"), ["17", "3", "2026"], strict=True)
        }
        visits.save(visit, "timescale", {"review": str(review.pk), f"review-{review.pk}-at": typed} | day)
        assert visit.reviews.values_list("at", "part").get() == stored


# --- A rating comes from an answer given that day -----------------------------------------------------


def test_at_the_visit_a_goal_is_agreed_its_baseline_is_the_rating(visit):
    goal = agreed(visit)
    assert status(goal, visit) == (-1, "active", "")
    again = {"goal": str(goal.pk), f"goal-{goal.pk}-title": "Golf", f"goal-{goal.pk}-purpose": "x"}
    visits.save(visit, "timescale", again | {f"goal-{goal.pk}-baseline_level": "-2"})
    assert status(goal, visit) == (-2, "active", "")
    visits.save(visit, "timescale", again)
    assert status(goal, visit) == (None, "active", "")


def test_a_later_visit_writes_no_rating_that_nobody_gave(visit):
    goal = agreed(visit)
    later = next_visit(visit)
    whole = {"goal": str(goal.pk), f"goal-{goal.pk}-title": "Golf", f"goal-{goal.pk}-purpose": "x"}
    whole |= {f"goal-{goal.pk}-baseline_level": "-1"}
    visits.save(
        later, "timescale", whole | {"standing": str(goal.pk), f"standing-{goal.pk}-status": "active"}
    )
    visits.save(later, "timescale", {})
    assert not GoalRating.objects.filter(consultation=later).exists()
    assert status(goal, visit) == (-1, "active", "")


def test_a_later_visit_does_not_touch_the_words_of_a_goal(visit):
    goal = agreed(visit)
    before = Goal.objects.values().get()
    later = next_visit(visit)
    prefix = f"goal-{goal.pk}"
    rewritten = {f"{prefix}-title": "Tennis", f"{prefix}-level_0": "Wimbledon", f"{prefix}-purpose": "x"}
    visits.save(later, "timescale", {"goal": str(goal.pk)} | rewritten)
    assert Goal.objects.values().get() == before


# --- What the numbers tell is not asked again -------------------------------------------------------------

NUMBERS = {
    "unit": "holes",
    "now_amount": "2",
    "expected_amount": "9",
    "better": "higher",
    "baseline_level": "",
}


def in_numbers(**changed):
    return {f"goal-new1-{name}": text for name, text in (NUMBERS | changed).items()}


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, -1),
        ({"now_amount": "0"}, -2),
        ({"better": "lower", "now_amount": "9", "expected_amount": "2"}, -1),
        ({"baseline_level": "-2"}, -2),  # what is pressed counts
        ({"expected_amount": ""}, None),
    ],
)
def test_where_they_stand_today_follows_from_the_numbers(visit, changed, level):
    assert agreed(visit, **in_numbers(**changed)).baseline_level == level


def test_new_numbers_bring_another_level_of_today(visit):
    goal = agreed(visit, **in_numbers())
    again = {"goal": str(goal.pk), f"goal-{goal.pk}-title": "Golf", f"goal-{goal.pk}-purpose": "x"}
    now = NUMBERS | {"now_amount": "0"}
    visits.save(visit, "timescale", again | {f"goal-{goal.pk}-{name}": text for name, text in now.items()})
    goal.refresh_from_db()
    assert goal.baseline_level == -2


def test_the_page_says_what_the_numbers_tell_and_asks_when_there_are_none(as_therapist, visit):
    told = {"goal": "new1", "goal-new1-title": "Golf"}
    asked = visits.words(visits.send(as_therapist, visit, "timescale", told, do="show"))
    assert "How much of that today?" in asked
    told |= in_numbers()
    heard = visits.words(visits.send(as_therapist, visit, "timescale", told, do="show"))
    assert "How much of that today?" not in heard
    assert "Today: not there yet, from the numbers." in heard


def test_the_levels_the_numbers_draft_are_said_while_the_client_is_there(as_therapist, visit):
    told = {"goal": "new1", "goal-new1-title": "Golf"} | in_numbers()
    heard = visits.words(visits.send(as_therapist, visit, "timescale", told, do="show"))
    assert (
        "By the numbers, better than hoped is 13 to 15 holes , much better than hoped is 16 holes or more"
        in heard
    )
    told |= {"goal-new1-level_p1": "Ten holes", "goal-new1-level_p2": "All of them"}
    assert "By the numbers" not in visits.words(
        visits.send(as_therapist, visit, "timescale", told, do="show")
    )


# --- A goal further than its weekly step reaches --------------------------------------------------------


def aimed(browser, visit, **changed):
    """The page with a goal of thirty minutes in six weeks; step 5 agreed on 8 minutes and 1 more a week."""
    agreed_step = {"unit": "minutes", "amounts": "measured", "trial_1": 10, "start_amount": 8, "increment": 1}
    activity = make_activity(visit, visit_row=agreed_step | changed.pop("step", {}))
    aim = {"unit": "minutes", "now_amount": "10", "expected_amount": "30", "horizon": "6_weeks"}
    told = in_numbers(**(aim | changed))
    told |= {"goal": "new1", "goal-new1-title": "Golf", "goal-new1-activity": str(activity.pk)}
    return visits.words(visits.send(browser, visit, "timescale", told, do="show"))


def test_a_goal_beyond_its_weekly_step_says_how_far_that_step_goes(as_therapist, visit):
    told = aimed(as_therapist, visit)
    assert "From step 5: 8 minutes, and 1 minute more each week." in told
    assert "In the week up to that day it is 13 minutes; 30 minutes takes about 23 weeks." in told


@pytest.mark.parametrize(
    "changed",
    [
        {"expected_amount": "13"},
        {"unit": "hours"},
        {"better": "lower", "now_amount": "40"},
        {"expected_amount": ""},
        {"expected_amount": "a lot"},
    ],
)
def test_a_goal_that_is_reached_in_time_or_not_counted_alike_says_only_how_far(as_therapist, visit, changed):
    told = aimed(as_therapist, visit, **changed)
    assert "1 minute more each week. In the week up to that day it is 13 minutes ." in told
    assert "takes about" not in told


def test_what_the_weekly_step_reaches_is_offered_as_the_number_they_hope_for(as_therapist, visit):
    offer = "From step 5: 13 minutes"
    assert offer in aimed(as_therapist, visit, expected_amount="", unit="")
    aim = {"goal-new1-now_amount": "10", "goal-new1-horizon": "6_weeks", "goal-new1-title": "Golf"}
    aim |= {"goal": "new1", "goal-new1-activity": str(Activity.objects.latest("pk").pk)}
    page = visits.send(as_therapist, visit, "timescale", aim, do="put:then:new1")
    assert visits.value_of(page, "goal-new1-expected_amount") == "13"
    sheet = page.context["rows"]["goal"][0]
    assert sheet.text("unit") == "minutes"
    assert offer not in visits.words(page)


@pytest.mark.parametrize(
    "changed",
    [
        {"expected_amount": "20"},
        {"unit": "hours"},
        {"now_amount": "13"},
        {"now_amount": ""},
        {"now_amount": "some"},
        {"better": "lower"},
    ],
)
def test_a_number_that_would_be_refused_or_stands_already_is_not_offered(as_therapist, visit, changed):
    told = aimed(as_therapist, visit, **({"expected_amount": ""} | changed))
    assert "From step 5: 8 minutes" in told
    assert "From step 5: 13 minutes" not in told


@pytest.mark.parametrize("step", [{"start_amount": 9000, "increment": 1000}, {"unit": ""}])
def test_a_reach_that_no_box_holds_or_without_a_unit_is_not_offered(as_therapist, visit, step):
    told = aimed(as_therapist, visit, expected_amount="", unit="", step=step)
    assert told.count("From step 5: ") == 1  # the sentence, and no button


def test_after_small_efforts_that_crash_no_weekly_step_is_told(as_therapist, visit):
    visits.save(visit, "safety", told("pem_crash", outcome=FOLLOW_UP))
    assert "From step 5" not in aimed(as_therapist, visit)


def test_an_activity_that_is_only_rated_has_no_weekly_step(as_therapist, visit):
    assert "From step 5" not in aimed(as_therapist, visit, step={"in_plan": False})


def test_a_level_that_the_numbers_told_outlives_them(visit):
    goal = agreed(visit, **in_numbers())
    emptied = {"goal": str(goal.pk), f"goal-{goal.pk}-title": "Golf", f"goal-{goal.pk}-purpose": "x"}
    visits.save(visit, "timescale", emptied)
    goal.refresh_from_db()
    assert (goal.expected_amount, goal.baseline_level) == (None, -1)


@pytest.mark.parametrize(
    "changed", [{"horizon": ""}, {"step": {"increment": None}}, {"step": {"start_amount": None}}]
)
def test_without_a_day_or_a_weekly_step_nothing_is_said(as_therapist, visit, changed):
    assert "From step 5" not in aimed(as_therapist, visit, **changed)


# --- A changed goal is a new version --------------------------------------------------------------------


def test_a_goal_of_an_earlier_visit_is_changed_by_a_new_version_with_a_reason(visit):
    old = agreed(visit)
    later = next_visit(visit)
    new = changed(later, old, **{"goal-new1-level_0": "Five holes", "goal-new1-baseline_level": "-1"})
    old.refresh_from_db()
    assert (new.replaces_id, new.change_reason) == (old.pk, "It rained all spring")
    assert (new.title, new.level_0, old.level_0) == (
        "Golf again",
        "Five holes",
        "Nine holes once a fortnight",
    )
    assert (new.activity_id, new.belief_id, new.heard_in_id) == (old.activity_id, old.belief_id, later.pk)
    assert status(old, later) == (None, "changed", "It rained all spring")
    assert status(new, later) == (-1, "active", "")
    assert status(old, visit) == (-1, "active", "")


def test_a_new_version_is_filled_from_the_old_one_but_for_what_is_so_today(visit):
    numbers = {"unit": "holes", "now_amount": "2", "expected_amount": "9", "level_0": "", "better": "higher"}
    old = agreed(visit, **{f"goal-new1-{name}": text for name, text in numbers.items()})
    later = next_visit(visit)
    visits.save(later, "activities", visits.good("activities", later, **{"activity-new1-activity": "Dance"}))
    told = taken(visits.change(later), old)  # a blank goal would begin with dancing, twenty minutes of it
    filled = {name.removeprefix("goal-new1-"): text for name, text in told.items() if name != "goal"}
    assert filled["title"] == "Golf again"
    assert (filled["activity"], filled["replaces"]) == (str(old.activity_id), str(old.pk))
    assert (filled["expected_amount"], filled["unit"]) == ("9", "holes")
    assert [filled[f"level_{n}"] for n in ("m2", "m1", "0")] == [
        "1 hole or fewer",
        "2 to 8 holes",
        "9 to 12 holes",
    ]
    for name in ("now_amount", "baseline_level", "horizon", "lock", "change_reason"):
        assert name not in filled, name


def test_levels_drafted_for_the_old_version_follow_the_new_numbers(visit):
    numbers = {"unit": "holes", "now_amount": "2", "expected_amount": "9", "level_0": ""}
    old = agreed(visit, **{f"goal-new1-{name}": text for name, text in numbers.items()})
    later = next_visit(visit)
    reason = {"goal-new1-change_reason": "Rain"}
    assert "new1: now_amount" in visits.faults_of(later, "timescale", taken(later, old) | reason)
    new = changed(later, old, **{"goal-new1-now_amount": "4", "goal-new1-expected_amount": "6"})
    assert (new.level_m2, new.level_m1, new.level_0) == ("3 holes or fewer", "4 to 5 holes", "6 holes")


def test_the_day_of_a_changed_goal_stays_unless_another_is_chosen(visit):
    old = agreed(visit)
    later = next_visit(visit)
    assert changed(later, old).due_date == old.due_date == date(2026, 6, 3)
    new = visit.client.goals.latest("id")
    prefix = f"goal-{new.pk}"
    whole = {"goal": str(new.pk), f"{prefix}-title": "Golf", f"{prefix}-purpose": "x"}
    whole |= {f"{prefix}-replaces": str(old.pk), f"{prefix}-change_reason": "Rain"}
    visits.save(later, "timescale", whole | {f"{prefix}-horizon": "6_weeks"})
    new.refresh_from_db()
    assert (new.due_date, new.replaces_id) == (date(2026, 5, 26), old.pk)


def test_without_a_reason_a_goal_is_not_changed(visit):
    old = agreed(visit)
    later = next_visit(visit)
    answers = taken(later, old)
    assert visits.faults_of(later, "timescale", answers) == {
        "new1: change_reason": "Say in a few words why the goal changes."
    }


def test_a_goal_is_changed_once(visit):
    old = agreed(visit)
    later = next_visit(visit)
    one = taken(later, old) | {"goal-new1-change_reason": "Rain"}
    other = {name.replace("new1", "new2"): text for name, text in one.items()} | {"goal-new2-title": "Tennis"}
    refused = {"new2: change_reason": "That goal is changed already. Remove one of the two."}
    assert visits.faults_of(later, "timescale", one | other | {"goal": ["new1", "new2"]}) == refused
    changed(later, old)
    assert taken(visits.change(later), old).get("goal-new1-replaces") is None
    again = {name.replace("new1", "new2"): text for name, text in one.items()} | {"goal": ["new2"]}
    assert visits.faults_of(later, "timescale", again) == refused


def test_a_goal_of_another_client_cannot_be_replaced(visit, therapist):
    other = visits.open_gate(visits.begin(therapist))
    visits.save(other, "activities")
    theirs = agreed(other)
    answers = visits.good("timescale", visit) | {"goal-new1-replaces": str(theirs.pk)}
    answers |= {"goal-new1-change_reason": "Rain"}
    assert "new1: replaces" in visits.faults_of(visit, "timescale", answers)


def test_taking_the_new_version_back_leaves_the_old_one_as_it_was(visit):
    old = agreed(visit)
    later = next_visit(visit)
    new = changed(later, old)
    visits.save(later, "timescale", {"goal": str(new.pk), f"goal-{new.pk}-remove": "yes"})
    assert list(visit.client.goals.all()) == [old]
    assert status(old, later) == (None, "active", "")
    assert on_plan(later) == ["Golf again"]


def test_a_goal_locked_today_can_be_changed_today(visit):
    old = agreed(visit, **LOCKED)
    new = changed(visits.change(visit), old, **{"goal-new1-title": "Golf with Dave"})
    assert status(old, visit) == (-1, "changed", "It rained all spring")
    assert on_plan(visit) == ["Golf with Dave"]
    assert new.levels_locked_at is None


def test_a_goal_that_is_still_open_is_written_over_and_not_replaced(visit):
    goal = agreed(visit)
    assert taken(visits.change(visit), goal).get("goal-new1-replaces") is None


def test_the_plan_the_page_and_the_state_know_only_the_newest_version(visit, as_therapist):
    old = agreed(visit, **{f"goal-new1-level_{name}": text for name, text in LEVELS.items()})
    later = next_visit(visit)
    new = changed(later, old, **{"goal-new1-title": "Five holes with Dave", "goal-new1-level_p1": ""})
    assert (on_plan(visit), on_plan(later)) == (["Golf again"], ["Five holes with Dave"])
    assert "where they stand today" in visits.state(later, "timescale")[1]
    third = next_visit(visits.change(later))
    page = as_therapist.get(visits.url(third, "timescale"))
    assert [card["goal"] for card in page.context["goals"]] == [new]
    assert list(Goal.objects.current()) == [new]
    assert list(Goal.objects.current(at=1)) == [old, new]  # whoever asks leaves out what came later


def test_the_new_version_stands_under_the_old_one_and_says_so(visit, as_therapist):
    first, second = agreed(visit), agreed(visit, **{"goal-new1-title": "Dance", "review": []})
    later = next_visit(visit)
    reply = visits.send(as_therapist, later, "timescale", {}, do=f"take:goal:{first.pk}")
    cards = reply.context["goals"]
    assert [card["row"].row_id for card in cards] == [str(first.pk), "new1", str(second.pk)]
    assert cards[0]["is_changed"] and not cards[0]["may_change"] and cards[2]["may_change"]
    assert "A new version of “Golf again”" in visits.words(reply)
    assert "Until now: by Wednesday 3 June 2026" in visits.words(reply)


def offered(reply):
    return [(words, day) for _, words, day, _, booked in reply.context["next_dates"] if not booked]


def test_the_next_dates_look_to_the_day_of_the_goal_also_at_a_later_visit(visit, as_therapist):
    written = {"goal": "new1", "goal-new1-horizon": "6_months"}
    reply = visits.send(as_therapist, visit, "timescale", written, do="show")
    assert ("When the goal is due", date(2026, 9, 3)) in offered(reply)
    own = {f"goal-new1-due_date-{part}": n for part, n in (("day", "1"), ("month", "8"), ("year", "2026"))}
    reply = visits.send(as_therapist, visit, "timescale", written | own, do="show")
    assert ("When the goal is due", date(2026, 8, 1)) in offered(reply)
    for nonsense in ({"goal-new1-horizon": "someday"}, {"goal-new1-due_date-day": "31"}):
        reply = visits.send(as_therapist, visit, "timescale", written | own | nonsense, do="show")
        assert reply.status_code == 200
    agreed(visit, **{"goal-new1-horizon": "6_months"})
    later = next_visit(visit)
    reply = as_therapist.get(visits.url(later, "timescale"))
    assert offered(reply)[-1] == ("When the goal is due", date(2026, 9, 3))
    visits.save(later, "timescale", over(visit.client.goals.get(), "achieved"))
    reply = as_therapist.get(visits.url(later, "timescale"))
    assert [words for words, _ in offered(reply)] == [
        "In a week",
        "In 2 weeks",
        "In 3 weeks",
        "In 4 weeks",
        "In 6 weeks",
    ]


def test_the_record_of_a_visit_holds_the_goals_of_that_day(visit, as_therapist):
    def record(of):
        page = as_therapist.get(reverse("review", args=[of.pk]))
        return [
            (goal["goal"].title, goal["here"], goal["replaces"])
            for part in page.context["parts"]
            for goal in part.get("goals", ())
        ]

    old = agreed(visit)
    later = next_visit(visit)
    changed(later, old, **{"goal-new1-title": "Five holes with Dave", "goal-new1-baseline_level": "-2"})
    third = next_visit(visits.change(later))
    assert record(visit) == [("Golf again", -1, "")]
    assert record(later) == [("Golf again", None, ""), ("Five holes with Dave", -2, "Golf again")]
    assert record(third) == [("Five holes with Dave", None, "")]


# --- Reached, or let go ---------------------------------------------------------------------------------


def over(goal, what, reason=""):
    prefix = f"standing-{goal.pk}"
    return {"standing": str(goal.pk), f"{prefix}-status": what, f"{prefix}-status_reason": reason}


def test_a_goal_of_an_earlier_visit_is_reached_and_leaves_the_plan(visit, as_therapist):
    goal = agreed(visit)
    later = next_visit(visit)
    visits.save(later, "timescale", over(goal, "achieved"))
    assert status(goal, later) == (None, "achieved", "")
    assert (on_plan(visit), on_plan(later)) == (["Golf again"], [])
    assert visits.state(later, "timescale")[1][0] == "one goal"
    visits.save(later, "timescale", over(goal, "active"))
    assert on_plan(later) == ["Golf again"]
    visits.save(later, "timescale", over(goal, "achieved"))
    third = next_visit(visits.change(later))
    page = as_therapist.get(visits.url(third, "timescale"))
    assert [card.get("goal") for card in page.context["goals"]] == [None]


def test_lists_of_people_name_a_goal_they_still_work_towards(visit, as_therapist):
    first, second = agreed(visit), agreed(visit, **{"goal-new1-title": "Dance", "review": []})
    assert "Dance" in visits.words(as_therapist.get(reverse("clients")))
    later = next_visit(visit)
    visits.save(later, "timescale", over(second, "achieved"))
    assert "Golf again" in visits.words(as_therapist.get(reverse("clients")))
    page = visits.words(as_therapist.get(reverse("client", args=[visit.client_id])))
    assert first.title in page and second.title not in page


def test_a_goal_is_let_go_with_a_reason(visit):
    goal = agreed(visit)
    later = next_visit(visit)
    assert visits.faults_of(later, "timescale", over(goal, "dropped")) == {
        f"{goal.pk}: status_reason": "Say in a few words why they let it go."
    }
    visits.save(later, "timescale", over(goal, "dropped", "The club closed"))
    assert status(goal, later) == (None, "dropped", "The club closed")


def test_a_goal_is_changed_or_over_and_not_both(visit):
    goal = agreed(visit)
    later = next_visit(visit)
    both = taken(later, goal) | {"goal-new1-change_reason": "Rain"} | over(goal, "achieved")
    assert visits.faults_of(later, "timescale", both) == {
        "new1: change_reason": "That goal is marked as reached or let go. It is one or the other."
    }
    visits.save(later, "timescale", over(goal, "achieved"))
    assert taken(visits.change(later), goal).get("goal-new1-replaces") is None


@pytest.mark.parametrize("now", ["achieved", "active"])
def test_a_goal_with_a_stored_new_version_is_not_reached_or_going_on_as_well(visit, now):
    goal = agreed(visit)
    later = next_visit(visit)
    new = changed(later, goal)
    assert visits.faults_of(later, "timescale", over(goal, now)) == {
        f"{goal.pk}: status": "This goal has a new version. It is one or the other."
    }
    gone = {"goal": str(new.pk), f"goal-{new.pk}-remove": "yes"}
    visits.save(later, "timescale", gone | over(goal, now))
    assert status(goal, later)[1] == now


def test_a_stored_new_version_keeps_its_reason(visit):
    goal = agreed(visit)
    later = next_visit(visit)
    new = changed(later, goal)
    answers = {"goal": str(new.pk), f"goal-{new.pk}-title": "Golf", f"goal-{new.pk}-purpose": "The group"}
    assert f"{new.pk}: change_reason" in visits.faults_of(later, "timescale", answers)


def test_a_goal_agreed_today_is_not_yet_reached(visit):
    goal = agreed(visit)
    reached = {**over(goal, "achieved")}
    with pytest.raises(Exception, match="not part of this consultation"):
        visits.document(visits.change(visit), "timescale", reached)


def test_a_second_goal_begins_with_what_the_first_is_not_about(as_therapist, visit):
    chipping = str(Activity.objects.get().pk)
    first = {"goal": "new1", "goal-new1-title": "Golf again", "goal-new1-activity": chipping}
    page = visits.send(as_therapist, visit, "timescale", first, do="add:goal")
    told = {name: visits.value_of(page, f"goal-new2-{name}") for name in ("title", "now_amount")}
    assert told == {"title": "", "now_amount": ""}
    assert not re.search(r'name="goal-new2-belief" value="[^"]+" checked', page.content.decode())
    gone = visits.send(as_therapist, visit, "timescale", first | {"goal-new1-remove": "yes"}, do="add:goal")
    assert visits.value_of(gone, "goal-new2-title") == "Chip in the garden"
    walk = visits.make_activity(visit, activity="Walk to the market")
    page = visits.send(as_therapist, visit, "timescale", first, do="add:goal")
    assert visits.value_of(page, "goal-new2-title") == "Walk to the market"
    assert not re.search(r'name="goal-new2-belief" value="[^"]+" checked', page.content.decode())
    assert f'name="goal-new2-activity" value="{walk.pk}" checked' in page.content.decode()


def test_what_was_agreed_for_a_bad_day_is_not_asked_again(as_therapist, therapist):
    visit = visits.open_gate(visits.begin(therapist))
    agreed = "Agreed in step 5, for their plan: five minutes with the putter."
    assert "Agreed in step 5" not in visits.words(as_therapist.get(visits.url(visit, "timescale")))
    visits.make_activity(visit)
    assert agreed in visits.words(as_therapist.get(visits.url(visit, "timescale")))
    visit.activity_visits.update(in_plan=False)
    assert "Agreed in step 5" not in visits.words(as_therapist.get(visits.url(visit, "timescale")))
