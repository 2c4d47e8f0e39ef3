"""The plan: what goes on it, what never does, and how it is published."""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from pathlib import Path

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from consults.actions import plans as actions
from consults.actions.consultations import version_of
from consults.actions.plan_content import _lists as plan_lists
from consults.actions.plan_content import gathered, plan_content, without
from consults.exports.plan import readable
from consults.models import (
    ActivityVisit,
    Ally,
    Alternative,
    AlternativeRating,
    Belief,
    BeliefRating,
    Card,
    Draft,
    Experiment,
    GoalRating,
    PlanVersion,
    ResourceGiven,
    Review,
    SafetyFinding,
    Step,
)
from education import library
from painconsult.audit.models import AuditEvent
from painconsult.errors import Refused
from tests import factories
from tests.visits import make_activity, make_client, make_flare_plan, make_goal, make_visit, words_of

SCHEMAS = {
    number: json.loads((Path(__file__).parent / "data" / f"plan_schema_{number}.json").read_text())
    for number in (1, 2, 3, 4, 5)
}


@pytest.fixture
def visit(therapist):
    return make_visit(make_client(therapist), therapist)


def with_plan(visit):
    make_activity(visit)
    make_goal(visit)
    make_flare_plan(visit)
    return visit


def publish(visit, struck=(), **more):
    return actions.publish(visit, list(struck), by=visit.therapist, seen=version_of(visit), **more)


def preview_of(visit):
    return reverse("plan", args=[visit.pk])


def lines(visit):
    return {line["id"].partition("-")[0]: line for line in plan_content(visit)["lines"]}


# --- what goes on it ------------------------------------------------------------------------------


def test_a_plan_tells_the_step_with_its_amount_its_cue_and_its_bad_day(visit):
    make_activity(visit)
    told = lines(visit)
    assert told["why"]["words"] == "The walking, the teasing, the Saturday lunch."
    assert (told["step"]["activity"], told["step"]["amount"]) == ("Chip in the garden", "16 minutes")
    assert told["when"]["cue"] == "Tuesday, Thursday and Saturday, after coffee"
    assert told["often"]["times"] == 3
    assert told["bad"]["words"] == "five minutes with the putter"
    assert told["barrier1"] == {
        "id": told["barrier1"]["id"],
        "section": "step",
        "part": "barrier1",
        "of": told["step"]["id"],
        "barriers": ["Weather"],
        "plan": "swing indoors with a broom",
    }


def test_what_gets_in_the_way_of_one_step_is_not_told_under_the_other(visit):
    make_activity(visit)
    make_activity(visit, activity="Walk the dog", visit_row={"barriers": []})
    assert [len(step["barriers"]) for step in readable(plan_content(visit))["steps"]] == [1, 0]


def test_one_of_something_is_told_in_the_singular(visit):
    make_activity(visit, visit_row={"unit": "holes", "start_amount": 1})
    assert lines(visit)["step"]["amount"] == "1 hole"


def test_a_measured_activity_without_a_start_begins_at_eighty_per_cent(visit):
    make_activity(visit, visit_row={"start_amount": None})
    assert lines(visit)["step"]["amount"] == "16 minutes"


def test_with_crashes_after_small_efforts_no_amount_is_reckoned(visit, therapist):
    make_activity(visit, visit_row={"start_amount": None})
    find(visit, "pem", "R")
    assert lines(visit)["step"]["amount"] == ""


@pytest.mark.parametrize("how", ["as far as it goes on an ordinary day", "as on an ordinary day"])
def test_a_guessed_baseline_gives_no_dose_but_a_week_of_counting(visit, as_therapist, how):
    guess = {"amounts": "recalled", "guess": 20, "start_amount": 16}
    make_activity(visit, visit_row=guess | {"then_action": f"I chip, {how}"})
    found = lines(visit)
    assert (found["step"]["amount"], found["count"]["count"]) == ("", "minutes")
    told = "The first three times: how many minutes each? Write them down and bring them next time."
    ordinary = "Until then, stay with what is ordinary for you."
    assert f"{told} {ordinary}" in page(as_therapist, visit)
    assert "16 minutes" not in page(as_therapist, visit)


def test_a_first_step_of_their_own_is_not_told_to_stay_with_the_ordinary(visit, as_therapist):
    """A plan said five minutes and as on an ordinary day on one card."""
    guess = {"amounts": "recalled", "guess": 20, "then_action": "I weed one corner, five minutes"}
    make_activity(visit, visit_row=guess)
    told = page(as_therapist, visit)
    assert "The first three times: how many minutes each?" in told
    assert "ordinary" not in told


def test_counting_is_left_out_without_the_step_and_what_goes_with_a_step_says_so(visit, as_therapist):
    make_activity(visit, visit_row={"amounts": "recalled", "guess": 20})
    found = lines(visit)
    without_count = {"do": "look", "strike": [found["count"]["id"]]}
    shown = words_of(as_therapist.post(preview_of(visit), without_count).content.decode())
    assert "The first three times" not in shown
    assert "Your next small step" in shown and "Left out with" not in shown
    without_step = {"do": "look", "strike": [found["step"]["id"]]}
    shown = words_of(as_therapist.post(preview_of(visit), without_step).content.decode())
    assert shown.count("Left out with the line it belongs to.") == sum(
        "of" in line for line in found.values()
    )


def test_an_activity_in_words_has_no_amount(visit):
    make_activity(visit, visit_row={"amounts": "words", "now_words": "not at all", "start_amount": None})
    assert lines(visit)["step"]["amount"] == ""


