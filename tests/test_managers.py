"""A manager sees progress and states; what was said only where the clinic says so."""

import pytest
from django.urls import reverse

from tests import visits

SAID = "Three people, three explanations."


@pytest.fixture
def visit(therapist):
    visit = visits.make_visit(visits.make_client(therapist), therapist)
    visits.save(visit, "acknowledge", by=therapist)
    return visit


def addresses(visit):
    yield reverse("review", args=[visit.pk])
    yield reverse("consultation", args=[visit.pk])
    yield reverse("plan", args=[visit.pk])
    yield reverse("edit_client", args=[visit.client_id])
    yield reverse("start", args=[visit.client_id])
    for slug in ("safety", "acknowledge", "before-you-go"):
        yield reverse("step", args=[visit.pk, slug])


def test_what_was_said_is_not_there_for_a_manager(as_manager, visit):
    for address in addresses(visit):
        assert as_manager.get(address).status_code == 404, address
        assert as_manager.post(address, {"do": "save"}).status_code in (404, 405), address


def test_a_manager_sees_how_far_a_client_is_and_no_way_into_the_words(as_manager, visit):
    page = as_manager.get(reverse("client", args=[visit.client_id])).content.decode()
    assert "Visit 1 is open" in page
    assert SAID not in page
    for address in addresses(visit):
        assert f'"{address}"' not in page


def test_a_clinic_may_let_its_managers_read(as_manager, manager, visit):
    type(manager.clinic).objects.filter(pk=manager.clinic_id).update(managers_read_words=True)
    assert SAID in as_manager.get(reverse("review", args=[visit.pk])).content.decode()


def test_a_manager_names_the_therapist_of_a_new_client(as_manager, therapist):
    told = {"preferred_name": "Ewa", "full_name": "Ewa Reid"}
    told |= {"birth_date-day": "3", "birth_date-month": "4", "birth_date-year": "1967"}
    assert "Choose the therapist" in as_manager.post(reverse("new_client"), told).content.decode()
    reply = as_manager.post(reverse("new_client"), told | {"therapist": str(therapist.pk)})
    assert reply.status_code == 302
