"""The whole consultation without JavaScript: every press is a plain form or a plain link."""

import pytest
from playwright.sync_api import expect

from consults.models import Consultation, PlanLink, Step
from tests import room as golf
from tests import visits
from tests.conftest import sign_in_browser
from tests.factories import PASSWORD
from tests.room import Room

pytestmark = pytest.mark.browser


class PlainRoom(Room):
    """Without a script every button loads the next page, and nothing has to be scrolled into view."""

    def _sent(self, button):
        with self.page.expect_navigation():
            button.click()
        self.presses += 1
        return self


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"java_script_enabled": False, "viewport": {"width": 1366, "height": 768}}


def read_everything_aloud(room):
    for group in range(1, 8):
        room.choose("none", group)
    room.choose("touch_safe", "yes")
    room.choose("consent_to_touch", "yes")
    room.choose("outcome", "clear_to_proceed")


def test_the_whole_path_without_javascript(page, browser, live_server, therapist, settings):
    settings.SITE_URL = live_server.url
    room = PlainRoom(page)
    visits.give_hands(therapist)
    page.goto(live_server.url)
    page.fill("#id_login", therapist.email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Add your first client").click()
    room.jot("preferred_name", "Graham").jot("full_name", "Graham Reid")
    room.jot("birth_date-day", 19).jot("birth_date-month", 7).jot("birth_date-year", 1966)
    page.get_by_role("button", name="Add this client").click()
    page.get_by_role("button", name="Begin the first visit").click()

    parts = [read_everything_aloud if part is golf.read_everything_aloud else part for part in golf.SEVEN]
    golf.play(room, *parts)
    turned(room)
    assert Consultation.objects.values_list("felt_understood", "makes_sense").get() == (9, 7)
    assert set(Step.objects.values_list("state", flat=True)) <= {"enough", "full"}
    page.get_by_role("button", name="Complete this visit").click()
    page.get_by_role("link", name="Their plan and links").click()
    page.locator("#strike li", has_text="Who helpsDave").locator("label").click()
    page.get_by_role("button", name="Show it like this").click()
    assert page.locator("#strike input:checked").count() == 1
    page.get_by_role("button", name="Publish their plan").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#url").input_value()
    opens_by(browser, live_server, link)
    opens_by(browser, live_server, link.partition("#")[2])
    assert PlanLink.objects.get().times_opened == 2


def turned(room):
    """Before you go, on the turned screen."""
    page = room.page
    room.ask("turn")
    for value in (9, 7):
        room.press(f'label:has([type=radio][value="{value}"])').say("Next")
    page.get_by_role("link", name="Turn the screen back").click()
    expect(page.locator("#step-form")).to_be_visible()
    room.saved("Graham’s plan")
    room.page.goto(room.page.url.replace("/plan", "/review"))


def opens_by(browser, live_server, code):
    """The client pastes what they were given."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    plan = context.new_page()
    plan.goto(f"{live_server.url}/p")
    plan.get_by_label("Your link, or the code in it").fill(code)
    plan.get_by_role("button", name="Open my plan").click()
    expect(plan.get_by_role("heading", name="Graham’s plan")).to_be_visible()
    expect(plan.locator("main")).to_contain_text("Golf with the group: 16 minutes")
    expect(plan.locator("main")).not_to_contain_text("Dave")
    context.close()


def test_something_needs_attention_without_javascript(page, context, live_server, therapist):
    visit = visits.begin(therapist)
    for slug in ("acknowledge", "safety", "beliefs"):
        visits.save(visit, slug)
    sign_in_browser(context, live_server, therapist)
    room = PlainRoom(page, f"{live_server.url}/consultations/{visit.pk}").go("reframe")
    room.write("alternative-new1-text", "Out of practice").ask("attention")
    room.open("Something they said").choose("suicide_answer", "none").saved("Other ways to see it")
    assert room.value("alternative-new1-text") == "Out of practice"


def test_without_a_script_nothing_is_away_that_no_press_could_bring_back(
    page, context, live_server, therapist
):
    therapist.reads_along = True
    therapist.save()
    visit = visits.open_gate(visits.begin(therapist))
    sign_in_browser(context, live_server, therapist)
    page.goto(f"{live_server.url}/consultations/{visit.pk}/beliefs")
    expect(page.get_by_role("heading", name="Avoid")).to_be_visible()
    expect(page.locator("#private > summary")).to_be_visible()