def test_what_is_not_in_the_plan_today_is_not_on_it(visit):
    make_activity(visit, visit_row={"in_plan": False})
    assert plan_content(visit)["lines"] == []


def test_an_activity_of_an_earlier_visit_stays_until_it_is_taken_out(visit, therapist):
    activity = make_activity(visit)
    finish(visit)
    later = make_visit(visit.client, therapist, held_on=date(2025, 3, 17))
    assert lines(later)["step"]["activity"] == "Chip in the garden"
    ActivityVisit.objects.create(clinic=visit.clinic, activity=activity, consultation=later, in_plan=False)
    assert "step" not in lines(later)


def test_the_lowest_level_of_a_goal_is_never_shown(visit, as_therapist):
    make_goal(visit)
    goal = lines(visit)["goal"]
    assert [rung["level"] for rung in goal["rungs"]] == [2, 1, 0, -1]
    assert goal["started"] == -1
    assert (goal["by"], goal["expected"]) == ("2025-06-03", "plays nine holes in a fortnight")
    assert "plays no holes" not in json.dumps(plan_content(visit)) + page(as_therapist, visit)


def test_a_start_at_the_lowest_level_is_not_pointed_out(visit, as_therapist):
    make_goal(visit, baseline_level=-2)
    assert lines(visit)["goal"]["started"] is None
    assert "When we began" not in page(as_therapist, visit)


@pytest.mark.parametrize("status", ["achieved", "dropped", "changed"])
def test_a_goal_that_is_over_is_left_out(visit, status):
    goal = make_goal(visit)
    over = {"status": status, "status_reason": "It rained all spring"}
    GoalRating.objects.create(clinic=visit.clinic, goal=goal, consultation=visit, **over)
    assert "goal" not in lines(visit)


def test_a_goal_that_was_replaced_is_left_out(visit):
    old = make_goal(visit)
    make_goal(visit, title="Nine holes with Dave", replaces=old, change_reason="a better wording")
    assert [line["title"] for line in plan_content(visit)["lines"]] == ["Nine holes with Dave"]


def test_the_dates_are_the_reviews_still_due_the_next_one_first(visit):
    for day, status in ((10, "done"), (24, "due"), (17, "due")):
        book(visit, date(2025, 3, day), status=status)
    booked = [line["due"] for line in plan_content(visit)["lines"] if line["section"] == "next"]
    assert booked == ["2025-03-17", "2025-03-24"]


def test_a_date_says_its_time_where_one_is_booked(visit, as_therapist):
    book(visit, date(2025, 3, 24))
    book(visit, date(2025, 3, 17), at=time(14, 30))
    book(visit, date(2025, 3, 17), at=time(9))
    make_activity(visit)
    booked = [line["at"] for line in plan_content(visit)["lines"] if line["section"] == "next"]
    assert booked == ["09:00", "14:30", ""]
    page = words_of(as_therapist.get(preview_of(visit)).content.decode())
    assert "Visit Monday 17 March 2025 at 09:00" in page
    told = "Monday 17 March 2025 at 09:00 , then on 17 March 2025 at 14:30 , then on 24 March 2025"
    assert told in words_of(frame(as_therapist, visit))


def test_a_date_says_its_part_of_the_day_where_no_hour_is_agreed(visit, as_therapist):
    for columns in ({}, {"part": "evening"}, {"at": time(13)}, {"part": "afternoon"}, {"part": "morning"}):
        book(visit, date(2025, 3, 17), **columns)
    make_activity(visit)
    page = words_of(as_therapist.get(preview_of(visit)).content.decode())
    assert "Visit Monday 17 March 2025 in the morning" in page
    assert (
        "Next visit: Monday 17 March 2025 in the morning , then on 17 March 2025 in the afternoon , "
        "then on 17 March 2025 at 13:00 , then on 17 March 2025 in the evening , then on 17 March 2025"
    ) in words_of(frame(as_therapist, visit))


def test_each_date_says_its_kind_where_it_is_another_than_the_one_before(visit, as_therapist):
    for day, mode in ((10, "visit"), (12, "call"), (20, "visit"), (27, "visit")):
        book(visit, date(2025, 3, day), mode=mode)
    make_activity(visit)
    told = words_of(frame(as_therapist, visit))
    assert (
        "Next visit : Monday 10 March 2025 , then a call on 12 March 2025 , "
        "then a visit on 20 March 2025 , then on 27 March 2025"
    ) in told.replace("visit:", "visit :")


def test_a_date_that_has_passed_is_not_the_next_one_on_the_page_of_a_link():
    content = SCHEMAS[5]
    told = [line["due"] for line in readable(content, today=date(2025, 3, 18))["next"]]
    assert told == [date(2025, 4, 14)]
    assert len(readable(content, today=date(2025, 3, 17))["next"]) == 2
    assert readable(content, today=date(2025, 4, 15))["next"] == []


def test_only_people_who_said_yes_are_on_a_plan(visit, as_therapist):
    make_activity(visit)
    add_ally(visit, "Dave", consent="yes", will_do="walks three holes")
    add_ally(visit, "Rosalind", consent="no", will_do="canary-no")
    add_ally(visit, "Bertram", consent="", will_do="canary-unasked")
    make_flare_plan(visit, who_to_tell="Ring Rosalind.")
    told = json.dumps(plan_content(visit)) + frame(as_therapist, visit)
    assert "Dave" in told
    assert [word for word in ("Rosalind", "Bertram", "canary") if word in told] == []


