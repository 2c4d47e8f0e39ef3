"""Clients added and changed by several people in the same moment."""

import pytest

from consults.actions import clients as actions
from consults.models import Client
from painconsult.errors import Conflict
from tests import visits
from tests.test_races import HANDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def details(therapist, n, **more):
    name = f"Person{n}"
    told = dict.fromkeys(actions.DETAILS, "") | {"interpreter": False, "therapist_id": therapist.pk}
    born = visits.HELD_ON.replace(year=1950 + n)
    return told | {"preferred_name": name, "full_name": f"{name} Reid", "birth_date": born} | more


def outcome(call):
    def told():
        try:
            return call()
        except (actions.ReferenceTaken, actions.Alike, Conflict) as refused:
            return type(refused)

    return told


def adder(therapist, n, **more):
    return outcome(lambda: actions.add_client(details(therapist, n, **more), by=therapist))


def test_eight_new_clients_without_a_reference_get_eight_numbers(transactional_db, therapist):
    at_once(*[adder(therapist, n) for n in range(HANDS)])
    assert sorted(Client.objects.values_list("reference", flat=True)) == [
        f"C-{n:04d}" for n in range(1, HANDS + 1)
    ]


def test_of_eight_new_clients_with_one_reference_one_is_added(transactional_db, therapist):
    told = at_once(*[adder(therapist, n, reference="ab-1" if n % 2 else "AB-1") for n in range(HANDS)])
    assert told.count(actions.ReferenceTaken) == HANDS - 1
    assert Client.objects.count() == 1


def test_one_new_client_sent_eight_times_is_added_once(transactional_db, therapist):
    told = at_once(*[adder(therapist, 1)] * HANDS)
    assert told.count(actions.Alike) == HANDS - 1
    assert Client.objects.count() == 1


def test_of_eight_changes_of_one_page_one_wins_and_seven_are_told(transactional_db, therapist):
    client = actions.add_client(details(therapist, 0), by=therapist)
    base = actions.version_of(client)

    def changer(n):
        answers = details(therapist, 0, reference=client.reference, phone=f"hand {n}")
        mine = Client.objects.get(pk=client.pk)
        return outcome(lambda: actions.change_client(mine, answers, by=therapist, base=base))

    told = at_once(*[changer(n) for n in range(HANDS)])
    assert told.count(Conflict) == HANDS - 1
    client.refresh_from_db()
    assert client.phone == f"hand {told.index(None)}"
