"""What must never be stored, the database refuses, whichever way it comes. On SQLite and PostgreSQL alike."""

from datetime import date, time
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils import timezone

from consults.models import (
    Activity,
    ActivityVisit,
    Ally,
    Alternative,
    AlternativeRating,
    Belief,
    BeliefRating,
    Card,
    CardUse,
    Client,
    ClientWord,
    Consultation,
    Draft,
    Experiment,
    FlarePlan,
    Goal,
    GoalRating,
    Plan,
    PlanLink,
    PlanVersion,
    ResourceGiven,
    Review,
    SafetyFinding,
    Step,
    StepEntry,
)
from painconsult.accounts.models import Clinic, ScopeProfile, User
from painconsult.audit import chain, triggers
from painconsult.audit.models import AuditEvent
from tests import factories, visits

NOW = timezone.now()
SOMEBODY = object()  # the therapist of the world that is tried
DAY = date(2026, 3, 3)


def ratings(model, prefix, *names, top=10):
    return {f"{prefix}_{name}_range": (model, [{name: top + 1}, {name: 32000}]) for name in names}


CHECKS = {  # constraint: (model, changes to a good row that it refuses)
    "clinic_contacts_are_given": (
        Clinic,
        [{"emergency_contact": ""}, {"crisis_contact": ""}, {"clinic_contact": ""}],
    ),
    "role_is_known": (User, [{"role": "admin"}, {"role": ""}]),
    "client_status_is_known": (Client, [{"status": "deleted"}, {"status": ""}]),
    "client_consent_to_record_is_known": (Client, [{"consent_to_record": "may"}]),
    "ally_consent_is_known": (Ally, [{"consent": "may"}]),
    "resource_status_is_known": (ResourceGiven, [{"status": "lost"}]),
    "resource_is_named": (ResourceGiven, [{"resource_id": "", "title": ""}]),
    "completed_is_a_pair": (Consultation, [{"completed_at": NOW}, {"completed_by": SOMEBODY}]),
    "outcome_is_signed": (
        Consultation,
        [{"outcome": "", "outcome_by": None}, {"outcome": "", "outcome_at": None}],
    ),
    "outcome_has_a_signature": (Consultation, [{"outcome_by": None, "outcome_at": None}]),
    "visit_kind_is_known": (Consultation, [{"kind": "second"}]),
    "visit_outcome_is_known": (Consultation, [{"outcome": "fine"}]),
    "visit_consent_to_record_is_known": (Consultation, [{"consent_to_record": "may"}]),
    **ratings(Consultation, "visit", "explanation_conviction", top=100),
    **ratings(Consultation, "visit", "fits_me", "felt_understood", "makes_sense"),
    "step_slug_is_known": (Step, [{"slug": "measures-2"}]),
    "step_state_is_known": (Step, [{"state": "done"}]),
    "step_saved_is_a_pair": (
        Step,
        [{"saved_at": None, "saved_by": SOMEBODY}, {"saved_at": NOW, "saved_by": None}],
    ),
    "not_appropriate_says_why": (Step, [{"state": "not_appropriate", "not_appropriate_reason": ""}]),
    "finding_level_found_is_known": (SafetyFinding, [{"level_found": "X", "level_now": "X"}]),
    "finding_level_now_is_known": (SafetyFinding, [{"level_now": "X", "level_reason": "Why"}]),
    "lower_level_says_why": (SafetyFinding, [{"level_now": "R", "level_reason": ""}]),
    "clearance_is_whole": (
        SafetyFinding,
        [
            {"cleared_on": DAY},
            {"cleared_by": "Dr Reid"},
            {"cleared_words": "Seen"},
            {"cleared_on": DAY, "cleared_by": "Dr Reid"},
            {"cleared_on": DAY, "cleared_words": "Seen"},
            {"cleared_by": "Dr Reid", "cleared_words": "Seen"},
        ],
    ),
    "activity_amounts_is_known": (ActivityVisit, [{"amounts": "felt"}]),
    **ratings(ActivityVisit, "activity", "activity_rating", "importance", "willingness", "confidence"),
    **ratings(ActivityVisit, "activity", "frequency_per_week", top=14),
    "card_kind_is_known": (Card, [{"kind": "joke"}]),
    "card_use_became_is_known": (CardUse, [{"became": "lost"}]),
    "belief_status_is_known": (BeliefRating, [{"status": "cured"}]),
    "belief_context_is_known": (BeliefRating, [{"context": "during"}]),
    "belief_first_context_is_known": (BeliefRating, [{"first_context": "during"}]),
    **ratings(BeliefRating, "belief", "conviction", "first_conviction", "conviction_again", top=100),
    **ratings(
        BeliefRating,
        "belief",
        "flex_mistaken",
        "flex_alternatives",
        "flex_contradiction",
        "impact",
        "emotion_strength",
    ),
    "alternative_author_is_known": (Alternative, [{"author": "app"}]),
    **ratings(AlternativeRating, "alternative", "believability", top=100),
    "experiment_kind_is_known": (Experiment, [{"kind": "trial"}]),
    **ratings(Experiment, "experiment", "certainty", top=100),
    "goal_better_is_known": (Goal, [{"better": "more"}]),
    "goal_horizon_is_known": (Goal, [{"horizon": "someday"}]),
    "goal_baseline_range": (Goal, [{"baseline_level": n} for n in (-3, 0, 1)]),
    "goal_weight_range": (Goal, [{"importance": 0}, {"importance": 4}, {"difficulty": 0}, {"difficulty": 4}]),
    "locked_goal_has_its_levels": (Goal, [{"levels_locked_at": NOW, "level_p2": ""}]),
    "goal_level_range": (GoalRating, [{"level": -3}, {"level": 3}]),
    "goal_rating_status_is_known": (GoalRating, [{"status": "failed", "status_reason": "Rain"}]),
    "changed_goal_says_why": (Goal, [{"replaces": models.F("id"), "change_reason": ""}]),
    "given_up_goal_says_why": (GoalRating, [{"status": "dropped"}, {"status": "changed"}]),
    "review_mode_is_known": (Review, [{"mode": "fax"}]),
    "review_status_is_known": (Review, [{"status": "gone"}]),
    "review_part_is_known": (Review, [{"part": "night"}]),
    "review_has_an_hour_or_a_part": (Review, [{"at": time(14), "part": "afternoon"}]),
    "link_audience_is_known": (PlanLink, [{"audience": "employer"}]),
    "revoked_is_a_pair": (PlanLink, [{"revoked_at": NOW}]),
}
UNIQUES = {  # constraint: (model, what the second row may still differ in)
    "scope_name_once_a_clinic": (ScopeProfile, {}),
    "email_once_a_site": (User, {}),
    "reference_once_a_clinic": (Client, {}),
    "word_once_a_client": (ClientWord, {}),
    "visit_number_once_a_client": (Consultation, {"completed_at": NOW}),
    "one_open_consultation": (Consultation, {"number": 99, "completed_at": None, "completed_by": None}),
    "step_once_a_consultation": (Step, {}),
    "entry_number_once_a_step": (StepEntry, {"key": uuid4}),
    "finding_once_a_consultation": (SafetyFinding, {}),
    "activity_asked_once_a_visit": (ActivityVisit, {}),
    "card_used_once_a_step": (CardUse, {}),
    "belief_rated_once_a_visit": (BeliefRating, {}),
    "alternative_rated_once_a_visit": (AlternativeRating, {}),
    "goal_rated_once_a_visit": (GoalRating, {}),
    "goal_replaced_once": (Goal, {}),
    "version_once_a_plan": (PlanVersion, {}),
    "audit_seq_once_a_chain": (AuditEvent, {}),
}
UNIQUE_COLUMNS = {
    ("StepEntry", "key"): {"number": 99},
    ("FlarePlan", "consultation"): {},
    ("Plan", "client"): {},
    ("PlanLink", "secret_hash"): {},
}