def in_mind(visit):
    return [
        (line["part"], line["words"]) for line in plan_content(visit)["lines"] if line["section"] == "mind"
    ]


def explain(visit, **columns):
    told = {"messages_used": ["m_protector"], "teach_back_client_words": "The alarm is jumpy."}
    return change(visit, **told | {"metaphor": "alarm_toaster"} | columns)


def test_the_idea_the_picture_and_their_own_words_are_on_the_plan(visit, as_therapist):
    explain(visit)
    toaster = "A smoke alarm by the toaster: loud, well meant, often no fire."
    assert in_mind(visit) == [
        ("said", "The alarm is jumpy."),
        ("idea", "Pain is a protector, not a damage meter."),
        ("picture", toaster),
    ]
    told = frame(as_therapist, visit)
    assert 'class="pic picture-alarm_toaster"' in told
    assert f"<figcaption>{toaster}</figcaption>" in told


def test_a_picture_of_their_own_stands_in_the_place_of_ours(visit, as_therapist):
    explain(visit, metaphor_own="A car alarm in <the> wind")
    assert in_mind(visit)[-1] == ("own-picture", "A car alarm in <the> wind")
    told = frame(as_therapist, visit)
    assert "Your picture: <b>“A car alarm in &lt;the&gt; wind”</b>" in told
    assert "<figcaption>" not in told


@pytest.mark.parametrize("condition", ["", "Rheumatoid arthritis"])
def test_an_idea_comes_as_it_was_explained_with_what_is_not_sure(visit, as_therapist, condition):
    visit.client.known_condition = condition
    visit.client.save()
    explain(visit)
    idea = library.message("m_protector")
    told = words_of(frame(as_therapist, visit))
    assert idea.explain(bool(condition)) in told
    assert ("As well as what your condition does" in told) == bool(condition)
    assert f"How sure are we? {idea.uncertainty}" in told


def test_with_a_known_condition_a_picture_has_the_words_for_it(visit):
    visit.client.known_condition = "Rheumatoid arthritis"
    visit.client.save()
    explain(visit)
    assert in_mind(change(visit))[-1][1].endswith("sometimes louder than the smoke.")


@pytest.mark.parametrize("own", ["", "A dog that barks at friends"])
def test_while_an_urgent_sign_is_open_no_idea_that_is_held_back_is_on_the_plan_in_any_words(
    visit, as_therapist, own
):
    used = {"messages_used": ["m_hurt_harm", "m_protector"], "metaphor": "after_dancing", "metaphor_own": own}
    explain(visit, teach_back_client_words="Sore is safe.", **used)
    make_flare_plan(visit, say_to_self="Sore is safe.")
    find(visit, "cancer", "U")
    assert in_mind(change(visit)) == [("idea", "Pain is a protector, not a damage meter.")]
    told = json.dumps(plan_content(change(visit))) + frame(as_therapist, visit)
    for words in ("Sore is safe", "dancing", "Hurt and harm", "barks", "little to fear", "How sure are we"):
        assert words not in told


@pytest.mark.parametrize(
    ("said", "tell"),
    [("Sore is safe.", "sore is safe"), ("Sore\nis safe", "Sore is safe"), ("", "Sore is safe")],
)
def test_while_an_urgent_sign_is_open_what_they_tell_themselves_waits_however_it_is_written(
    visit, as_therapist, said, tell
):
    explain(visit, messages_used=["m_protector"], teach_back_client_words=said)
    make_flare_plan(visit, say_to_self=tell)
    assert "is safe" in json.dumps(plan_content(change(visit)))
    find(visit, "cancer", "U")
    assert "is safe" not in json.dumps(plan_content(change(visit)))
    page = words_of(as_therapist.get(reverse("plan", args=[visit.pk])).content.decode())
    assert "While an urgent follow-up is open, three things are not on this plan" in page


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ("inside", "Plan B If weather or fear gets in the way: inside"),
        ("If it rains, inside", "Plan B Weather or fear: If it rains, inside"),
        ("“When it rains”: inside", "Plan B Weather or fear: “When it rains”: inside"),
    ],
)
def test_what_gets_in_the_way_is_named_and_says_if_once(plan, told):
    what = {"section": "step", "part": "what", "id": "s", "activity": "Walk", "amount": "", "count": ""}
    barrier = {"section": "step", "part": "barrier", "id": "b", "of": "s", "barriers": ["Weather", "Fear"]}
    content = {"client": "Lena", "clinic": {}, "help": [], "agreed_on": "2026-11-25", "made_with": ""}
    shown = readable(content | {"lines": [what, barrier | {"plan": plan}]})
    assert told in words_of(render_to_string("consults/plan/_sheet.html", {"plan": shown}))


def test_a_known_condition_holds_back_ideas_and_leaves_the_clients_own_words(visit):
    visit.client.known_condition = "Rheumatoid arthritis"
    visit.client.save()
    explain(visit, messages_used=["m_healing", "m_protector"], teach_back_client_words="It rings too soon.")
    assert [part for part, _ in in_mind(change(visit))][:2] == ["said", "idea"]
    assert "m_healing" not in json.dumps(plan_content(change(visit)))


