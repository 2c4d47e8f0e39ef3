"""Start, save, complete: what changes in a consultation, and who did it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from consults import rules
from consults.actions.drafts import forget_what_may_not_be_kept, told_as_unsaved, unsaved
from consults.models import SLUGS, Addendum, Consultation, Draft, Step, StepEntry
from consults.steps import BY_SLUG
from consults.steps.asks import Asks
from consults.steps.findings import HOME, reason_against_day
from consults.steps.step import StepForm
from painconsult.audit.chain import record
from painconsult.errors import Conflict, Refused

LATE, EARLY = timedelta(days=14), timedelta(days=7)  # own rule: how far a visit may be from its review's date


@dataclass(frozen=True)
class Receipt:
    """What the server knows to be stored."""

    slug: str
    number: int
    saved_at: datetime


@transaction.atomic
def start_consultation(client, *, by, held_on, kind=None):
    """Open a visit. A client has at most one open at a time; an open one is returned as it is.

    Visits are numbered in the order in which they were held: one that is entered late takes its place.
    """
    # Visits first, then their client, as every save does: else two of them could wait for each other.
    list(client.consultations.select_for_update(no_key=True).order_by("pk"))
    client = type(client).objects.select_for_update(no_key=True).get(pk=client.pk)
    existing = client.consultations.filter(completed_at=None).first()
    if existing:
        return existing
    before = client.consultations.filter(held_on__lte=held_on).order_by("-number").first()
    number = before.number + 1 if before else 1
    _move_up(client, number)
    consultation = Consultation.objects.create(
        clinic_id=client.clinic_id,
        client=client,
        therapist=by,
        kind=kind or ("review" if before else "first"),
        number=number,
        held_on=held_on,
        scope=by.scope.snapshot() if by.scope else {},
        consent_to_record=client.consent_to_record if before else "",
    )
    Step.objects.bulk_create(
        Step(clinic_id=client.clinic_id, consultation=consultation, slug=slug) for slug in SLUGS
    )
    _settle_reviews(client, held_on, number)
    type(client).objects.filter(pk=client.pk).update(without_date_since=None)
    record("started", clinic=client.clinic_id, by=by, on=consultation, client=client)
    return consultation


def _move_up(client, number):
    """Make room for a visit of this number, the last one first: no two may share a number. What was the first
    is a review from then on."""
    for visit in client.consultations.filter(number__gte=number).order_by("-number"):
        kind = "review" if visit.kind == "first" else visit.kind
        Consultation.objects.filter(pk=visit.pk).update(number=visit.number + 1, kind=kind)


def _settle_reviews(client, held_on, number):
    """A visit is the review that was due about now; one that lies longer back was missed, and stays visible.
    Only dates booked before it: a visit that is entered late says nothing about what came after."""
    booked = client.reviews.filter(booked_in__number__lt=number)
    booked.filter(status="due", due__lt=held_on - LATE).update(status="missed")
    about_now = booked.filter(due__range=(held_on - LATE, held_on + EARLY))
    about_now.filter(status__in=("due", "missed")).update(status="done")


@transaction.atomic
def save_step(consultation, step, document, *, base, key, by):
    """Write one step's answers and rows, once, if nobody saved it since it was shown.

    `document` is a valid Document, `base` the step's number when it was rendered, `key` the form's
    UUID. Returns a Receipt; the same key with the same content returns the same one. Raises
    Conflict when the step moved on or the key was used for other content, Refused when the
    consultation is completed or the step may not be saved yet.
    """
    now = timezone.now()
    _lock_open(consultation)
    answers = document.answers()
    digest = _digest(consultation, step, answers)
    common = {name: answers["answers"][name] for name in StepForm.COMMON if name in answers["answers"]}
    # The state follows from what is saved (see _restate); the old one may not fit a new reason.
    if reasons := rules.reasons_to_wait(consultation, step):
        raise Refused(" ".join(reasons))
    moved = consultation.steps.filter(slug=step.slug, number=base).update(
        number=base + 1, saved_by=by, saved_at=now, state="not_started", missing=[], **common
    )
    if not moved:
        return _receipt_of(key, digest, by)
    # Nobody else wrote this step's rows since `base`, so what the document read is still true.
    _write(consultation, step, document, by)
    _append(
        StepEntry(
            clinic_id=consultation.clinic_id,
            consultation=consultation,
            slug=step.slug,
            number=base + 1,
            key=key,
            digest=digest,
            answers=answers,
            saved_by=by,
            saved_at=now,
        )
    )
    _forget_what_was_read(consultation)
    _restate(consultation, step, common.get("not_appropriate_reason", ""))
    Draft.objects.filter(key=key).delete()
    if answers["answers"].get("consent_to_record") == "no":
        forget_what_may_not_be_kept(consultation)
    record(
        "saved",
        clinic=consultation.clinic_id,
        by=by,
        on=consultation,
        client=consultation.client_id,
        detail=step.slug,
    )
    return Receipt(step.slug, base + 1, now)


def _receipt_of(key, digest, by):
    """The step moved on. Was it this very save, sent again? Then its receipt; anything else is a conflict."""
    entry = StepEntry.objects.filter(key=key, digest=digest, saved_by=by).first()
    if entry is None:
        raise Conflict
    return Receipt(entry.slug, entry.number, entry.saved_at)


def _append(entry):
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:  # the key was used for another save
        raise Conflict from None


def _lock_open(consultation):
    """Take the consultation's row for this transaction, and read its columns anew; refuse a completed one."""
    still_open = Consultation.objects.select_for_update(no_key=True).filter(completed_at=None)
    columns = [field.name for field in Consultation._meta.concrete_fields if not field.is_relation]
    try:
        consultation.refresh_from_db(fields=columns, from_queryset=still_open)
    except Consultation.DoesNotExist:
        raise Refused(
            "This consultation is completed, so it is not changed any more. Add an addendum on its review page."
        ) from None


