"""Clients: added, and changed."""

from django.db import transaction
from django.db.models import Q

from consults.models import Client
from painconsult.audit.chain import record


@transaction.atomic
def add_client(answers, *, by):
    """Write a new client of this person's clinic."""
    client = Client(clinic_id=by.clinic_id, **answers)
    if not client.reference:
        client.reference = next_reference(by.clinic_id)
    client.save()
    record("added", clinic=client.clinic_id, by=by, on=client, client=client)
    return client


@transaction.atomic
def change_client(client, answers, *, by):
    for name, value in answers.items():
        setattr(client, name, value)
    if not client.reference:
        client.reference = next_reference(client.clinic_id)
    client.save(update_fields=[*answers, "reference"])
    record("changed", clinic=client.clinic_id, by=by, on=client, client=client)


def next_reference(clinic_id):
    """The next free number of the clinic, as C-0001."""
    mine = Client.objects.filter(clinic=clinic_id)
    number = mine.count() + 1
    while mine.filter(reference__iexact=f"C-{number:04d}").exists():
        number += 1
    return f"C-{number:04d}"


def similar(clients, *, full_name, preferred_name, birth_date):
    """Clients of the same birth date whose name shares a word with this one."""
    words = {word for word in f"{full_name} {preferred_name}".split() if len(word) > 1}
    shared = Q()
    for word in words:
        shared |= Q(full_name__icontains=word) | Q(preferred_name__icontains=word)
    return clients.filter(shared, birth_date=birth_date) if words else clients.none()
