"""What a visit holds, as one record: its own rows, and the lasting ones with what was asked of them then."""

from consults.models.beliefs import AlternativeRating
from consults.models.goals import GoalRating
from consults.models.question import Question


def lists(visit):
    """What a visit holds: its own rows, and the lasting ones heard up to it."""
    client, mine = visit.client, {"consultation": visit}
    until_now = {"heard_in__number__lte": visit.number}
    return {
        "cards": visit.cards.all(),
        "beliefs": client.beliefs.filter(**until_now),
        "belief_ratings": visit.belief_ratings.all(),
        "alternatives": client.alternatives.filter(**until_now),
        "alternative_ratings": AlternativeRating.objects.filter(**mine),
        "experiments": visit.experiments.all(),
        "activities": client.activities.filter(**until_now),
        "activity_visits": visit.activity_visits.all(),
        "resources": visit.resources.all(),
        "allies": client.allies.filter(**until_now),
        "goals": client.goals.filter(**until_now).current(before=visit.number),
        "goal_ratings": GoalRating.objects.filter(**mine),
        "reviews": visit.reviews.all(),
        "flare_plans": client.flare_plans.filter(**mine),
        "addenda": visit.addenda.all(),
    }


RECORD = Question(lists)


def gathered(visit):
    """What the visit holds. What was asked anew of a lasting thing is its `today`; None: nothing was."""
    kept = RECORD.ask(visit)
    for things, ratings, of in (
        (kept.beliefs, kept.belief_ratings, "belief_id"),
        (kept.alternatives, kept.alternative_ratings, "alternative_id"),
        (kept.activities, kept.activity_visits, "activity_id"),
        (kept.goals, kept.goal_ratings, "goal_id"),
    ):
        todays = {getattr(rating, of): rating for rating in ratings}
        for thing in things:
            thing.today = todays.get(thing.pk)
    kept.findings = [each for each in visit.client.findings.all() if each.consultation_id == visit.pk]
    return kept