def test_what_waits_for_an_urgent_sign_is_back_when_it_is_cleared(visit):
    explain(visit, messages_used=["m_hurt_harm"], metaphor="after_dancing")
    finding = find(visit, "cancer", "U")
    finding.cleared_on, finding.cleared_by, finding.cleared_words = visit.held_on, "Dr Reid", "All clear"
    finding.save()
    assert [part for part, _ in in_mind(change(visit))] == ["said", "idea", "picture"]


def test_a_resource_is_told_by_title_and_place(visit):
    give(visit, resource_id="tame_the_beast", when_to_use="on the drive home")
    give(visit, resource_id="own_plan")
    given = [line for line in plan_content(visit)["lines"] if line["section"] == "resource"]
    assert [(one["title"], one["url"], one["when"]) for one in given] == [
        ("Tame the Beast", "https://tamethebeast.org", "on the drive home")
    ]


def test_when_they_meant_to_read_their_own_plan_is_worth_a_line(visit):
    give(visit, resource_id="own_plan", when_to_use="on Sunday with a cup of tea")
    (line,) = (line for line in plan_content(visit)["lines"] if line["section"] == "resource")
    assert (line["title"], line["when"]) == ("This plan", "on Sunday with a cup of tea")


def test_get_help_stands_in_the_version_with_the_clinics_own_numbers(therapist):
    clinic = therapist.clinic
    visit = with_plan(make_visit(make_client(therapist), therapist))
    help_text = json.dumps(publish(visit).content["help"])
    assert "Call 999 or go now" in help_text
    assert "numbness between the legs or around the bottom" in help_text
    assert "116 123, day and night" in help_text
    assert f"Call {clinic.clinic_contact} today" in help_text


def test_nothing_private_reaches_a_plan_or_its_page(visit, as_therapist, therapist):
    """One canary in each field that must never leave the record."""
    with_plan(visit)
    plant_canaries(visit, therapist)
    version = publish(change(visit))
    _, secret = actions.new_link(version.plan, "Phone", by=therapist)
    told = json.dumps(version.content) + page(as_therapist, visit) + opened(secret)
    assert "Chip in the garden" in told
    assert sorted({word for word in told.replace('"', " ").split() if "canary" in word}) == []


def plant_canaries(visit, therapist):
    client, clinic = visit.client, visit.clinic
    for name in ("known_condition", "examined_said", "gp", "safe_to_contact"):
        type(client).objects.filter(pk=client.pk).update(**{name: f"canary-{name}"})
    texts = "story_client_words pattern aggravates eases client_explanation main_worry expectation_today"
    texts += " validation_given prior_knowledge personal_link questions_left progress_marker"
    texts += " support_between_visits unhelpful_influences end_of_care_sign what_we_missed outcome_reason"
    change(visit, **{name: f"canary-{name}" for name in (*texts.split(), "touch_words")})
    Step.objects.filter(consultation=visit).update(client_words="canary-step", private_notes="canary-note")
    mine = {"clinic": clinic, "client": client}
    for kind in Card.KINDS:
        Card.objects.create(**mine, heard_in=visit, kind=kind, words=f"canary-{kind}", who="canary-who")
    belief = Belief.objects.create(
        **mine, heard_in=visit, statement="canary-belief", origin_words="canary-origin"
    )
    BeliefRating.objects.create(
        clinic=clinic,
        belief=belief,
        consultation=visit,
        behaviour="canary-behaviour",
        evidence_for="canary-for",
        exceptions="canary-exceptions",
        said_back="canary-back",
    )
    other = Alternative.objects.create(**mine, heard_in=visit, belief=belief, text="canary-alternative")
    AlternativeRating.objects.create(clinic=clinic, alternative=other, consultation=visit, believability=35)
    Experiment.objects.create(
        **mine, consultation=visit, prediction="canary-prediction", learnt_client_words="canary-learnt"
    )
    find(visit, "suicide", "U", action="canary-action", contacted="canary-contacted")
    give(visit, title="The alarm film", comment="canary-comment")
    ActivityVisit.objects.filter(consultation=visit).update(
        confidence_reason="canary-confidence", now_words="canary-now", guess=7
    )
    visit.flare_plan.likely_triggers = "canary-triggers"
    visit.flare_plan.save()
    client.goals.update(level_m2="canary-lowest", purpose="canary-purpose", change_reason="canary-change")
    client.goals.update(belief=belief)


# --- what was agreed, as it was agreed ------------------------------------------------------------


def test_a_weekly_increase_that_was_agreed_is_on_the_plan_and_never_by_the_calendar_alone(
    visit, as_therapist
):
    make_activity(visit, visit_row={"increment": 1})
    assert lines(visit)["more"]["more"] == "1 minute"
    assert "1 minute more, if the days went as planned. If not, stay where you are." in frame(
        as_therapist, visit
    )


@pytest.mark.parametrize(
    "row",
    [
        {"increment": None},
        {"increment": 0},
        {"increment": 2, "amounts": "words"},
        {"increment": 2, "unit": ""},
    ],
)
def test_where_no_increase_was_agreed_or_nothing_is_counted_there_is_none(visit, row):
    make_activity(visit, visit_row=row)
    assert "more" not in lines(visit)


def test_with_crashes_after_small_efforts_no_increase_is_told(visit):
    make_activity(visit, visit_row={"increment": 2})
    find(visit, "pem", "R")
    assert "more" not in lines(visit)


