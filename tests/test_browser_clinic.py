"""The lists of people and a client's page in a browser: axe in every state they have, and where a press leads."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from consults.models import Client, Review, SafetyFinding
from tests import visits
from tests.conftest import sign_in_browser
from tests.room import Complaints
from tests.test_browser_axe import LAPTOP, faults, send

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def look(page, live_server):
    page.set_viewport_size(LAPTOP)
    page.emulate_media(reduced_motion="reduce")

    def look(path=None, *, until="#main"):
        if path is not None:
            page.goto(live_server.url + path)
        page.locator(until).first.wait_for()
        return faults(page, page.url.removeprefix(live_server.url))

    return look


@pytest.fixture
def today(transactional_db):
    return timezone.localdate()


def seen(therapist, name, day, due=None, **columns):
    """A client with a completed visit, and a date."""
    client = visits.make_client(therapist, preferred_name=name, full_name=f"{name} Reid", **columns)
    visit = visits.completed(visits.make_visit(client, therapist, held_on=day, steps="enough"))
    visits.make_goal(visit, title=f"Sunday lunch with {name}")
    if due:
        Review.objects.create(
            clinic=visit.clinic, client=client, booked_in=visit, due=due, mode="call", status="due"
        )
    return visit


@pytest.fixture
def caseload(therapist, today):
    """A therapist's morning: visits to go on with, dates of every kind, somebody with a follow-up."""
    for name, days in (("Late", -9), ("Today", 0), ("Soon", 3), ("Later", 30)):
        seen(therapist, name, today - timedelta(days=30), today + timedelta(days=days))
    nobody = seen(therapist, "Nodate", today - timedelta(days=9))
    Client.objects.filter(pk=nobody.client_id).update(without_date_since=nobody.held_on)
    SafetyFinding.objects.create(
        clinic=nobody.clinic,
        client=nobody.client,
        consultation=nobody,
        flag="cancer",
        level_found="U",
        level_now="U",
        asked_by=therapist,
        found_at=timezone.now(),
        reply_due=today - timedelta(days=2),
    )
    visits.make_visit(
        visits.make_client(therapist, preferred_name="Paused"),
        therapist,
        held_on=today - timedelta(days=3),
        outcome="paused_referred",
    )
    visit = visits.open_gate(visits.begin(therapist, held_on=today))
    for slug in ("acknowledge", "explain", "beliefs"):
        visits.save(visit, slug, by=therapist)
    return visits.change(visit)


def test_axe_reads_the_lists_and_a_clients_page(look, page, context, live_server, caseload, therapist):
    sign_in_browser(context, live_server, therapist)
    found = look("/clients", until=".visit") + look("/clients?all=1")
    found += look(f"/clients/{caseload.client_id}", until=".to-finish")
    found += look(f"/clients/{Client.objects.get(preferred_name='Late').pk}", until=".tag.mind")
    page.goto(f"{live_server.url}/clients/{caseload.client_id}/edit")
    send(page, {"base": "older", "phone": "01632 960 009"})
    found += look(until=".versus")
    page.goto(f"{live_server.url}/clients/new")
    born = caseload.client.birth_date
    told = {f"birth_date-{part}": str(getattr(born, part)) for part in ("day", "month", "year")}
    send(page, told | {"preferred_name": "Gray", "full_name": "Graham Reid"})
    found += look(until="#errors")
    assert not found, "\n".join(found)


def test_axe_reads_what_a_manager_sees(look, context, live_server, caseload, manager):
    sign_in_browser(context, live_server, manager)
    found = look("/progress", until=".fid") + look("/clients")
    found += look(f"/clients/{caseload.client_id}")
    assert not found, "\n".join(found)


def test_a_card_opens_the_step_to_go_on_with(page, context, live_server, caseload, therapist):
    sign_in_browser(context, live_server, therapist)
    page.goto(f"{live_server.url}/clients")
    page.locator("a.visit", has_text="Go on").first.click()
    page.wait_for_url(f"**/consultations/{caseload.pk}/reframe")


def test_what_can_be_finished_opens_at_its_field(page, context, live_server, caseload, therapist):
    sign_in_browser(context, live_server, therapist)
    belief = caseload.client.beliefs.get()
    for words, field in (
        ("came from", f"f-belief-{belief.pk}-origin-0"),
        ("how long you explained", "f-education_dose_minutes"),
        ("its pattern", "f-pattern"),
    ):
        page.goto(f"{live_server.url}/clients/{caseload.client_id}")
        page.locator(".to-finish a", has_text=words).click()
        expect(page.locator(f"[id='{field}']")).to_be_focused(timeout=15_000)
        expect(page.locator(f"[id='{field}']")).to_be_in_viewport()
    page.goto(f"{live_server.url}/clients/{caseload.client_id}")
    page.locator(".to-finish li", has_text="Private notes").get_by_role("link", name="Beliefs").click()
    page.wait_for_url("**/beliefs?back=client")  # the place is forgotten once somebody is there
    expect(page.locator("#f-private_notes")).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(820, 1180), (390, 844)])
def test_the_list_keeps_within_an_upright_screen_however_much_a_line_says(
    caseload, therapist, today, page, context, live_server, width, height
):
    """A reply that is due, and a date with its weekday, its part of the day and how."""
    Review.objects.filter(client__preferred_name="Later").delete()
    nobody = Client.objects.get(preferred_name="Nodate")
    visit = nobody.consultations.get()
    Review.objects.create(
        clinic=visit.clinic,
        client=nobody,
        booked_in=visit,
        due=today + timedelta(days=40),
        part="afternoon",
        mode="message",
    )
    sign_in_browser(context, live_server, therapist)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{live_server.url}/clients")
    expect(page.locator("tr", has_text="Nodate")).to_contain_text("afternoon, message")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
