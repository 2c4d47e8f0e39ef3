"""What is being typed: kept, found again, thrown away, and named while it is not saved."""

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone

from consults import rules
from consults.models import Consultation, Draft, StepEntry
from consults.steps import BY_SLUG
from painconsult.errors import Conflict, Refused


@transaction.atomic
def keep_draft(consultation, step, *, key, base, body, by):
    """Keep what is being typed. Refused once its key is saved: that text is in the record."""
    # As every save does: what is kept here comes before a save, a no or the completion, which see it, or after.
    visit = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    if StepEntry.objects.filter(key=key).exists():
        raise Conflict
    if visit.is_completed:
        raise Refused("This consultation is completed; what you typed cannot be kept here.")
    if step.needs_record and visit.consent_to_record == "no":
        raise Refused(" ".join(rules.reasons_to_wait(visit, step)), status=403)
    now = timezone.now()
    mine = {"key": key, "consultation": consultation, "slug": step.slug, "user": by}
    told = {"base": base, "body": _without_notes(body, step, visit), "saved_at": now}
    if not Draft.objects.filter(**mine).update(**told):
        try:
            with transaction.atomic():
                Draft.objects.create(**mine, **told, clinic_id=consultation.clinic_id)
        except IntegrityError:  # the key of somebody else's page
            raise Conflict from None
    return now


def drafts_of(consultation, *, by):
    """{slug: the newest thing this person was typing there and has not saved}. A save takes its draft away."""
    mine = Draft.objects.filter(consultation=consultation, user=by)
    return {draft.slug: draft for draft in mine.order_by("saved_at")}


def draft_of(consultation, step, *, by):
    """What this person was typing in one step and has not saved, or None."""
    return drafts_of(consultation, by=by).get(step.slug)


def move_draft(consultation, step, *, key, to, base, by):
    """What was typed on an old page goes on under a new key and base: it is shown beside what is stored now."""
    mine = Draft.objects.filter(key=key, consultation=consultation, slug=step.slug, user=by)
    mine.update(key=to, base=base)


def discard_drafts(consultation, step, *, by):
    """Throw away what this person was typing in this step."""
    Draft.objects.filter(consultation=consultation, slug=step.slug, user=by).delete()


def unsaved(consultation):
    """What anybody typed here and neither saved nor threw away: a completed visit could not take it."""
    drafts = Draft.objects.filter(consultation=consultation)
    return drafts.select_related("user").defer("body").order_by("saved_at")


def told_as_unsaved(drafts, scope):
    return [
        f"{rules.step_guide(scope, draft.slug).title}: the draft kept at "
        f"{timezone.localtime(draft.saved_at):%H:%M} is not saved in the record yet."
        for draft in drafts
    ]


def forget_what_may_not_be_kept(consultation):
    """After a no to a record, words of the story that nobody saved go, whoever typed them. So do the notes in
    what else was being typed."""
    drafts = Draft.objects.filter(consultation=consultation)
    story = ["acknowledge", *(slug for slug, step in BY_SLUG.items() if step.needs_record)]
    drafts.filter(slug__in=story).delete()
    for draft in drafts:
        kept = _without_notes(draft.body, BY_SLUG[draft.slug], consultation)
        drafts.filter(pk=draft.pk).update(body=kept)


def _without_notes(body, step, consultation):
    """What is being typed, without what may not be kept after a no to a record."""
    left_out = step.form.left_out(consultation)
    if not left_out:
        return body
    kept = QueryDict(body, mutable=True)
    for name in left_out:
        kept.pop(name, None)
    return kept.urlencode()
