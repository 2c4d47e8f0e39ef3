"""What the ratings of a belief say: how much room there is, and which number was said when."""

from consults import scoring
from consults.models import BeliefRating
from consults.steps import cards

RATINGS = ("flex_mistaken", "flex_alternatives", "flex_contradiction")
FIVE = ("conviction", *RATINGS, "impact")
NOTHING_BEFORE = dict.fromkeys(("on", "room", "words", *FIVE))


def room(rating):
    """The flexibility index of a rated belief and its words, or (None, '')."""
    index = scoring.flexibility(rating.flex_mistaken, rating.flex_alternatives, rating.flex_contradiction)
    return (index, scoring.flexibility_words(index)) if index is not None else (None, "")


def room_of(sheet):
    """The same from what is on a page."""
    values = [
        int(text) if (text := sheet.text(name)) in sheet.fields[name].values else None for name in RATINGS
    ]
    index = scoring.flexibility(*values)
    return (scoring.shown(index), scoring.flexibility_words(index)) if index is not None else ("", "")


def is_rated(rating):
    """Whether the run of five is there: conviction, two of three, impact."""
    return (
        rating.conviction is not None
        and rating.impact is not None
        and sum(getattr(rating, name) is not None for name in RATINGS) >= 2
    )


def rated_before(consultation):
    """{belief id: its newest rating from an earlier visit}."""
    if consultation.is_first:
        return {}
    earlier = BeliefRating.objects.filter(consultation__number__lt=consultation.number)
    earlier = earlier.filter(belief__client=consultation.client_id).select_related("consultation")
    return {str(rating.belief_id): rating for rating in earlier.order_by("consultation__number")}


def first_rated(rating):
    """(conviction, context) as it was first saved at this visit, or (None, "")."""
    if rating is None:
        return None, ""
    if rating.first_conviction is not None:
        return rating.first_conviction, rating.first_context
    return rating.conviction, rating.context


def earlier(consultation, statement, first):
    """(conviction, when) of what was answered earlier in this visit, or (None, ""): how true the same words felt in
    step 1, by themselves or with another idea, else what was saved here first."""
    then = cards.said_in_step_1(consultation, statement)
    if then is not None:
        return then, "in step 1"
    then = consultation.explanation_conviction
    if then is not None and statement in cards.ideas_in(consultation.client_explanation):
        return then, "for all of it in step 1"
    return first, "at first" if first is not None else ""


def in_step_4(rating):
    """(conviction, how it stands beside the one of step 3) of what step 4 asked; (None, "") where it did not."""
    if rating is None or rating.conviction_again is None:
        return None, ""
    return rating.conviction_again, "earlier in step 4" if rating.context == "again" else "then in step 4"


def last_time(sheet, rating):
    """Last time's answers, each None where there is none. The page shows each only once the new one is given (the
    style sheet's `.was`)."""
    if rating is None or rating.last_conviction is None:
        return NOTHING_BEFORE
    index, words = room(rating) if room_of(sheet)[0] else (None, "")
    return {
        "on": rating.consultation.held_on,
        "room": scoring.shown(index) if index is not None else "",
        "words": words,
        **{name: getattr(rating, name) for name in FIVE},
        "conviction": rating.last_conviction,
    }