def ours():
    return [m for m in apps.get_models() if m.__module__.startswith(("consults", "painconsult"))]


def constraints(kind):
    return {c.name for model in ours() for c in model._meta.constraints if isinstance(c, kind)}


def test_every_constraint_is_tried_here():
    assert constraints(models.CheckConstraint) == set(CHECKS)
    assert constraints(models.UniqueConstraint) == set(UNIQUES)
    assert {
        (model.__name__, field.name)
        for model in ours()
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    } == set(UNIQUE_COLUMNS)


@pytest.fixture
def world(therapist):
    visits.give_hands(therapist)
    return visits.make_everything(therapist)


@pytest.fixture
def their_world(stranger):
    visits.give_hands(stranger)
    return visits.make_everything(stranger)


def a_row(model, world):
    """One good row of the world, the fullest there is."""
    found = model.objects.order_by("pk")
    if model is Consultation:
        found = found.filter(pk=world.visit.pk)
    return found.first()


def refused(write):
    """The database's words when it refuses; the transaction around it stays usable."""
    with pytest.raises((IntegrityError, DatabaseError)) as raised, transaction.atomic():
        write()
    return str(raised.value)


def test_a_value_that_must_not_be_is_refused(world):
    accepted = []
    for name, (model, changes) in CHECKS.items():
        row = a_row(model, world)
        for change in changes:
            change = {n: world.client.therapist if v is SOMEBODY else v for n, v in change.items()}
            try:
                with transaction.atomic():
                    model.objects.filter(pk=row.pk).update(**change)
            except DatabaseError as error:
                if name not in str(error):
                    accepted.append((name, change, str(error)[:80]))
            else:
                accepted.append((name, change, "accepted"))
    assert accepted == []


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (BeliefRating, {"conviction": 100, "impact": 0}),
        (BeliefRating, {"conviction": None, "impact": None}),
        (GoalRating, {"level": -2}),
        (GoalRating, {"level": 2}),
        (Goal, {"baseline_level": -2, "importance": 3, "difficulty": 1}),
        (ActivityVisit, {"frequency_per_week": 14, "confidence": 10}),
        (SafetyFinding, {"cleared_on": DAY, "cleared_by": "Dr Reid", "cleared_words": "Seen"}),
        (SafetyFinding, {"level_now": "R", "level_reason": "Bloods are normal"}),
    ],
)
def test_the_ends_of_each_range_are_kept(world, model, change):
    assert model.objects.filter(pk=a_row(model, world).pk).update(**change) == 1


