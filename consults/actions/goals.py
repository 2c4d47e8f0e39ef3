"""Goals after their visit: the levels are finished and locked before work starts."""

from django.db import transaction
from django.utils import timezone

from consults import rules
from consults.models import Consultation, Goal
from painconsult.audit.chain import record
from painconsult.errors import Conflict, Refused


@transaction.atomic
def finish_levels(goal, texts, *, base, lock, by):
    """Write the levels of a goal whose visit is completed, and lock them if asked to.

    `texts` maps level fields to words, `base` is the number the page was drawn with. Pressed twice it is
    one effect. Raises Conflict when somebody saved in between, Refused when nothing may change any more.
    """
    # The client's visits first, as every save does: a step 7 that rates or replaces this goal comes before or after.
    list(Consultation.objects.filter(client=goal.client_id).select_for_update(no_key=True).order_by("pk"))
    goal = Goal.objects.select_for_update(no_key=True).get(pk=goal.pk)
    same = all(getattr(goal, name) == text for name, text in texts.items())
    if goal.levels_number == base + 1 and same and lock == (goal.levels_locked_at is not None):
        return goal
    if reasons := rules.reasons_not_to_finish(goal):
        raise Refused(" ".join(reasons))
    if goal.levels_number != base:
        raise Conflict
    for name, text in texts.items():
        setattr(goal, name, text)
    goal.levels_number += 1
    goal.levels_locked_at = timezone.now() if lock else None
    goal.save(update_fields=[*texts, "levels_number", "levels_locked_at"])
    done = "locked" if lock else "drafted"
    record("levels", clinic=goal.clinic_id, by=by, on=goal, client=goal.client_id, detail=done)
    return goal
