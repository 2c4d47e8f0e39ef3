"""When a step is enough for today (guide A.9) and when it is full (its "Done"), in the words the page uses."""

import re

import pytest

from consults.models import Activity, Belief
from consults.steps import BY_SLUG
from tests import visits

BASE = {
    "acknowledge": {"consent_to_record": "yes"},
}


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


def before(visit, slug):
    """What other steps must have written for this step's good answers to make sense."""
    if slug in ("reframe", "timescale"):
        visits.save(visit, "beliefs")
        visits.save(visit, "activities")


def stands(visit, slug, **changed):
    """(state, missing) after saving the good answers with some left out (None) or changed."""
    before(visit, slug)
    answers = {
        name: value for name, value in visits.good(slug, visit, **changed).items() if value is not None
    }
    visits.save(visit, slug, answers)
    return visits.state(visit, slug)


# --- Enough for today: every answer of the row of A.9 -----------------------------------------

ENOUGH = [  # step, what is left out, what the page says is missing
    ("safety", {"none": ["1", "2", "3", "4", "5", "6"]}, ["the groups read aloud"]),
    ("safety", {"outcome": None}, ["how it ends"]),
    ("acknowledge", {"story_client_words": None}, ["their story"]),
    ("acknowledge", {"client_explanation": None}, ["what they think is going on"]),
    ("acknowledge", {"loss": None}, ["what they miss most"]),
    ("acknowledge", {"validation_given": None}, ["what you said back"]),
    ("explain", {"permission": None}, ["permission"]),
    ("explain", {"messages_used": None}, ["one idea"]),
    ("explain", {"personal_link": None}, ["where it fits them"]),
    ("explain", {"teach_back_client_words": None}, ["teach-back"]),
    ("beliefs", {"belief-new1-conviction": None}, ["the five questions"]),
    ("beliefs", {"belief-new1-impact": None}, ["the five questions"]),
    (
        "beliefs",
        {"belief-new1-flex_mistaken": None, "belief-new1-flex_alternatives": None},
        ["the five questions"],
    ),
    ("beliefs", {"belief-new1-behaviour": None}, ["what it makes them do"]),
    ("reframe", {"alternative": None}, ["another way to see it", "how believable it is"]),
    ("reframe", {"alternative-new1-believability": None}, ["how believable it is"]),
    ("reframe", {"progress_marker": None}, ["a sign of progress"]),
    ("activities", {"activity-new1-why_it_matters": None}, ["what makes it matter"]),
    (
        "activities",
        {"activity-new1-activity_rating": None},
        ["the four ratings", "a plan for what gets in the way"],
    ),
    (
        "activities",
        {"activity-new1-importance": None},
        ["the four ratings", "a plan for what gets in the way"],
    ),
    (
        "activities",
        {"activity-new1-willingness": None},
        ["the four ratings", "a plan for what gets in the way"],
    ),
    (
        "activities",
        {"activity-new1-confidence": None},
        ["the four ratings", "a plan for what gets in the way"],
    ),
    ("activities", {"activity-new1-confidence": "6"}, ["a plan for what gets in the way"]),
    ("activities", {f"activity-new1-trial_{n}": None for n in (1, 2, 3)}, ["how much now"]),
    ("activities", {"activity-new1-if_cue": None}, ["the first step"]),
    ("activities", {"activity-new1-then_action": None}, ["the first step"]),
    ("activities", {"activity-new1-frequency_per_week": None}, ["times a week"]),
    ("resources", {"resource": None}, ["one thing to look at"]),
    ("resources", {"ally_answer": None}, ["the question about someone to share with"]),
    ("resources", {"ally-new1-will_do": None}, ["that person's name, job and what they may know"]),
    ("resources", {"ally": None}, ["that person's name, job and what they may know"]),
    ("resources", {"ally-new1-consent": "no"}, ["that person's name, job and what they may know"]),
    ("timescale", {"goal-new1-horizon": None}, ["by when"]),
    ("timescale", {"goal-new1-level_0": None}, ["what they hope for, in words"]),
    (
        "timescale",
        {"goal-new1-baseline_level": None, "goal-new1-expected_amount": None},
        ["where they stand today"],
    ),
    ("timescale", {"review": None}, ["the next date"]),
    ("timescale", {"first_48h": None}, ["the plan for a bad week"]),
    ("timescale", {"say_to_self": None}, ["what they will tell themselves"]),
    ("before-you-go", {"felt_understood": None}, ["how understood they felt"]),
    ("before-you-go", {"makes_sense": None}, ["how much sense it makes"]),
]


