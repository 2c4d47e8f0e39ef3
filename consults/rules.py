"""What must hold. Each rule takes rows and returns reasons in words; no reason means yes."""

from dataclasses import replace

from django.db.models import Q

from consults.steps import BY_SLUG, SEVEN
from consults.steps.experiments import reasons_against_movement
from education import library

GATE_OPEN = ("clear_to_proceed", "proceed_with_follow_up")
KEPT_ANYWAY = [step.slug for step in SEVEN if step.needs_gate and not step.needs_record]  # after a no


def gate_is_open(consultation):
    return consultation.outcome in GATE_OPEN


def reasons_to_wait(consultation, step):
    """Why a step cannot be opened or saved yet (guide E.2; consent is the first line of step 1)."""
    if step.needs_gate and not gate_is_open(consultation):
        if consultation.is_paused:
            return ["The safety check ended in a pause. This opens when a clearance is recorded."]
        return ["This opens after the safety check."]
    if step.needs_record and consultation.consent_to_record != "yes":
        if consultation.consent_to_record == "no":
            return ["They said no to a record, so only the safety check and the plan are kept."]
        return ["Ask for consent to keep a record first: it is the first line of step 1."]
    return []


def reasons_against_hands_on(consultation):
    """Why hands-on work may not begin now: scope, the gate, consent to touch, a sign not asked about."""
    if not consultation.does_hands_on:
        return ["Hands-on work is not part of this consultation’s scope."]
    reasons = []
    if not gate_is_open(consultation):
        reasons.append("The safety check has not ended with a go-ahead.")
    if consultation.consent_to_touch != "yes":
        reasons.append("They have not said yes to touch today (safety check).")
    return reasons + reasons_against_movement(consultation)


def reasons_not_to_complete(consultation):
    """Why a consultation cannot be completed. Thin steps are no reason: they are carried on."""
    reasons = []
    if not consultation.outcome:
        reasons.append("The safety check has no outcome yet.")
    if not consultation.consent_to_record:
        reasons.append("Nobody has been asked for consent to keep a record (step 1).")
    return reasons


def thin_steps(consultation):
    """(step, its row) for each of the seven that is not yet enough for today. After a no to a record, what
    may not be kept is not thin."""
    rows = {row.slug: row for row in consultation.steps.all()}
    kept = [step for step in SEVEN if consultation.consent_to_record != "no" or step.slug in KEPT_ANYWAY]
    return [(step, rows[step.slug]) for step in kept if rows[step.slug].is_thin]


def may_be_kept():
    """The same rule, of rows of steps that are asked of the database."""
    return ~Q(consultation__consent_to_record="no") | Q(slug__in=KEPT_ANYWAY)


def reasons_not_to_publish(consultation, lines):
    """Why a plan with these lines cannot be published from this consultation."""
    if not gate_is_open(consultation):
        return reasons_to_wait(consultation, BY_SLUG["timescale"])
    reasons = []
    if not has_a_step(lines):
        reasons.append("There is no activity and no goal yet: a plan needs one small step.")
    clinic = consultation.clinic
    if not (clinic.emergency_contact and clinic.crisis_contact and clinic.clinic_contact):
        reasons.append(
            "The clinic has no emergency, crisis or clinic contact, and these are printed on every plan."
        )
    return reasons


def reasons_not_to_finish(goal):
    """Why the levels of a goal cannot be finished after its visit: before work on it starts, and once (guide B.3)."""
    if not goal.heard_in.is_completed:
        return ["The visit it was agreed at is still open: finish the levels in its step 7."]
    if goal.levels_locked_at:
        return ["The levels are locked. A change is a new version of the goal, agreed at a visit."]
    if not type(goal).objects.current().filter(pk=goal.pk).exists():
        return ["This goal was changed, reached or let go, so its levels stay as they are."]
    if goal.ratings.exclude(consultation=goal.heard_in_id).exclude(level=None).exists():
        return ["Work on this goal has begun, so its levels stay. Agree a new version of it at a visit."]
    if not goal.level_0:
        return [
            "What is likely by then was not agreed with them. Change the goal together at the next visit."
        ]
    return []


def has_a_step(lines):
    return any(line["section"] in ("step", "goals") for line in lines)


def reasons_against_a_link(client):
    """Why no link may be made: home may not be safe, and links cannot ask for a PIN yet."""
    if client.home_may_be_unsafe:
        return [
            "Home may not be safe. Do not send a link; give the plan in person, or print it if they want it."
        ]
    return []


def step_guide(scope, slug, **which):
    """A step's guide with the names of a scope profile (guide E.4): everywhere a step is named, it is this one."""
    guide, name = library.step_guide(slug, **which), scope.get("step_titles", {}).get(slug)
    return replace(guide, title=name, short=name) if name else guide
