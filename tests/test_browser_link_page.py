"""The page that shows a new link: its code in light, dark and on paper, copying it, and the end of the visit."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect

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


def test_a_copied_link_is_said_on_the_button_and_spoken(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Copy the link")
    button.click()
    expect(page.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    expect(page.locator("#said[role=status]")).to_have_text("Copied")
    address = page.get_by_label("The link, to send").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == address
    expect(button).to_be_visible(timeout=8000)


def test_where_copying_is_not_allowed_the_button_says_what_to_do(page):
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Not copied. It is marked: copy it by hand.")).to_be_visible()
    marked = page.locator("#url").evaluate(
        "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    )
    assert marked == page.locator("#url").input_value()


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
