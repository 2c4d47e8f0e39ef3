"""What is printed: plans as the client takes them home, the record, and the steps to fill in with a pen."""

import pytest
from django.db import connection
from django.urls import reverse

from consults.actions import plans as actions
from consults.management import seeding
from consults.models import Consultation, PlanVersion
from painconsult.accounts.models import User
from tests.conftest import sign_in_browser, without_append_only

pytestmark = pytest.mark.browser


@pytest.fixture
def _emptied(transactional_db):
    """Playwright's loop gives this thread a connection of its own, which the suite's flush does not know."""
    yield
    with connection.cursor() as cursor:
        for statement in without_append_only():
            cursor.execute(statement)


def pages(page):
    """How many sheets of A4 this page makes."""
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")


@pytest.mark.usefixtures("_emptied")
def test_the_seven_steps_on_paper_are_five_sheets_and_a_record_is_six_at_most(page, context, live_server):
    clinic = seeding.seed(as_written=True)
    by = User.objects.get(clinic=clinic, email="therapist@demo.example")
    sign_in_browser(context, live_server, by)
    page.goto(live_server.url + reverse("paper"))
    assert pages(page) == 5
    page.emulate_media(media="print")
    breaks = "steps => steps.filter(step => getComputedStyle(step).breakBefore == 'page').length"
    assert page.locator(".paper-step").evaluate_all(breaks) == 3  # before the check and steps 4 and 6
    page.emulate_media(media="null")
    for visit in Consultation.objects.filter(clinic=clinic, completed_at__isnull=False):
        page.goto(live_server.url + reverse("review", args=[visit.pk]))
        assert pages(page) <= 6


@pytest.mark.usefixtures("_emptied")
def test_every_plan_of_the_demo_is_two_sheets_and_when_to_get_help_is_on_one(page, live_server):
    clinic = seeding.seed(as_written=True)
    by = User.objects.get(clinic=clinic, email="nurse@demo.example")
    sheets = {}
    for version in PlanVersion.objects.filter(clinic=clinic).select_related("plan__client"):
        _, secret = actions.new_link(version.plan, "Phone", by=by)
        page.goto(f"{live_server.url}/p#{secret}")
        page.get_by_role("button", name="Open my plan").click()
        page.wait_for_url("**/p/plan")
        sheets[version.plan.client.preferred_name] = pages(page)
    assert sheets == {"Graham": 2, "Priya": 2, "Marisol": 2}
    page.emulate_media(media="print")
    assert page.locator("#help").evaluate("box => getComputedStyle(box).breakInside") == "avoid"
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    body = page.locator("body").evaluate(size)
    assert body >= 16  # 12 points
    assert {page.locator("#help li").nth(n).evaluate(size) for n in (0, 8, -1)} == {body}


@pytest.mark.usefixtures("_emptied")
def test_a_preview_prints_as_the_plan_does_and_a_new_link_on_one_sheet(page, context, live_server):
    clinic = seeding.seed(as_written=True)
    by = User.objects.get(clinic=clinic, email="nurse@demo.example")
    sign_in_browser(context, live_server, by)
    version = PlanVersion.objects.get(plan__client__preferred_name="Marisol")
    page.goto(live_server.url + reverse("plan", args=[version.consultation_id]))
    assert pages(page) == 2
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("img", name="QR code").wait_for()
    assert pages(page) == 1
