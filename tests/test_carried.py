"""What a later visit does not ask anew stays as it was said last."""

import re
from datetime import date

import pytest

from consults.actions import consultations as actions
from consults.actions.plan_content import plan_content
from consults.models import ActivityVisit, BeliefRating
from tests import visits


@pytest.fixture
def second(therapist):
    """A second visit of a client whose first one has a plan."""
    client = visits.make_client(therapist)
    first = visits.make_visit(client, therapist)
    for slug in ("acknowledge", "safety", "explain", "beliefs", "reframe", "activities"):
        visits.save(first, slug, by=therapist)
    actions.complete(first, by=therapist, seen=actions.version_of(first))
    visit = actions.start_consultation(client, by=therapist, held_on=date(2026, 3, 17))
    visits.open_gate(visit)
    return visit


def test_an_activity_that_is_not_asked_about_again_stays_in_the_plan(second, therapist):
    told = visits.as_shown(second, "activities")
    activity = second.client.activities.get()
    assert told["activity"] == [str(activity.pk)]
    visits.save(second, "activities", told, by=therapist)
    assert ActivityVisit.objects.filter(activity=activity).count() == 1
    assert ActivityVisit.objects.get(activity=activity).in_plan is True


def test_an_activity_that_is_rated_again_has_a_row_for_each_visit(second, therapist):
    activity = second.client.activities.get()
    posted = {
        "activity": str(activity.pk),
        f"activity-{activity.pk}-activity": activity.activity,
        f"activity-{activity.pk}-activity_rating": "4",
    }
    visits.save(second, "activities", posted, by=therapist)
    ratings = ActivityVisit.objects.filter(activity=activity).order_by("id")
    assert [row.activity_rating for row in ratings] == [2, 4]


def test_a_belief_that_is_not_rated_again_has_no_empty_rating(second, therapist):
    belief = second.client.beliefs.get()
    words = {f"belief-{belief.pk}-statement": belief.statement}
    visits.save(second, "beliefs", {"belief": str(belief.pk)} | words, by=therapist)
    assert BeliefRating.objects.filter(belief=belief).count() == 1


@pytest.mark.parametrize(
    ("slug", "kind", "main", "rating", "asked"),
    [
        ("activities", "activity", "activity", "activity_rating", "activity_visits"),
        ("beliefs", "belief", "statement", "conviction", "belief_ratings"),
    ],
)
def test_nought_is_an_answer(second, therapist, slug, kind, main, rating, asked):
    """They cannot do it at all, or do not believe it any more: that is what has changed."""
    row = getattr(second.client, slug).get()
    told = {f"{kind}-{row.pk}-{main}": getattr(row, main), f"{kind}-{row.pk}-{rating}": "0"}
    visits.save(second, slug, {kind: str(row.pk)} | told, by=therapist)
    assert getattr(getattr(second, asked).get(), rating) == 0


def test_a_new_row_of_which_only_a_nought_is_told_asks_what_it_is(second):
    told = {"activity": "new1", "activity-new1-importance": "0"}
    assert "new1: activity" in visits.faults_of(second, "activities", told)


# --- What was agreed about an activity --------------------------------------------------------


def rated_again(second, **told):
    """The step as its page shows it, with these answers about the one activity."""
    row = f"activity-{second.client.activities.get().pk}"
    return visits.as_shown(second, "activities") | {f"{row}-{name}": value for name, value in told.items()}


def test_what_was_agreed_holds_when_the_activity_is_only_rated_again(second, therapist):
    """It was dropped from the plan without a word: the tick and the amounts were asked anew, from nothing."""
    before = plan_content(second)
    visits.save(second, "activities", rated_again(second, activity_rating="4", confidence="8"), by=therapist)
    now = second.activity_visits.get()
    assert (now.in_plan, now.start_amount, now.unit, now.frequency_per_week) == (True, 16, "minutes", 3)
    assert now.if_cue == "Coffee is finished"
    assert plan_content(visits.change(second))["lines"] == before["lines"]


def test_tries_and_ratings_are_never_carried(second, therapist):
    """What was measured and what they answered belongs to its visit."""
    visits.save(second, "activities", rated_again(second, activity_rating="4"), by=therapist)
    now = second.activity_visits.get()
    assert (now.activity_rating, now.importance, now.willingness, now.confidence) == (4, None, None, None)
    assert (now.trials, now.guess, now.now_words) == ([], None, "")


@pytest.mark.parametrize("told", [{"in_plan": []}, {"start_amount": "18"}, {"if_cue": ""}])
def test_a_change_of_what_was_agreed_is_this_visits_word(second, therapist, told):
    visits.save(second, "activities", rated_again(second, **told), by=therapist)
    now = second.activity_visits.get()
    assert (now.in_plan, now.start_amount, now.if_cue) == (
        "in_plan" not in told,
        18 if "start_amount" in told else 16,
        "" if "if_cue" in told else "Coffee is finished",
    )


def test_last_times_answers_stand_beside_todays_and_the_agreement_says_its_day(second, as_therapist):
    page = as_therapist.get(visits.url(second, "activities"))
    assert "As agreed on 3 March 2025" in visits.words(page)
    row = f"activity-{second.client.activities.get().pk}"
    html = page.content.decode()
    was = re.findall(rf'<label class=.?was.?><input[^>]*name="{row}-(\w+)"[^>]*value="(\d+)"', html)
    assert dict(was) == {"activity_rating": "2", "importance": "9", "willingness": "4", "confidence": "8"}
    assert not re.search(rf'name="{row}-activity_rating"[^>]*checked', html)
