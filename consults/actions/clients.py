"""Clients: added, and changed."""

import hashlib
from itertools import islice, product

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower

from consults.folding import found_by
from consults.models import Client, ClientWord
from painconsult.accounts.models import Clinic, User
from painconsult.audit.chain import record
from painconsult.audit.models import AuditEvent
from painconsult.errors import Conflict

DETAILS = ("preferred_name", "full_name", "birth_date", "reference", "therapist_id", "phone", "email")
DETAILS += (
    "safe_to_contact",
    "language",
    "interpreter",
    "gp",
    "examined_by",
    "examined_said",
    "known_condition",
)


class ReferenceTaken(Exception):
    """Another client of the clinic has this reference."""


class Alike(Exception):
    """Somebody of this birth date and a like name is there already; `clients` says who."""

    def __init__(self, clients):
        super().__init__()
        self.clients = clients


@transaction.atomic
def add_client(answers, *, by, is_somebody_else=False):
    """Write a new client of this person's clinic, unless that may be somebody who is there already."""
    _lock(by.clinic_id)
    client = Client(clinic_id=by.clinic_id, **answers)
    if alike := [] if is_somebody_else else similar_to(client):
        raise Alike(alike)
    client.reference = _free_reference(client)
    client.save()
    write_words(client)
    record("added", clinic=client.clinic_id, by=by, on=client, client=client)
    return client


@transaction.atomic
def change_client(client, answers, *, by, base):
    """Write these details, if nobody changed them since they were shown (`base` is version_of then). What is stored
    already, sent a second time, is neither a conflict nor a change."""
    _lock(client.clinic_id)
    stored = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    if all(getattr(stored, name) == answers[name] for name in DETAILS):
        return
    if version_of(stored) != base:
        raise Conflict
    for name, value in answers.items():
        setattr(client, name, value)
    client.reference = _free_reference(client)
    client.save(update_fields=answers)
    client.words.all().delete()
    write_words(client)
    record("changed", clinic=client.clinic_id, by=by, on=client, client=client)


def write_words(client):
    """Write the words a client is found by, who has none yet."""
    words = found_by(client.preferred_name, client.full_name, client.reference)
    ClientWord.objects.bulk_create(
        ClientWord(clinic_id=client.clinic_id, client=client, word=word) for word in words
    )


def _lock(clinic_id):
    """One client after the other: two who come at once must not get the same number. Rows that only name their
    clinic do not wait for this."""
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic_id)


def _free_reference(client):
    """The reference that was given, or the next number of the clinic, as C-0001."""
    mine = Client.objects.filter(clinic=client.clinic_id).exclude(pk=client.pk)
    if client.reference:
        if _has(mine, client.reference):
            raise ReferenceTaken
        return client.reference
    number = mine.count() + 1
    while _has(mine, f"C-{number:04d}"):
        number += 1
    return f"C-{number:04d}"


def _has(clients, reference):
    """Asked as the unique index asks, so that a large clinic answers at once."""
    return clients.annotate(low=Lower("reference")).filter(low=Lower(Value(reference))).exists()


def version_of(client):
    """What names these details as they were read."""
    told = repr([str(getattr(client, name)) for name in DETAILS])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def last_change(client):
    """(name, when) of who changed the details last, or None."""
    events = AuditEvent.objects.filter(
        chain=str(client.clinic_id), client_id=str(client.pk), action="changed"
    )
    event = events.order_by("-seq").first()
    return (User.objects.get(pk=event.actor).name, event.at) if event else None


def similar_to(client):
    """Clients of the clinic with the same birth date and a name that begins as one of this client's, or the other way
    round; typed with accents or without."""
    mine = _names(client)
    there = Client.objects.filter(clinic=client.clinic_id, birth_date=client.birth_date)
    alike = (other for other in there if any(_begin_alike(*pair) for pair in product(mine, _names(other))))
    return list(islice(alike, 5))


def _names(client):
    return {word for word in found_by(client.preferred_name, client.full_name, "") if len(word.decode()) > 1}


def _begin_alike(one, other):
    return one.startswith(other) or other.startswith(one)
