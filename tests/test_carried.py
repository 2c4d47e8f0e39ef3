"""What a later visit does not ask anew stays as it was said last."""

from datetime import date

import pytest

from consults.actions import consultations as actions
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
    activity = second.client.activities.get()
    visits.save(second, "activities", {"activity": str(activity.pk)}, by=therapist)
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
    visits.save(second, "beliefs", {"belief": str(belief.pk)}, by=therapist)
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