def twin(row, changes):
    """The same row once more, under a new key."""
    for field in row._meta.concrete_fields:
        if field.primary_key:
            row.pk = uuid4() if isinstance(field, models.UUIDField) else None
    for name, value in changes.items():
        setattr(row, name, value() if callable(value) else value)
    row._state.adding = True
    row.save(force_insert=True)


def test_what_may_be_there_once_is_there_once(world):
    accepted = []
    for name, (model, changes) in UNIQUES.items():
        row = a_row(model, world)
        if name == "visit_number_once_a_client":
            changes = changes | {"completed_by": world.client.therapist}
        if name == "goal_replaced_once":
            Goal.objects.filter(pk=row.pk).update(replaces=row, change_reason="Nearer")
            row.refresh_from_db()
        try:
            with transaction.atomic():
                twin(row, changes)
        except IntegrityError:
            continue
        accepted.append(name)
    for (name, field), changes in UNIQUE_COLUMNS.items():
        model = apps.get_model("consults", name)
        try:
            with transaction.atomic():
                twin(a_row(model, world), changes)
        except IntegrityError:
            continue
        accepted.append((name, field))
    assert accepted == []


def test_references_and_addresses_differ_in_more_than_capitals(world, clinic, therapist):
    refused(lambda: visits.make_client(therapist, reference=world.client.reference.lower()))
    refused(
        lambda: User.objects.create(email=therapist.email.upper(), name="x", clinic=clinic, role="manager")
    )
    other = factories.make_stranger()
    assert visits.make_client(other, reference=world.client.reference)


# --- A row belongs to the clinic of the rows it hangs on --------------------------------------

LINKS = {  # (child, column): parent, written out so that a new model is noticed
    ("User", "scope"): "ScopeProfile",
    ("Client", "therapist"): "User",
    ("ClientWord", "client"): "Client",
    ("Ally", "client"): "Client",
    ("Ally", "heard_in"): "Consultation",
    ("ResourceGiven", "client"): "Client",
    ("ResourceGiven", "consultation"): "Consultation",
    ("Consultation", "client"): "Client",
    ("Consultation", "therapist"): "User",
    ("Consultation", "completed_by"): "User",
    ("Consultation", "outcome_by"): "User",
    ("Step", "consultation"): "Consultation",
    ("Step", "saved_by"): "User",
    ("StepEntry", "consultation"): "Consultation",
    ("StepEntry", "saved_by"): "User",
    ("Draft", "consultation"): "Consultation",
    ("Draft", "user"): "User",
    ("Addendum", "consultation"): "Consultation",
    ("Addendum", "written_by"): "User",
    ("SafetyFinding", "client"): "Client",
    ("SafetyFinding", "consultation"): "Consultation",
    ("SafetyFinding", "asked_by"): "User",
    ("Card", "client"): "Client",
    ("Card", "heard_in"): "Consultation",
    ("CardUse", "card"): "Card",
    ("CardUse", "consultation"): "Consultation",
    ("CardUse", "belief"): "Belief",
    ("CardUse", "activity"): "Activity",
    ("Belief", "client"): "Client",
    ("Belief", "heard_in"): "Consultation",
    ("BeliefRating", "belief"): "Belief",
    ("BeliefRating", "consultation"): "Consultation",
    ("Alternative", "client"): "Client",
    ("Alternative", "heard_in"): "Consultation",
    ("Alternative", "belief"): "Belief",
    ("Alternative", "tied_to_activity"): "Activity",
    ("AlternativeRating", "alternative"): "Alternative",
    ("AlternativeRating", "consultation"): "Consultation",
    ("Experiment", "client"): "Client",
    ("Experiment", "consultation"): "Consultation",
    ("Experiment", "belief"): "Belief",
    ("Activity", "client"): "Client",
    ("Activity", "heard_in"): "Consultation",
    ("ActivityVisit", "activity"): "Activity",
    ("ActivityVisit", "consultation"): "Consultation",
    ("Goal", "client"): "Client",
    ("Goal", "heard_in"): "Consultation",
    ("Goal", "activity"): "Activity",
    ("Goal", "belief"): "Belief",
    ("Goal", "replaces"): "Goal",
    ("GoalRating", "goal"): "Goal",
    ("GoalRating", "consultation"): "Consultation",
    ("Review", "client"): "Client",
    ("Review", "booked_in"): "Consultation",
    ("FlarePlan", "client"): "Client",
    ("FlarePlan", "consultation"): "Consultation",
    ("Plan", "client"): "Client",
    ("PlanVersion", "plan"): "Plan",
    ("PlanVersion", "consultation"): "Consultation",
    ("PlanVersion", "published_by"): "User",
    ("PlanLink", "plan"): "Plan",
    ("PlanLink", "created_by"): "User",
    ("PlanLink", "revoked_by"): "User",
}


