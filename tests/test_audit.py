"""The chain of who did what cannot be changed unseen."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import signals as model_signals

from painconsult.audit import chain, triggers
from painconsult.audit.models import AuditEvent, AuditHead
from tests.conftest import without_append_only


@pytest.fixture
def five(therapist):
    for n in range(5):
        chain.record("looked", clinic=therapist.clinic_id, by=therapist, on=therapist, detail=n)
    return list(AuditEvent.objects.order_by("seq"))


@pytest.fixture
def unguarded(db):
    """The database without its append-only rule, as somebody with the file could make it."""
    with connection.cursor() as cursor:
        for statement in without_append_only():
            cursor.execute(statement)


def verify():
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def found():
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=out)
    return out.getvalue().replace(f"{AuditHead.objects.first().chain}: ", "").splitlines()


def test_an_untouched_chain_holds(five):
    assert verify() == f"{five[0].chain}: 5 events, ends in {five[4].mac}\n"


def test_a_changed_event_is_found(five, unguarded):
    AuditEvent.objects.filter(seq=3).update(detail="99")
    assert found() == ["event 3 was changed"]


def test_an_event_whose_mac_was_made_without_the_key_is_found(five, unguarded, settings):
    event = five[2]
    event.detail = "99"
    settings.AUDIT_KEY, key = "guessed", settings.AUDIT_KEY
    event.mac = chain.mac(event)
    settings.AUDIT_KEY = key
    event.save()
    assert found() == ["event 3 was changed", "event 4 does not follow the one before it"]


def test_a_removed_event_is_found(five, unguarded):
    AuditEvent.objects.filter(seq=2).delete()
    assert found() == ["expected event 2, found 3", "event 3 does not follow the one before it"]


def test_a_cut_off_end_is_found(five, unguarded):
    AuditEvent.objects.filter(seq__gt=3).delete()
    assert found() == ["ends at 3, the head says 5"]


def test_an_emptied_chain_is_found(five, unguarded):
    AuditEvent.objects.all().delete()
    assert found() == ["ends at 0, the head says 5"]


def test_two_events_that_changed_places_are_found(five, unguarded):
    AuditEvent.objects.filter(seq=2).update(seq=99)
    AuditEvent.objects.filter(seq=3).update(seq=2)
    AuditEvent.objects.filter(seq=99).update(seq=3)
    assert "event 2 was changed" in found()


@pytest.mark.parametrize("change", [lambda rows: rows.update(detail="x"), lambda rows: rows.delete()])
def test_the_database_itself_refuses_to_change_an_event(five, change):
    with pytest.raises(DatabaseError, match="audit events are only ever added"), transaction.atomic():
        change(AuditEvent.objects.filter(seq=1))
    assert "5 events" in verify()


def test_an_event_of_an_action_that_failed_is_not_there(therapist):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        chain.record("looked", clinic=therapist.clinic_id, by=therapist)
        raise ZeroDivisionError
    assert AuditEvent.objects.count() == 0


def test_each_clinic_has_a_chain_of_its_own(therapist, stranger):
    chain.record("looked", clinic=therapist.clinic_id, by=therapist)
    chain.record("looked", clinic=stranger.clinic_id, by=stranger)
    chain.record("refused")
    assert sorted(AuditEvent.objects.values_list("chain", "seq")) == sorted(
        [(str(therapist.clinic_id), 1), (str(stranger.clinic_id), 1), ("site", 1)]
    )


@pytest.mark.django_db(transaction=True)
def test_the_append_only_rule_survives_the_flush_between_tests(therapist):
    chain.record("looked", clinic=therapist.clinic_id, by=therapist)
    call_command("flush", interactive=False, verbosity=0)
    assert AuditEvent.objects.count() == 0
    chain.record("looked")
    with pytest.raises(DatabaseError):
        AuditEvent.objects.all().delete()


def test_installing_the_rules_again_changes_nothing(db):
    triggers.install()
    triggers.install()


def test_only_the_named_receivers_are_connected():
    from allauth.account import signals

    watched = [value for value in vars(signals).values() if hasattr(value, "receivers")]
    watched += [value for value in vars(model_signals).values() if hasattr(value, "receivers")]
    ours = sorted(
        f"{receiver.__module__}.{receiver.__qualname__}"
        for signal in {id(s): s for s in watched}.values()
        for receiver in _receivers(signal)
        if receiver.__module__.startswith(("painconsult", "consults", "education"))
    )
    assert ours == [
        "painconsult.accounts.receivers.password_reset",
        "painconsult.accounts.receivers.signed_in",
        "painconsult.accounts.receivers.signed_out",
        "painconsult.audit.triggers.install",
        "painconsult.audit.triggers.remove",
    ]


def _receivers(signal):
    import weakref

    for entry in signal.receivers:
        receiver = entry[1]
        receiver = receiver() if isinstance(receiver, weakref.ReferenceType) else receiver
        if receiver is not None:
            yield receiver