def test_what_helps_less_is_told_kindly_under_the_name_and_can_be_left_out_alone(visit, as_therapist):
    with_plan(visit)
    ally = add_ally(
        visit, "Dave", consent="yes", will_do="walks with me", will_stop="Doing it for me unasked"
    )
    told = frame(as_therapist, visit)
    assert told.index("<b>Dave</b>: walks with me") < told.index(
        "Kindly meant, but helps less: Doing it for me"
    )
    assert "What helps you less" not in told
    may_read = "Whoever is shown the plan can read this, Dave too."
    assert may_read not in told
    assert may_read in as_therapist.get(preview_of(visit)).content.decode()
    content = publish(visit, [f"less-{ally.pk}"]).content
    assert "unasked" not in json.dumps(content)
    assert "walks with me" in json.dumps(content)
    assert "unasked" not in json.dumps(without(plan_content(visit), [f"ally-{ally.pk}"]))


# --- nothing is said twice ------------------------------------------------------------------------


def shown(visit, struck=()):
    return readable(without(plan_content(visit), struck))


@pytest.mark.parametrize(
    ("activity", "action", "is_for"),
    [
        ("Weeding my allotment", "I weed until the kettle boils", ""),
        ("weeding my allotment.", "I weed until the kettle boils", ""),
        ("Weeding the beds", "I weed until the kettle boils", "Weeding the beds"),
        ("Weeding the beds", "weeding the beds", ""),
        ("Weeding the beds", "", ""),
    ],
)
def test_what_a_step_is_for_is_told_unless_the_goal_or_the_step_says_it(visit, activity, action, is_for):
    make_activity(visit, activity=activity, visit_row={"then_action": action})
    make_goal(visit, title="Weeding my allotment")
    assert shown(visit)["steps"][0]["for"] == is_for


def test_a_goal_that_hopes_for_its_own_title_says_it_once(visit, as_therapist):
    only = {"level_m2": "", "level_m1": "", "level_p1": "", "level_p2": "", "baseline_level": None}
    make_goal(visit, title="Swim with my sister", level_0="swim with my sister", **only)
    assert "What you hope for" not in frame(as_therapist, visit)


def test_a_sentence_that_is_said_in_three_places_is_printed_once(visit, as_therapist):
    alarm = "Loud alarm, no fire."
    make_activity(visit, why_it_matters="“Loud alarm, no fire!”")
    make_flare_plan(visit, say_to_self=alarm)
    explain(visit, teach_back_client_words="loud alarm, no fire", metaphor="")
    plan = frame(as_therapist, visit).casefold()
    told = re.sub(
        r'(?s)<details class="bad-day.*?</details>', "", plan
    )  # what is below, in short, for a bad day
    assert told.count("loud alarm, no fire") == 1
    assert told.index("tell yourself") < told.index("loud alarm")


def test_how_often_is_told_where_the_first_week_is_for_counting_too(visit, as_therapist):
    guess = {"amounts": "recalled", "guess": 20, "trial_1": None, "trial_2": None, "trial_3": None}
    guess |= {"start_amount": None, "increment": None, "if_cue": "After coffee"}
    make_activity(visit, visit_row=guess)
    told = words_of(frame(as_therapist, visit))
    assert "The first three times: how many minutes each?" in told
    assert "How often 3 times a week" in told


def test_the_preview_says_what_is_typed_and_not_on_it(visit, as_therapist, therapist):
    make_goal(visit)
    told = {"clinic": visit.clinic, "consultation": visit, "base": 0, "body": "", "saved_at": timezone.now()}
    draft = Draft.objects.create(key=uuid.uuid4(), slug="resources", user=therapist, **told)
    page = words_of(as_therapist.get(preview_of(visit)).content.decode())
    assert "is not saved in the record yet. It is not on this plan." in page
    draft.delete()
    assert "not on this plan" not in words_of(as_therapist.get(preview_of(visit)).content.decode())


def test_bad_day_opens_to_what_to_do(visit, as_therapist):
    make_activity(visit, visit_row={"bad_day_version": ""})
    make_flare_plan(visit, say_to_self="Loud alarm, no fire.")
    opened = re.search(r'(?s)<details class="bad-day.*?</details>', frame(as_therapist, visit))[0]
    assert "If it is a flare-up, the first two days:</b> Half of what was planned" in opened
    assert "Tell yourself:</b>" in opened and "“Loud alarm, no fire.”" in opened


def test_more_than_the_sentence_is_not_a_repeat(visit):
    make_flare_plan(visit, say_to_self="Loud alarm, no fire. I have done this before.")
    explain(visit, teach_back_client_words="Loud alarm, no fire.")
    assert shown(visit)["said"] == []
    explain(visit, teach_back_client_words="Loud alarm, no fire. Out of practice, not broken.")
    assert shown(change(visit))["said"] == ["Loud alarm, no fire. Out of practice, not broken."]


def test_lines_with_the_same_words_are_left_out_one_by_one(visit, as_therapist):
    make_flare_plan(visit, say_to_self="The alarm is jumpy.")
    explain(visit)
    said, say = f"said-{visit.pk}", "flare-say"
    listed = page(as_therapist, visit).partition('id="phone"')[0]
    assert listed.count("“The alarm is jumpy.”") == 2
    assert listed.count("printed once") == 1
    both = change(visit)
    assert (shown(both)["said"], shown(both)["flare"]["say"]) == ([], "The alarm is jumpy.")
    assert shown(both, [say])["said"] == ["The alarm is jumpy."]
    assert shown(both, [said])["flare"]["say"] == "The alarm is jumpy."
    assert "say" not in shown(both, [said, say])["flare"]