@pytest.mark.parametrize(("slug", "left_out", "missing"), ENOUGH)
def test_an_answer_left_out_is_named_and_the_step_is_only_begun(visit, slug, left_out, missing):
    assert stands(visit, slug, **left_out) == ("begun", missing)


# Where "Go there" on the review page leads; a row that is not there yet has no field, and its step opens at the top.
ROWLESS = {("acknowledge", "loss"), ("reframe", "alternative"), ("resources", "ally")}
ASKED_AT = {  # where it is not the field itself: the head of a group, a list of rows, the first answer of several
    ("safety", "none"): "g1",
    ("timescale", "review"): "h-next",
    ("timescale", "expected_amount"): "baseline_level",
    ("activities", "trial_1"): "amounts",
    ("activities", "6"): "barriers_chosen",  # below 7 it is no confidence that is missing, but a plan
    ("resources", "consent"): "name",
    ("resources", "resource"): "resource_id",
    ("acknowledge", "loss"): "loss",
}


@pytest.mark.parametrize(("slug", "left_out", "missing"), ENOUGH)
def test_go_there_leads_to_the_first_answer_that_is_missing(as_therapist, visit, slug, left_out, missing):
    stands(visit, slug, **left_out)
    page = as_therapist.get(visits.url(visit, slug), {"back": "review", "focus": "next"}).content.decode()
    places = re.findall(r'data-focus="([^"]+)"', page)
    if (slug, next(iter(left_out))) in ROWLESS and not places:
        return
    (place,) = places
    assert f'id="{place}"' in page
    name, value = next((name.rpartition("-")[2], value) for name, value in left_out.items())
    assert ASKED_AT.get((slug, value if value == "6" else name), name) in place


def test_of_two_activities_the_one_that_is_furthest_is_gone_to(as_therapist, visit):
    rated = {
        "activity": ["new1", "new2"],
        "activity-new1-activity": "Reading",
        "activity-new1-importance": "5",
    }
    planned = {
        name.replace("new1", "new2"): value
        for name, value in visits.good("activities").items()
        if "new1-" in name
    }
    visits.save(visit, "activities", rated | planned | {"activity-new2-frequency_per_week": ""})
    furthest = Activity.objects.get(activity="Chip in the garden")
    page = as_therapist.get(visits.url(visit, "activities"), {"focus": "next"}).content.decode()
    assert f'data-focus="f-activity-{furthest.pk}-frequency_per_week-0"' in page


def test_of_two_goals_the_one_with_more_of_what_is_asked_today_is_gone_to(as_therapist, visit):
    """All levels, which can wait, do not make up for the day and for where they stand."""
    visits.make_goal(visit, title="Dance", due_date=None, horizon="", baseline_level=None)
    later = dict.fromkeys(("level_m2", "level_m1", "level_p1", "level_p2"), "")
    nearer = visits.make_goal(visit, due_date=None, horizon="", **later)
    assert BY_SLUG["timescale"].asks(visits.change(visit)).stand[1][0] == "by when"
    page = as_therapist.get(visits.url(visit, "timescale"), {"focus": "next"}).content.decode()
    assert f'data-focus="f-goal-{nearer.pk}-horizon-0"' in page


def test_an_answer_that_is_there_is_not_gone_to(as_therapist, visit):
    stands(visit, "beliefs", **{"belief-new1-impact": None})
    page = as_therapist.get(visits.url(visit, "beliefs"), {"focus": "next"}).content.decode()
    assert re.search(r'data-focus="f-belief-[0-9a-f-]+-impact-0"', page)
    visits.save(visit, "explain")
    assert (
        "data-focus" not in as_therapist.get(visits.url(visit, "explain"), {"focus": "next"}).content.decode()
    )


@pytest.mark.parametrize("slug", visits.ANSWERS)
def test_nothing_answered_is_not_started(visit, slug):
    visit = visits.change(visit, consent_to_record="")
    if slug == "acknowledge":
        return  # its first line must be answered before anything is kept
    if slug not in ("safety", "before-you-go", "activities", "resources", "timescale"):
        visit = visits.change(visit, consent_to_record="yes")
    visits.save(visit, slug, {})
    assert visits.state(visit, slug)[0] == "not_started"


@pytest.mark.parametrize("slug", visits.ANSWERS)
def test_a_fresh_visit_has_not_started_any_step(therapist, slug):
    assert visits.state(visits.begin(therapist), slug) == ("not_started", [])


