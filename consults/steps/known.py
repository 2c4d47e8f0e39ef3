"""What of the client is known at a visit: the lasting things heard up to it, each read once a page.

A visit that is entered late does not know what was heard after it.
"""

from django.db.models import Exists, FilteredRelation, OuterRef, Prefetch, Q, prefetch_related_objects

from consults.models import Activity, Ally, Belief, Goal


def until_now(rows, consultation):
    """Of these lasting things, those heard by this visit."""
    return rows.filter(heard_in__number__lte=consultation.number)


def read_once(consultation, name, rows):
    """The client's things of this name; `rows()` says which, and is asked only where they are not read yet."""
    client = consultation.client
    if name not in getattr(client, "_prefetched_objects_cache", {}):
        prefetch_related_objects([client], Prefetch(name, until_now(rows(), consultation)))
    return getattr(client, name).all()


def with_today(rows, asked_anew, consultation):
    """These rows, each with what this visit asked of it as `today`; see today_of."""
    today = FilteredRelation(asked_anew, condition=Q(**{f"{asked_anew}__consultation": consultation.pk}))
    return rows.annotate(today=today).select_related("today")


def today_of(row):
    """What this visit asked of a goal, an activity or a belief; None when it asked nothing."""
    return getattr(row, "today", None)  # Django sets it where there is one


def teach_back(consultation):
    """What they said back in step 2, in one line, for the steps that offer it again; "" before they did."""
    return " ".join(consultation.teach_back_client_words.split())


def known_beliefs(consultation):
    """The client's beliefs, oldest first, each with this visit's rating as `today`."""

    def beliefs():
        return with_today(Belief.objects.all(), "ratings", consultation)

    return read_once(consultation, "beliefs", beliefs)


def known_activities(consultation):
    """The client's activities, oldest first, each with what this visit asked of it as `today`."""

    def activities():
        return with_today(Activity.objects.all(), "visits", consultation)

    return read_once(consultation, "activities", activities)


def known_goals(consultation):
    """Goals that were not over before this visit, oldest first, each with what this visit asked of it as `today`."""

    def goals():
        known = Goal.objects.current(before=consultation.number)
        newer = Goal.objects.filter(replaces=OuterRef("pk"))
        return with_today(known.annotate(is_replaced=Exists(newer)), "ratings", consultation)

    return read_once(consultation, "goals", goals)


def known_allies(consultation):
    """The people named so far, in that order."""
    return read_once(consultation, "allies", Ally.objects.all)


def belief_options(consultation):
    return {str(belief.pk): belief.statement for belief in known_beliefs(consultation)}


def activity_options(consultation):
    return {str(activity.pk): activity.activity for activity in known_activities(consultation)}


def goal_options(consultation):
    return {str(goal.pk): goal.title for goal in known_goals(consultation)}


def rated_today(consultation):
    """Beliefs that were asked about at this visit, in the order they were heard."""
    return [belief for belief in known_beliefs(consultation) if today_of(belief)]


def in_focus(consultation):
    """The beliefs worked on at this visit."""
    asked = rated_today(consultation)
    focus = worked_on([belief.today for belief in asked])
    return [belief for belief in asked if belief.today in focus]


def worked_on(ratings):
    """Those in focus, or the only one there is."""
    return [rating for rating in ratings if rating.focus] or (ratings if len(ratings) == 1 else [])