def test_how_often_is_told_once_where_the_cue_says_it_and_alone_without_the_cue(visit, as_therapist):
    make_activity(visit)
    often, when = lines(visit)["often"]["id"], lines(visit)["when"]["id"]
    listed = words_of(page(as_therapist, visit).partition('id="phone"')[0])
    assert "How often 3 times a week Said elsewhere on the plan too: printed once." in listed
    on_phone = frame(as_therapist, visit)
    assert "How often" not in on_phone
    assert on_phone.count("<i></i>") == 3  # on paper there is a box to tick for each time
    alone = as_therapist.post(preview_of(visit), {"do": "look", "strike": [when]})
    assert "How often 3 times a week" in words_of(phone(alone))
    assert "printed once" not in alone.content.decode()
    assert often in [line["id"] for line in plan_content(visit)["lines"]]


def test_reading_a_plan_leaves_what_was_published_as_it_is(visit):
    make_activity(visit)
    content = plan_content(visit)
    readable(content)
    assert content == plan_content(visit)


def test_a_first_week_of_counting_has_its_own_lines_on_paper_only(visit, as_therapist):
    make_activity(visit, visit_row={"amounts": "recalled", "guess": 20})
    told = frame(as_therapist, visit)
    assert (told.count("<i></i>"), told.count('<i class="wide"></i>')) == (0, 3)


def test_the_cue_of_one_step_says_nothing_of_another(visit, as_therapist):
    make_activity(visit, visit_row={"if_cue": "After coffee"})
    make_activity(visit, activity="Walk the dog")
    assert words_of(frame(as_therapist, visit)).count("How often 3 times a week") == 1


def test_a_cue_alone_has_its_boxes_to_tick_on_paper(visit, as_therapist):
    make_activity(visit, visit_row={"frequency_per_week": None, "if_cue": "Every morning"})
    told = frame(as_therapist, visit)
    assert "How often" not in told
    assert told.count("<i></i>") == 7


@pytest.mark.parametrize("cue", ["After coffee", "Monday or Friday", "Every morning"])
def test_how_often_is_told_where_the_cue_does_not_say_it_or_says_another_number(visit, as_therapist, cue):
    make_activity(visit, visit_row={"if_cue": cue})
    told = frame(as_therapist, visit)
    assert "How often 3 times a week" in words_of(told)
    assert told.count("<i></i>") == 3


def test_a_goal_in_the_list_says_what_they_hope_for_once(visit, as_therapist):
    goal = make_goal(visit)
    hope = f"What they hope for: {goal.level_0}"
    assert hope in words_of(page(as_therapist, visit))
    type(goal).objects.update(title=goal.level_0.capitalize() + ".")
    assert "What they hope for" not in words_of(page(as_therapist, visit))
    type(goal).objects.update(level_0="")
    assert "What they hope for" not in words_of(page(as_therapist, visit))


@pytest.mark.parametrize(
    ("mode", "told"), [("visit", "bring them"), ("call", "have them ready"), ("message", "have them ready")]
)
def test_what_was_counted_is_brought_to_a_visit_and_ready_for_a_call(visit, as_therapist, mode, told):
    make_activity(visit, visit_row={"amounts": "recalled", "guess": 20})
    book(visit, date(2026, 3, 24), mode=mode)
    assert f"Write them down and {told} next time." in frame(as_therapist, visit)


# --- publishing -----------------------------------------------------------------------------------


def test_publishing_twice_gives_version_1_and_version_2(visit):
    with_plan(visit)
    assert [publish(visit).number, publish(visit).number] == [1, 2]
    assert list(PlanVersion.objects.values_list("number", "agreed_on")) == [
        (2, date(2025, 3, 3)),
        (1, date(2025, 3, 3)),
    ]
    assert list(AuditEvent.objects.filter(action="published").values_list("detail", flat=True)) == ["1", "2"]


def test_a_struck_line_is_not_in_what_is_stored_only_its_id_is(visit):
    with_plan(visit)
    goal = lines(visit)["goal"]["id"]
    version = publish(visit, [goal, "goal-of-somebody-else"])
    assert version.struck == [goal]
    assert "Play golf with the group" not in json.dumps(version.content)


def test_a_struck_step_takes_its_cue_and_its_bad_day_along(visit):
    with_plan(visit)
    step = lines(visit)["step"]["id"]
    kept = without(plan_content(visit), [step])["lines"]
    assert [line["id"] for line in kept if line["section"] == "step"] == []


def test_a_plan_with_every_step_and_goal_left_out_is_refused(visit):
    with_plan(visit)
    with pytest.raises(Refused, match="Put one back"):
        publish(visit, [lines(visit)["step"]["id"], lines(visit)["goal"]["id"]])
    assert not PlanVersion.objects.exists()


def test_a_plan_that_was_saved_over_since_it_was_shown_is_refused(visit):
    with_plan(visit)
    seen = version_of(visit)
    visit.steps.filter(slug="timescale").update(number=1)
    with pytest.raises(Refused, match="Something was saved"):
        actions.publish(visit, [], by=visit.therapist, seen=seen)
    assert not PlanVersion.objects.exists()


def test_a_paused_visit_publishes_nothing(visit):
    with_plan(visit)
    change(visit, outcome="paused_referred")
    with pytest.raises(Refused, match="pause"):
        publish(visit)


def test_a_plan_without_a_step_or_a_goal_is_refused(visit):
    with pytest.raises(Refused, match="one small step"):
        publish(visit)