@pytest.mark.parametrize(
    ("slug", "left_out"),
    [
        ("acknowledge", {"explanation_conviction": None}),  # how true
        ("explain", {"metaphor": None}),  # picture
        ("beliefs", {"belief-new1-flex_mistaken": None}),  # two of three are enough
        ("beliefs", {"belief-new1-focus": None}),
        ("resources", {"ally-new1-will_stop": None}),  # helps less
        ("resources", {"ally": None, "ally_answer": "declined"}),  # declined is an answer
        ("resources", {"ally": None, "ally_answer": "later"}),
        ("activities", {"activity-new1-trial_2": None, "activity-new1-trial_3": None}),
        (
            "activities",
            {
                "activity-new1-confidence": "6",
                "activity-new1-barriers_chosen": ["weather"],
                "activity-new1-barrier_plan_weather": "Indoors",
            },
        ),
        ("activities", {"activity-new1-confidence": "7"}),
    ],
)
def test_what_is_optional_is_not_asked_for(visit, slug, left_out):
    assert stands(visit, slug, **left_out)[0] in ("enough", "full")


def test_touch_today_is_part_of_the_check_only_where_hands_on_work_is_in_scope(therapist):
    visits.give_hands(therapist)
    visit = visits.begin(therapist)
    assert stands(visit, "safety", touch_safe=None) == ("begun", ["touch and movement today"])
    assert stands(visit, "safety") == ("full", [])


def test_no_to_an_explanation_is_an_answer(visit):
    visits.save(visit, "explain", {"permission": "no"})
    assert visits.state(visit, "explain") == ("enough", ["another time"])


def test_no_to_a_record_is_an_answer_and_there_is_no_story(visit):
    visits.save(visit, "acknowledge", {"consent_to_record": "no"})
    state, missing = visits.state(visit, "acknowledge")
    assert state == "begun"
    assert "consent to record" not in missing


# --- How much now, without a number -----------------------------------------------------------


@pytest.mark.parametrize(
    "amount",
    [
        {"activity-new1-amounts": "recalled", "activity-new1-guess": "20", "activity-new1-increment": None},
        {
            "activity-new1-amounts": "words",
            "activity-new1-now_words": "Coffee with one of them",
            "activity-new1-unit": None,
            "activity-new1-start_amount": None,
            "activity-new1-increment": None,
        },
    ],
    ids=["a guess", "in words"],
)
def test_how_much_now_may_be_a_guess_or_words(visit, amount):
    none = {f"activity-new1-trial_{n}": None for n in (1, 2, 3)}
    assert stands(visit, "activities", **none, **amount)[0] in ("enough", "full")


# --- Full: the step's "Done" ------------------------------------------------------------------

FULL = [
    ("acknowledge", {}, ["how understood they felt"]),
    ("explain", {}, ["how much sense it makes"]),
    ("beliefs", {}, []),  # what it is about needs no client
    ("reframe", {}, ["something tried or planned"]),
    ("timescale", {"early_signs": ["stiff_mornings"]}, []),  # the other levels need no client
    (
        "timescale",
        {f"goal-new1-level_{n}": f"Level {n}" for n in ("m2", "m1", "p1", "p2")},
        ["the first signs"],
    ),
    ("activities", {"activity-new1-start_amount": None}, ["a start amount"]),
]


@pytest.mark.parametrize(("slug", "changed", "missing"), FULL)
def test_enough_for_today_says_what_full_would_still_ask_of_them(visit, slug, changed, missing):
    assert stands(visit, slug, **changed) == ("enough", missing)


def test_confidence_below_seven_is_full_only_with_a_reason(visit):
    low = {
        "activity-new1-confidence": "6",
        "activity-new1-barriers_chosen": ["weather"],
        "activity-new1-barrier_plan_weather": "Indoors, with a broom",
    }
    assert stands(visit, "activities", **low) == ("enough", ["confidence of 7, or why less will do"])


@pytest.mark.parametrize(
    ("slug", "more"),
    [
        ("beliefs", {"belief-new1-domain": "cause_damage"}),
        ("reframe", {"experiment": "new1", "experiment-new1-movement": "Ten broom swings"}),
        ("activities", {}),
        (
            "activities",
            {"activity-new1-confidence": "5", "activity-new1-confidence_reason": "They want to try"},
        ),
        ("resources", {"resource-new1-message_id": "m_protector"}),
        (
            "timescale",
            {f"goal-new1-level_{n}": f"Level {n}" for n in ("m2", "m1", "p1", "p2")}
            | {"early_signs": ["stiff_mornings"]},
        ),
        ("before-you-go", {}),
    ],
)
def test_a_step_is_full_when_nothing_is_left(visit, slug, more):
    assert stands(visit, slug, **more) == ("full", [])


