"""The page that shows a new link: its code in light, dark and on paper."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.urls import reverse

from consults.actions import plans as actions
from consults.actions.consultations import version_of
from tests.conftest import without_append_only
from tests.visits import make_activity, make_client, make_visit

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("_emptied")]


@pytest.fixture
def _emptied(transactional_db):
    """Playwright's loop gives this thread a connection of its own, which the suite's flush does not know."""
    yield
    with connection.cursor() as cursor:
        for statement in without_append_only():
            cursor.execute(statement)


@pytest.fixture
def visit(therapist):
    visit = make_visit(make_client(therapist), therapist)
    make_activity(visit)
    actions.publish(visit, [], by=therapist, seen=version_of(visit))
    return visit


@pytest.fixture
def page(therapist_page, live_server, visit):
    """The page as it is right after a link was made."""
    therapist_page.goto(live_server.url + reverse("plan", args=[visit.pk]))
    therapist_page.get_by_role("button", name="Make a link").click()
    therapist_page.get_by_role("img", name="QR code").wait_for()
    return therapist_page


@pytest.mark.parametrize("kind", ["light", "dark", "phone", "paper"])
def test_the_code_is_black_on_white_everywhere_and_the_page_is_accessible(page, kind):
    if kind == "phone":
        page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(
        media="print" if kind == "paper" else "screen", color_scheme="dark" if kind == "dark" else "light"
    )
    code = page.get_by_role("img", name="QR code that opens the plan")
    assert code.locator(".qr-paper").evaluate("one => getComputedStyle(one).fill") == "rgb(255, 255, 255)"
    assert code.locator(".qr-ink").evaluate("one => getComputedStyle(one).stroke") == "rgb(0, 0, 0)"
    box = code.bounding_box()
    assert 220 <= box["width"] <= 275 and box["width"] == box["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