def test_an_earlier_visit_cannot_publish_over_a_later_one(visit, therapist):
    with_plan(visit)
    finish(visit)
    make_visit(visit.client, therapist, held_on=date(2025, 3, 17))
    with pytest.raises(Refused, match="later visit"):
        publish(visit)


def test_a_completed_visit_may_still_publish(visit):
    finish(with_plan(visit))
    assert publish(change(visit)).number == 1


# --- the preview ----------------------------------------------------------------------------------


def test_the_preview_publishes_what_it_showed(visit, as_therapist):
    with_plan(visit)
    goal = lines(visit)["goal"]["id"]
    told = {"do": "publish", "seen": version_of(visit), "strike": [goal]}
    reply = as_therapist.post(preview_of(visit), told)
    assert (reply.status_code, reply.url) == (302, preview_of(visit) + "#links")
    assert PlanVersion.objects.get().struck == [goal]
    after = as_therapist.get(preview_of(visit)).content.decode()
    assert "This is version 1, as it is published." in after
    assert f'value="{goal}" checked' in after


def test_looking_at_a_plan_without_a_line_stores_nothing(visit, as_therapist):
    with_plan(visit)
    step = lines(visit)["often"]["id"]
    reply = as_therapist.post(preview_of(visit), {"do": "look", "strike": [step]})
    assert reply.status_code == 200
    assert "3 times a week" not in phone(reply)
    assert not PlanVersion.objects.exists()


def test_the_preview_says_why_it_cannot_be_published(visit, as_therapist):
    told = page(as_therapist, visit)
    assert "a plan needs one small step" in told
    assert 'value="publish"' not in told


def test_the_preview_of_another_clinic_is_not_there(visit, as_stranger):
    assert as_stranger.get(preview_of(visit)).status_code == 404
    assert as_stranger.post(preview_of(visit), {"do": "publish"}).status_code == 404


def test_the_preview_of_a_plan_costs_twelve_queries_at_most_whatever_is_on_it(
    visit, as_therapist, therapist, django_assert_max_num_queries
):
    with_plan(visit)
    publish(visit)
    finish(visit)
    later = make_visit(visit.client, therapist, held_on=date(2025, 3, 17))
    for n in range(4):
        make_activity(later, activity=f"Activity {n}")
        make_goal(later, title=f"Goal {n}")
        add_ally(later, f"Ally {n}", consent="yes")
        give(later, title=f"Film {n}")
        book(later, date(2025, 4, 1 + n))
    as_therapist.get(preview_of(later))
    with django_assert_max_num_queries(12):
        as_therapist.get(preview_of(later))


def test_what_a_plan_is_made_of_is_what_each_list_would_bring_by_itself(visit, therapist):
    with_plan(visit)
    add_ally(visit, "Dave", consent="yes")
    give(visit, title="A film")
    book(visit, date(2025, 3, 24))
    finish(visit)
    later = make_visit(visit.client, therapist, held_on=date(2025, 3, 17))
    make_goal(later, title="Nine holes with Dave", replaces=visit.client.goals.get(), change_reason="why not")
    for at in (visit, later):
        found = gathered(at)
        for name, rows in plan_lists(at).items():
            told = [(row.pk, row.clinic_id) for row in getattr(found, name)]
            assert told == list(rows.order_by("pk").values_list("pk", "clinic_id")), name
    assert [goal.title for goal in gathered(later).goals] == ["Nine holes with Dave"]
    assert [goal.title for goal in gathered(visit).goals] == ["Play golf with the group"]


# --- every schema stays readable ------------------------------------------------------------------


def test_a_plan_of_an_older_schema_that_says_the_same_is_as_it_was_published(visit, as_therapist):
    """A new schema makes no plan look changed."""
    with_plan(visit)
    book(visit, date(2025, 3, 24))
    version = publish(visit)
    lines = [
        {name: told for name, told in line.items() if name != "part_of_day"}
        for line in version.content["lines"]
    ]
    type(version).objects.filter(pk=version.pk).update(schema=4, content=version.content | {"lines": lines})
    assert "This is version 1, as it is published." in words_of(
        as_therapist.get(preview_of(visit)).content.decode()
    )
    book(visit, date(2025, 3, 25), part="morning")
    assert "Publish the new version It is version 2." in words_of(
        as_therapist.get(preview_of(visit)).content.decode()
    )


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_plan_of_every_schema_is_still_readable(schema):
    plan = readable(SCHEMAS[schema], schema=schema, allies={7})
    assert plan["client"] == "Graham"
    assert plan["agreed_on"] == date(2025, 3, 3)
    assert plan["made_with"] == "massage therapist"
    assert plan["why"] == ["The walking, the teasing, the Saturday lunch."]
    assert [(step["activity"], step["amount"]) for step in plan["steps"]] == [
        ("Chip in the garden", "16 minutes")
    ]
    assert plan["steps"][0]["bad_day"] == "five minutes with the putter"
    assert plan["steps"][0]["barriers"] == [
        {"names": "weather or tiredness", "plan": "swing indoors with a broom", "says_when": False}
    ]
    assert [goal["by"] for goal in plan["goals"]] == [date(2025, 6, 3)]
    assert plan["said"] == ["So the alarm’s gone a bit trigger-happy."]
    assert [idea["words"] for idea in plan["ideas"]] == ["Pain is a protector, not a damage meter."]
    assert [(ally["name"], ally["less"]) for ally in plan["allies"]] == [
        ("Dave", "carrying your bag unasked")
    ]
    assert plan["flare"]["first"] == "The half-size version, on the same days. Warmth. A long shower."
    assert plan["next"][0]["due"] == date(2025, 3, 17)
    assert plan["next"][0]["at"] == ("14:30" if schema > 3 else "")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_plan_of_every_schema_still_renders(schema):
    plan = readable(SCHEMAS[schema], schema=schema, allies={7}) | {"number": 3}
    told = words_of(render_to_string("consults/plan/_sheet.html", {"plan": plan}))
    for words in (
        "Graham’s plan",
        "16 minutes",
        "trigger-happy",
        "damage meter",
        "walks three holes",
        "111",
    ):
        assert words in told
    assert ("2 minutes more" in told) == (schema > 1)
    assert ("Pain is like an alarm." in told) == ("How sure are we?" in told) == (schema > 2)
    assert ("Next visit: Monday 17 March 2025 , then on 14 April 2025" in told) == (schema == 3)
    assert ("Next visit: Monday 17 March 2025 at 14:30 , then on 14 April 2025" in told) == (schema > 3)
    assert ("then on 14 April 2025 in the afternoon" in told) == (schema > 4)
    assert "None" not in told


