"""What earlier steps left for later ones to name: beliefs, activities, and those worked on today."""

from django.db.models import prefetch_related_objects

from consults.steps.beliefs import rated_today


def belief_options(consultation):
    prefetch_related_objects([consultation], "client__beliefs")
    return {str(belief.pk): belief.statement for belief in consultation.client.beliefs.all()}


def activity_options(consultation):
    prefetch_related_objects([consultation], "client__activities")
    return {str(activity.pk): activity.activity for activity in consultation.client.activities.all()}


def in_focus(consultation):
    """Ratings of the beliefs worked on at this visit."""
    return worked_on(rated_today(consultation))


def worked_on(ratings):
    """Those in focus, or the only one there is."""
    return [rating for rating in ratings if rating.focus] or (ratings if len(ratings) == 1 else [])
