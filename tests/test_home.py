"""Home that may not be safe: who said so, what it stops, where nobody reads it, and how it is taken back."""

from datetime import date

import pytest
from django.urls import reverse

from consults import rules
from consults.actions.consultations import clear_finding
from consults.models import Client, SafetyFinding
from consults.views.needs import people_in_need, what_they_need
from painconsult.audit.models import AuditEvent
from tests import visits
from tests.checks import CLEAR, PAUSED, told
from tests.conftest import signed_in

TAKEN_BACK = {"cleared_on": date(2026, 3, 9), "cleared_by": "Ann, asked alone", "words": "She has moved out"}


@pytest.fixture
def visit(therapist):
    return visits.change(visits.begin(therapist), consent_to_record="yes")


@pytest.fixture
def marked(visit):
    visits.save(visit, "safety", told(outcome=CLEAR, home_unsafe="yes"))
    return visits.change(visit)


def note():
    return SafetyFinding.objects.get(flag="home_unsafe")


def stops(visit):
    visit.client.refresh_from_db()
    return bool(rules.reasons_against_a_link(visit.client))


def test_who_asked_and_when_is_kept_once(marked, therapist):
    assert (note().asked_by, note().answer, note().is_open) == (therapist, "yes", True)
    visits.save(marked, "safety", told(outcome=CLEAR, home_unsafe="yes"))
    assert note().found_at == SafetyFinding.objects.get().found_at


def test_it_is_no_sign_of_the_gate_and_on_no_page_of_the_visit(as_therapist, marked):
    assert marked.outcome == CLEAR
    page = as_therapist.get(visits.url(marked, "safety"))
    assert "h-home_unsafe" not in page.content.decode()
    assert visits.document(
        marked, "explain", {"permission": "yes", "messages_used": ["m_hurt_harm"]}
    ).is_valid()
    for slug in ("acknowledge", "explain"):
        assert "to follow up" not in visits.words(as_therapist.get(visits.url(marked, slug)))
    visits.change(marked, outcome=PAUSED)
    assert "h-home_unsafe" not in as_therapist.get(reverse("paused", args=[marked.pk])).content.decode()


def test_the_clients_page_leads_to_it_under_a_name_that_says_nothing(as_therapist, marked):
    page = as_therapist.get(reverse("client", args=[marked.client_id]))
    address = reverse("finding", args=[note().pk])
    assert f'<a class="quiet" href="{address}">Follow-up</a>' in page.content.decode()
    assert ">Private note<" not in page.content.decode()


def test_who_cannot_open_it_is_not_told_that_it_is_there(as_manager, manager, marked):
    address = reverse("client", args=[marked.client_id])
    assert "to follow up" not in visits.words(as_manager.get(address))
    type(manager.clinic).objects.filter(pk=manager.clinic_id).update(managers_read_words=True)
    assert "One thing to follow up" in visits.words(as_manager.get(address))


def test_the_next_visit_may_be_clear_while_it_stands(marked, therapist):
    visits.completed(marked)
    later = visits.begin(therapist, marked.client)
    visits.save(later, "safety", told(outcome=CLEAR))
    assert stops(later)


def test_the_safety_page_does_not_write_it_off(as_therapist, marked):
    for name in ("cleared_by", "level_now"):
        answers = told(outcome=CLEAR) | {"finding": "home_unsafe", f"finding-home_unsafe-{name}": "R"}
        assert visits.send(as_therapist, marked, "safety", answers).status_code == 404
    assert note().is_open


def test_a_later_no_leaves_it_and_its_own_page_takes_it_back(as_therapist, marked):
    visits.save(marked, "safety", told(outcome=CLEAR, home_unsafe="no"))
    assert stops(marked)
    address = reverse("finding", args=[note().pk])
    assert address in as_therapist.get(reverse("client", args=[marked.client_id])).content.decode()
    assert "Take this back" in visits.words(as_therapist.get(address))
    day = {"cleared_on-day": "9", "cleared_on-month": "3", "cleared_on-year": "2026"}
    assert as_therapist.post(address, day | {"cleared_by": "Ann"}).status_code == 422
    assert stops(marked)
    reply = as_therapist.post(address, day | {"cleared_by": "Ann, asked alone", "words": "She has moved out"})
    assert reply.url == reverse("client", args=[marked.client_id])
    assert not stops(marked)
    assert (note().cleared_on, note().cleared_words) == (date(2026, 3, 9), "She has moved out")
    event = AuditEvent.objects.filter(action="cleared").get()
    assert event.client_id == str(marked.client_id)


def test_two_visits_that_said_so_are_both_taken_back_before_a_link_is_made(marked, therapist):
    visits.completed(marked)
    later = visits.begin(therapist, marked.client)
    visits.save(later, "safety", told(outcome=CLEAR, home_unsafe="yes"))
    for left, finding in ((True, marked.findings.get()), (False, later.findings.get())):
        clear_finding(finding, by=therapist, **TAKEN_BACK)
        assert stops(later) is left


def test_what_was_taken_back_stays_so_until_they_say_it_anew(marked, therapist):
    clear_finding(note(), by=therapist, **TAKEN_BACK)
    visits.save(marked, "safety", told(outcome=CLEAR, home_unsafe="yes"))
    assert not stops(marked)
    visits.save(marked, "safety", told(outcome=CLEAR, home_unsafe="no"))
    visits.save(marked, "safety", told(outcome=CLEAR, home_unsafe="yes"))
    assert stops(marked)
    assert (note().is_open, note().cleared_words) == (True, "")


def test_nobody_of_another_clinic_reads_or_takes_it_back(marked, stranger):
    address = reverse("finding", args=[note().pk])
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(stranger).post(address, {"cleared_by": "me"}).status_code == 404


def test_it_is_no_call_to_act_in_the_lists_of_clients(marked, therapist):
    visits.completed(marked)
    Client.objects.update(status="archived")  # nothing else of this client calls for anything
    assert people_in_need(therapist, marked.held_on) == ([], False)
    told = Client.objects.annotate(**what_they_need()).get()
    assert (told.reply_due, told.open_since) == (None, None)