def test_schema_2_tells_the_increase_and_the_picture():
    plan = readable(SCHEMAS[2], schema=2)
    assert plan["steps"][0]["more"] == "2 minutes"
    assert plan["picture"]["words"].startswith("A smoke alarm by the toaster")
    assert plan["picture"]["drawing"] == library.picture("alarm_toaster")


def test_a_picture_that_is_no_longer_taught_leaves_its_words(monkeypatch):
    monkeypatch.setattr(library, "pictures", lambda: ())
    told = render_to_string("consults/plan/_sheet.html", {"plan": readable(SCHEMAS[2], schema=2)})
    assert "A smoke alarm by the toaster" in told
    assert "<figure" not in told


@pytest.mark.parametrize("schema", SCHEMAS)
def test_somebody_who_took_their_consent_back_is_on_no_page(schema):
    assert readable(SCHEMAS[schema], schema=schema, allies=set())["allies"] == []


def test_what_is_published_today_has_the_shape_of_the_newest_fixture(visit, therapist):
    make_activity(visit, visit_row={"increment": 2})
    make_goal(visit)
    make_flare_plan(visit)
    add_ally(visit, "Dave", consent="yes", will_stop="carrying the bag")
    book(visit, date(2025, 3, 17))
    give(visit, resource_id="tame_the_beast")
    version = publish(explain(visit, metaphor_own="A car alarm in the wind"))
    own = shapes(version.content)
    content = publish(explain(visit, metaphor_own="")).content
    assert version.schema == max(SCHEMAS)
    assert content.keys() == SCHEMAS[version.schema].keys()
    assert shapes(content) | own == shapes(SCHEMAS[version.schema])


def shapes(content):
    return {(line["section"], line.get("part")): line.keys() for line in content["lines"]}


# --- rows and pages -------------------------------------------------------------------------------


def change(visit, **columns):
    type(visit).objects.filter(pk=visit.pk).update(**columns or {"kind": visit.kind})
    return type(visit).objects.select_related("client", "clinic").get(pk=visit.pk)


def finish(visit):
    return change(visit, completed_at=timezone.now(), completed_by=visit.therapist)


def find(visit, flag, level, **columns):
    return SafetyFinding.objects.create(
        clinic=visit.clinic,
        client=visit.client,
        consultation=visit,
        flag=flag,
        level_found=level,
        level_now=level,
        asked_by=visit.therapist,
        found_at=timezone.now(),
        **columns,
    )


def book(visit, due, **columns):
    return Review.objects.create(
        clinic=visit.clinic, client=visit.client, booked_in=visit, due=due, **columns
    )


def add_ally(visit, name, **columns):
    return Ally.objects.create(clinic=visit.clinic, client=visit.client, heard_in=visit, name=name, **columns)


def give(visit, **columns):
    return ResourceGiven.objects.create(
        clinic=visit.clinic, client=visit.client, consultation=visit, **columns
    )


def page(browser, visit):
    return browser.get(preview_of(visit)).content.decode()


def phone(reply):
    """What the frame shows: the client's page, without the list beside it."""
    return reply.content.decode().partition('id="phone"')[2]


def frame(browser, visit):
    return phone(browser.get(preview_of(visit)))


def opened(secret):
    from django.test import Client

    reply = Client().post(reverse("plan_door"), {"secret": secret}, follow=True)
    assert reply.status_code == 200
    return reply.content.decode()


def test_the_clinic_of_a_visit_is_where_its_contacts_come_from(therapist):
    clinic = factories.make_clinic(clinic_contact="01632 960 777", opening_hours="Weekdays, 9 to 5")
    other = factories.make_therapist(clinic)
    visit = make_visit(make_client(other), other)
    assert plan_content(visit)["clinic"] == {
        "name": clinic.name,
        "contact": "01632 960 777",
        "opening_hours": "Weekdays, 9 to 5",
    }


def in_a_thread(act):
    """Run it and give this thread's connection back, so that the next flush finds no open one."""
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_plans_published_at_the_same_moment_get_numbers_of_their_own(visit):
    with_plan(visit)
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(in_a_thread, lambda: publish(visit).number) for _ in range(4)]
    assert sorted(each.result() for each in done) == [1, 2, 3, 4]