def has_clinic(model):
    return any(field.name == "clinic" for field in model._meta.concrete_fields)


def by_name(name):
    return next(model for model in ours() if model.__name__ == name)


def test_every_link_between_rows_of_a_clinic_is_written_here():
    found = {
        (model.__name__, field.name): field.related_model.__name__
        for model in ours()
        if has_clinic(model)
        for field in model._meta.concrete_fields
        if field.is_relation and has_clinic(field.related_model)
    }
    assert found == LINKS


def test_every_model_with_a_clinic_is_kept_to_it(world):
    """All of them hang on something; a scope profile hangs on its clinic alone."""
    kept = {child for child, _ in LINKS} | {"ScopeProfile"}
    assert {model.__name__ for model in ours() if has_clinic(model)} == kept


def test_no_row_hangs_on_a_row_of_another_clinic(world, their_world, clinic):
    accepted = []
    for (child, column), parent in LINKS.items():
        model = by_name(child)
        row = model.objects.filter(clinic=clinic).first()
        theirs = by_name(parent).objects.exclude(clinic=clinic).first()
        assert row is not None, child
        try:
            with transaction.atomic():
                model.objects.filter(pk=row.pk).update(**{column: theirs})
        except DatabaseError as error:
            if "another clinic" not in str(error):
                accepted.append((child, column, str(error)[:80]))
        else:
            accepted.append((child, column))
    assert accepted == []


def test_no_row_moves_to_another_clinic(world, stranger, clinic):
    accepted = []
    for child in {child for child, _ in LINKS}:
        model = by_name(child)
        row = model.objects.filter(clinic=clinic).first()
        try:
            with transaction.atomic():
                model.objects.filter(pk=row.pk).update(clinic=stranger.clinic)
        except DatabaseError as error:
            assert "another clinic" in str(error), child
        else:
            accepted.append(child)
    assert accepted == []


def test_no_row_is_made_in_a_clinic_its_parent_is_not_of(world, stranger):
    row = Belief(clinic=stranger.clinic, client=world.client, heard_in=world.visit, statement="x")
    assert "another clinic" in refused(row.save)


def test_installing_the_rules_again_changes_nothing(world, stranger):
    triggers.install()
    triggers.install()
    refused(lambda: Belief.objects.update(clinic=stranger.clinic))


# --- The trace --------------------------------------------------------------------------------


def test_the_trace_is_only_ever_added_to(world, therapist):
    chain.record("looked", clinic=therapist.clinic_id, by=therapist)
    count = AuditEvent.objects.count()
    assert "only ever added" in refused(lambda: AuditEvent.objects.update(actor="nobody"))
    assert "only ever added" in refused(lambda: AuditEvent.objects.all().delete())
    assert AuditEvent.objects.count() == count


def test_what_others_depend_on_is_not_deleted(world, therapist):
    for row in (world.client, therapist, therapist.clinic, world.first, world.plan):
        with pytest.raises(models.ProtectedError):
            row.delete()
    assert Activity.objects.exists()
    assert Draft.objects.exists()
    assert FlarePlan.objects.exists()
    assert Plan.objects.exists()
