"""What earlier steps left for later ones to name: beliefs, activities, and those worked on today."""


def belief_options(consultation):
    return {str(belief.pk): belief.statement for belief in consultation.client.beliefs.all()}


def activity_options(consultation):
    return {str(activity.pk): activity.activity for activity in consultation.client.activities.all()}


def in_focus(consultation):
    """Ratings of the beliefs worked on at this visit: those in focus, or the only one there is."""
    ratings = list(consultation.belief_ratings.select_related("belief").order_by("belief_id"))
    focus = [rating for rating in ratings if rating.focus]
    return focus or (ratings if len(ratings) == 1 else [])