def _write(consultation, step, document, by):
    """The columns of this step and no others, then its rows."""
    answers = document.form.cleaned_data
    columns = {field.name for field in Consultation._meta.concrete_fields} & set(answers)
    columns = {name for name in columns if getattr(consultation, name) != answers[name]}
    for name in columns:
        setattr(consultation, name, answers[name])
    if step.before:
        columns |= set(step.before(consultation, document, by) or ())
    if columns:
        consultation.save(update_fields=sorted(columns))
    saved = {}
    for rows, gone, told in document.by_kind():
        for row_id in gone:
            rows.remove(consultation, row_id)
        stored = [(None if row_id.startswith("new") else row_id, answers) for row_id, answers in told]
        written = rows.save_all(consultation, stored, by)
        saved |= {(rows.name, row_id): row for (row_id, _), row in zip(told, written, strict=True)}
    if step.after:
        step.after(consultation, document, saved, by)


def _forget_what_was_read(consultation):
    """Rows that were read for the document are old now: whoever asks this visit again reads anew."""
    for row in (consultation, consultation.client):
        getattr(row, "_prefetched_objects_cache", {}).clear()


def _restate(consultation, step, reason):
    """Store where this step stands now, and those that read what it holds and were saved before. Their own
    numbers stay; a step that nobody saved yet is not started, whatever another one says."""
    reasons = {step.slug: reason}
    if step.restates:
        others = consultation.steps.filter(slug__in=step.restates, number__gt=0)
        reasons |= dict(others.values_list("slug", "not_appropriate_reason"))
    for slug, why_not in reasons.items():
        asked = Asks([]) if why_not else BY_SLUG[slug].asks(consultation)
        state, missing = ("not_appropriate", []) if why_not else asked.stand
        consultation.steps.filter(slug=slug).update(state=state, missing=missing, afterwards=asked.to_finish)


def _digest(consultation, step, answers):
    told = json.dumps([str(consultation.pk), step.slug, answers], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


@transaction.atomic
def complete(consultation, *, by, seen):
    """Close the consultation as it was shown; refuse if something was saved since."""
    _lock_open(consultation)
    if version_of(consultation) != seen:
        raise Refused("Something was saved after you opened this page. Read it again, then complete.")
    if reasons := [
        *rules.reasons_not_to_complete(consultation),
        *told_as_unsaved(unsaved(consultation).filter(user=by), consultation.scope),
    ]:
        raise Refused(" ".join(reasons))
    consultation.completed_at, consultation.completed_by = timezone.now(), by
    consultation.save(update_fields=["completed_at", "completed_by"])
    _note_next_date(consultation.client)
    record("completed", clinic=consultation.clinic_id, by=by, on=consultation, client=consultation.client_id)


def _note_next_date(client):
    """Keep since when nobody has a next date with this client. After a closing visit none is needed."""
    last = client.consultations.order_by("-number").first()
    without = last.kind != "closing" and not client.reviews.filter(status="due").exists()
    type(client).objects.filter(pk=client.pk).update(without_date_since=last.held_on if without else None)


def version_of(consultation):
    """The number of saves so far: what somebody has read is named by it. A page tells the one it was read with."""
    return str(sum(consultation.steps.values_list("number", flat=True)))


@transaction.atomic
def add_addendum(consultation, *, words, reason, by):
    """Append to a completed consultation, with who, when and why."""
    # The visit before the audit's head, as every write does: a late entry that moves its number waits here.
    consultation = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    if not consultation.is_completed:
        raise Refused("This consultation is still open: change the step itself.")
    addendum = Addendum.objects.create(
        clinic_id=consultation.clinic_id,
        consultation=consultation,
        words=words,
        reason=reason,
        written_by=by,
        written_at=timezone.now(),
    )
    record("addendum", clinic=consultation.clinic_id, by=by, on=consultation, client=consultation.client_id)
    return addendum


@transaction.atomic
def clear_finding(finding, *, cleared_on, cleared_by, words, by):
    """Close a finding after its visit. The outcome of an open visit is signed anew on its own page; the private
    note about home has no place there and is taken back here, at any time."""
    if finding.flag != HOME and not finding.consultation.is_completed:
        raise Refused("This visit is still open. Record the clearance in its safety check.")
    if why := reason_against_day(cleared_on, finding.consultation.held_on):
        raise Refused(why)
    closed = (
        type(finding)
        .objects.filter(pk=finding.pk, cleared_on=None)
        .update(cleared_on=cleared_on, cleared_by=cleared_by, cleared_words=words)
    )
    if not closed:
        raise Refused("This is already closed.")
    if finding.flag == HOME and not finding.client.findings.filter(flag=HOME, cleared_on=None).exists():
        type(finding.client).objects.filter(pk=finding.client_id).update(home_may_be_unsafe=False)
    record(
        "cleared", clinic=finding.clinic_id, by=by, on=finding, client=finding.client_id, detail=finding.flag
    )