def test_each_belief_worked_on_wants_another_way_to_see_it(visit):
    two = visits.ANSWERS["beliefs"] | {
        "belief": ["new1", "new2"],
        "belief-new2-statement": "It will never end",
        "belief-new2-focus": "yes",
        "belief-new2-flex_mistaken": "5",
        "belief-new2-flex_alternatives": "5",
        "belief-new2-flex_contradiction": "5",
        "belief-new2-conviction": "60",
        "belief-new2-impact": "6",
    }
    two |= {"belief-new1-flex_contradiction": "6"}  # (3 + 2 + 6) / 3 = 3.7: some room
    visits.save(visit, "beliefs", two)
    more = {"experiment": "new1", "experiment-new1-movement": "Ten broom swings"}
    visits.save(visit, "reframe", visits.good("reframe", visit, **more))
    assert visits.state(visit, "reframe") == ("enough", ["one for each belief you work on"])


def test_a_firmly_held_belief_may_wait_for_its_alternative_when_something_is_planned(visit):
    firm = {f"belief-new1-flex_{name}": "3" for name in ("mistaken", "alternatives", "contradiction")}
    visits.save(visit, "beliefs", visits.ANSWERS["beliefs"] | firm)
    told = {"experiment": "new1", "experiment-new1-movement": "Ten broom swings", "progress_marker": "Holes"}
    visits.save(visit, "reframe", told)
    assert visits.state(visit, "reframe") == ("full", [])


def test_a_belief_with_more_room_may_not_wait(visit):
    room = {f"belief-new1-flex_{name}": "4" for name in ("mistaken", "alternatives", "contradiction")}
    visits.save(visit, "beliefs", visits.ANSWERS["beliefs"] | room)
    told = {"experiment": "new1", "experiment-new1-movement": "Ten broom swings", "progress_marker": "Holes"}
    visits.save(visit, "reframe", told)
    assert visits.state(visit, "reframe") == ("begun", ["another way to see it", "how believable it is"])


def test_a_matter_of_meaning_and_faith_is_listened_to_and_may_wait(visit):
    room = {f"belief-new1-flex_{name}": "9" for name in ("mistaken", "alternatives", "contradiction")}
    visits.save(visit, "beliefs", visits.ANSWERS["beliefs"] | room | {"belief-new1-domain": "meaning_faith"})
    told = {
        "experiment": "new1",
        "experiment-new1-movement": "A walk with the priest",
        "progress_marker": "Mass",
    }
    visits.save(visit, "reframe", told)
    assert visits.state(visit, "reframe") == ("full", [])


def test_five_answers_about_two_beliefs_do_not_make_one_rated_belief(visit):
    split = {
        "belief": ["new1", "new2"],
        "belief-new1-statement": "One",
        "belief-new1-conviction": "80",
        "belief-new1-behaviour": "Lies down",
        "belief-new2-statement": "Two",
        "belief-new2-impact": "8",
        "belief-new2-flex_mistaken": "3",
        "belief-new2-flex_alternatives": "3",
    }
    visits.save(visit, "beliefs", split)
    assert Belief.objects.count() == 2
    assert visits.state(visit, "beliefs") == ("begun", ["the five questions"])


def test_an_activity_that_is_only_rated_does_not_make_a_plan(visit):
    assert stands(visit, "activities", **{"activity-new1-in_plan": None})[0] == "begun"
    assert Activity.objects.count() == 1


def test_at_most_two_beliefs_and_two_activities_at_a_time(visit):
    three = {"belief": ["new1", "new2", "new3"]}
    for n in (1, 2, 3):
        three |= {f"belief-new{n}-statement": f"Belief {n}", f"belief-new{n}-focus": "yes"}
    assert "new3: focus" in visits.faults_of(visit, "beliefs", three)
    three = {"activity": ["new1", "new2", "new3"]}
    for n in (1, 2, 3):
        three |= {f"activity-new{n}-activity": f"Activity {n}", f"activity-new{n}-in_plan": "yes"}
    assert "new3: in_plan" in visits.faults_of(visit, "activities", three)
