"""Clients: added with three answers, told apart, found without a name in any address."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consults.models import Client
from painconsult.audit.models import AuditEvent
from tests import factories, visits
from tests.conftest import signed_in

THREE = {
    "preferred_name": "Graham",
    "full_name": "Graham Foster",
    "birth_date-day": "3",
    "birth_date-month": "4",
    "birth_date-year": "1967",
}
NEW = "/clients/new"


def test_three_answers_make_a_client(as_therapist, therapist):
    reply = as_therapist.post(NEW, THREE)
    client = Client.objects.get()
    assert reply.url == reverse("client", args=[client.pk])
    assert (client.preferred_name, client.full_name, client.birth_date) == (
        "Graham",
        "Graham Foster",
        date(1967, 4, 3),
    )
    assert (client.clinic, client.therapist, client.status) == (therapist.clinic, therapist, "active")
    assert client.reference == "C-0001"
    assert as_therapist.get(reply.url).status_code == 200
    event = AuditEvent.objects.filter(action="added").get()
    assert (event.client_id, event.detail) == (str(client.pk), "")


@pytest.mark.parametrize("missing", ["preferred_name", "full_name", "birth_date-day", "birth_date-year"])
def test_each_of_the_three_is_needed_and_the_rest_stays_typed(as_therapist, missing):
    reply = as_therapist.post(NEW, THREE | {missing: "", "gp": "Dr Reid, Harbour Road"})
    assert reply.status_code == 422
    assert "Dr Reid, Harbour Road" in reply.content.decode()
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    "born",
    [("3", "4", "67"), ("31", "4", "1967"), ("3", "4", "1899"), ("3", "4", "2099"), ("٣", "4", "1967")],
)
def test_a_birth_date_that_cannot_be_is_refused(as_therapist, born):
    day = dict(zip(("birth_date-day", "birth_date-month", "birth_date-year"), born, strict=True))
    assert as_therapist.post(NEW, THREE | day).status_code == 422
    assert not Client.objects.exists()


def test_somebody_born_today_may_be_a_client_and_tomorrow_not(as_therapist):
    today = timezone.localdate()
    day = {f"birth_date-{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    assert as_therapist.post(NEW, THREE | day).status_code == 302


@pytest.mark.parametrize(
    ("full_name", "preferred_name"),
    [("GRAHAM Foster", "G"), ("Foster, G.", "Gra"), ("Ann Foster", "Ann"), ("Ann Föster-Hill", "Ann")],
)
def test_the_same_birth_date_and_a_like_name_are_asked_about(
    as_therapist, therapist, full_name, preferred_name
):
    there = visits.make_client(therapist, full_name="Graham Foster", birth_date=date(1967, 4, 3))
    told = THREE | {"full_name": full_name, "preferred_name": preferred_name}
    reply = as_therapist.post(NEW, told)
    assert reply.status_code == 422
    assert "Is this the same person?" in visits.words(reply)
    assert there.reference in visits.words(reply)
    assert Client.objects.count() == 1
    assert as_therapist.post(NEW, told | {"same_person": "yes"}).status_code == 302
    assert Client.objects.count() == 2


def test_the_question_does_not_come_for_another_day_name_or_clinic(as_therapist, therapist, stranger):
    visits.make_client(therapist, full_name="Graham Foster", birth_date=date(1967, 4, 4))
    visits.make_client(therapist, full_name="Ann Hill", preferred_name="Ann", birth_date=date(1967, 4, 3))
    visits.make_client(stranger, full_name="Graham Foster", birth_date=date(1967, 4, 3))
    assert as_therapist.post(NEW, THREE).status_code == 302


def test_a_reference_is_unique_in_its_clinic_whatever_its_capitals(as_therapist, therapist, stranger):
    visits.make_client(therapist, reference="ab-7", birth_date=date(1950, 1, 1))
    visits.make_client(stranger, reference="cd-8")
    reply = as_therapist.post(NEW, THREE | {"reference": "AB-7"})
    assert reply.status_code == 422
    assert "Another client has this reference" in visits.words(reply)
    assert as_therapist.post(NEW, THREE | {"reference": "CD-8"}).status_code == 302


def test_the_next_number_skips_one_that_is_taken(as_therapist, therapist):
    visits.make_client(therapist, reference="c-0002", birth_date=date(1950, 1, 1))
    as_therapist.post(NEW, THREE)
    assert Client.objects.filter(reference="C-0003").exists()


def test_a_therapist_of_another_clinic_cannot_be_given_a_client(as_therapist, stranger, clinic):
    assert as_therapist.post(NEW, THREE | {"therapist": str(stranger.pk)}).status_code == 422
    gone = factories.make_therapist(clinic, is_active=False)
    assert as_therapist.post(NEW, THREE | {"therapist": str(gone.pk)}).status_code == 422
    colleague = factories.make_therapist(clinic)
    assert as_therapist.post(NEW, THREE | {"therapist": str(colleague.pk)}).status_code == 302
    assert Client.objects.get().therapist == colleague


def edit(browser, client, answers, base=None):
    """Send the details of a client as the page showed them, or as an older page did."""
    address = reverse("edit_client", args=[client.pk])
    return browser.post(address, {"base": base or base_of(browser.get(address))} | answers)


def base_of(reply):
    return re.search(r'name="base" value="([^"]+)"', reply.content.decode())[1]


def test_details_are_changed_and_leave_a_trace_without_words(as_therapist, therapist):
    client = visits.make_client(therapist)
    assert client.full_name in as_therapist.get(reverse("edit_client", args=[client.pk])).content.decode()
    reply = edit(as_therapist, client, THREE | {"gp": "Dr Reid", "therapist": str(therapist.pk)})
    assert reply.url == reverse("client", args=[client.pk])
    client.refresh_from_db()
    assert (client.gp, client.full_name) == ("Dr Reid", "Graham Foster")
    assert client.reference
    told = " ".join(str(value) for row in AuditEvent.objects.values_list() for value in row)
    assert "Graham" not in told
    assert "Reid" not in told


def test_changing_details_does_not_touch_consent_status_or_home(as_therapist, therapist):
    client = visits.make_client(
        therapist, home_may_be_unsafe=True, consent_to_record="yes", consent_to_record_on=date(2026, 3, 3)
    )
    posted = THREE | {
        "home_may_be_unsafe": "",
        "consent_to_record": "no",
        "status": "archived",
        "clinic": "x",
    }
    assert edit(as_therapist, client, posted).status_code == 302
    client.refresh_from_db()
    assert (client.home_may_be_unsafe, client.consent_to_record, client.status) == (True, "yes", "active")


def test_an_older_page_of_details_shows_both_and_loses_nothing(as_therapist, therapist, clinic):
    client = visits.make_client(therapist, phone="01632 960 001")
    base = base_of(as_therapist.get(reverse("edit_client", args=[client.pk])))
    colleague = signed_in(factories.make_therapist(clinic, name="Bea Colleague"))
    assert edit(colleague, client, THREE | {"phone": "01632 960 002", "gp": "Dr Moss"}).status_code == 302
    reply = edit(as_therapist, client, THREE | {"phone": "01632 960 003", "language": "Welsh"}, base)
    assert reply.status_code == 409
    stored, _, yours = visits.words(reply).partition("Stored")[2].partition("Yours")
    assert "01632 960 002" in stored and "Dr Moss" in stored
    assert "01632 960 003" in yours and "Welsh" in yours
    assert "Bea Colleague changed them" in visits.words(reply)
    assert 'value="01632 960 003"' in reply.content.decode()
    client.refresh_from_db()
    assert (client.phone, client.gp, client.language) == ("01632 960 002", "Dr Moss", "")
    again = edit(
        as_therapist, client, THREE | {"phone": "01632 960 003", "language": "Welsh"}, base_of(reply)
    )
    assert again.status_code == 302
    client.refresh_from_db()
    assert (client.phone, client.gp, client.language) == ("01632 960 003", "", "Welsh")


def test_a_page_without_a_base_is_an_older_page(as_therapist, therapist):
    client = visits.make_client(therapist)
    assert as_therapist.post(reverse("edit_client", args=[client.pk]), THREE).status_code == 409


def test_the_same_details_sent_twice_are_one_change(as_therapist, therapist):
    client = visits.make_client(therapist, reference="A-1")
    told = THREE | {"reference": "A-1", "therapist": str(therapist.pk), "gp": "Dr Reid"}
    base = base_of(as_therapist.get(reverse("edit_client", args=[client.pk])))
    assert [edit(as_therapist, client, told, base).status_code for _ in range(2)] == [302, 302]
    assert AuditEvent.objects.filter(action="changed").count() == 1


def test_what_a_visit_asks_about_a_client_is_no_conflict_of_their_details(as_therapist, therapist):
    client = visits.make_client(therapist)
    base = base_of(as_therapist.get(reverse("edit_client", args=[client.pk])))
    visits.save(visits.begin(therapist, client), "acknowledge")
    assert edit(as_therapist, client, THREE, base).status_code == 302
    client.refresh_from_db()
    assert (client.full_name, client.consent_to_record) == ("Graham Foster", "yes")


def test_a_refused_page_keeps_the_base_it_was_shown_with(as_therapist, therapist):
    client = visits.make_client(therapist)
    base = base_of(as_therapist.get(reverse("edit_client", args=[client.pk])))
    Client.objects.filter(pk=client.pk).update(phone="01632 960 002")
    reply = edit(as_therapist, client, THREE | {"birth_date-day": "31"}, base)
    assert (reply.status_code, base_of(reply)) == (422, base)


# --- Finding ----------------------------------------------------------------------------------


@pytest.fixture
def three_people(therapist, stranger):
    visits.make_client(therapist, full_name="Graham Foster", reference="A-1")
    visits.make_client(therapist, full_name="Maria Hill", preferred_name="Mia", reference="A-2")
    visits.make_client(stranger, full_name="Graham Elsewhere", reference="A-3")


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("graham", ["Graham Foster"]),
        ("FOST", ["Graham Foster"]),
        ("foster graham", ["Graham Foster"]),
        ("mia", ["Maria Hill"]),
        ("a-2", ["Maria Hill"]),
        ("a-3", []),
        ("elsewhere", []),
        ("%", []),
        ("_", []),
        ("' or 1=1", []),
    ],
)
def test_a_search_finds_by_name_and_reference_in_the_own_clinic(as_therapist, three_people, q, names):
    page = visits.words(as_therapist.post("/clients", {"q": q}))
    found = [name for name in ("Graham Foster", "Maria Hill", "Graham Elsewhere") if name in page]
    assert found == names


def test_a_search_writes_nothing_and_puts_no_name_in_an_address(as_therapist, three_people):
    before = visits.contents()
    reply = as_therapist.post("/clients", {"q": "graham"})
    assert visits.contents() == before
    assert reply.status_code == 200
    links = [part.partition('"')[0] for part in reply.content.decode().split('href="')[1:]]
    assert [link for link in links if "graham" in link.lower()] == []


def test_a_name_in_the_address_is_not_a_search(as_therapist, three_people):
    page = visits.words(as_therapist.get("/clients?q=maria"))
    assert "Graham" in page


def test_a_therapist_starts_from_their_own_and_may_see_the_whole_clinic(as_therapist, therapist, clinic):
    other = factories.make_therapist(clinic, name="Bea Therapist")
    visits.make_client(therapist, preferred_name="Mine")
    visits.make_client(other, preferred_name="Hers")
    assert "Hers" not in visits.words(as_therapist.get("/clients"))
    assert "Hers" in visits.words(as_therapist.get("/clients?all=1"))


def test_an_archived_client_is_not_in_the_list(as_therapist, therapist):
    visits.make_client(therapist, preferred_name="Gone", status="archived")
    assert "Gone" not in visits.words(as_therapist.get("/clients?all=1"))


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "99999999999999999999"])
def test_a_page_number_that_is_none_breaks_nothing(as_therapist, page):
    assert as_therapist.get(f"/clients?page={page}").status_code in (200, 404)


# --- The trace --------------------------------------------------------------------------------


def test_looking_is_noted_once_a_quarter_of_an_hour(therapist, clinic):
    client = visits.make_client(therapist)
    browser, address = signed_in(therapist), reverse("client", args=[client.pk])
    for _ in range(3):
        browser.get(address)
    seen = AuditEvent.objects.filter(action="opened", client_id=str(client.pk))
    assert seen.count() == 1
    signed_in(factories.make_therapist(clinic)).get(address)
    assert seen.count() == 2
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        browser.get(address)
    assert seen.count() == 3


def test_lists_leave_no_trace(as_therapist, therapist):
    visits.make_client(therapist)
    as_therapist.get("/clients")
    as_therapist.get("/clients?all=1")
    assert not AuditEvent.objects.exists()
