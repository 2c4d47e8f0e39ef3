"""A part of a page that is drawn again while somebody works on: a late answer changes nothing that came after it."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from consults.models import BeliefRating, Draft
from tests import visits
from tests.conftest import sign_in_browser
from tests.room import Room

pytestmark = pytest.mark.browser


@pytest.fixture
def room(page, context, live_server, therapist):
    visit = visits.begin(therapist)
    for slug in ("acknowledge", "safety"):
        visits.save(visit, slug)
    sign_in_browser(context, live_server, therapist)
    return Room(page, f"{live_server.url}/consultations/{visit.pk}")


class Held:
    """Requests of a page that are held back until the test lets them go."""

    def __init__(self, page, slug):
        self.redraws, self.saves, self.holds_saves = [], [], False
        page.route(f"**/{slug}", self._took)

    def _took(self, route):
        told = route.request.post_data_json if route.request.method == "POST" else {}
        if told.get("do") == "show":
            self.redraws.append(route)
        elif told.get("do") == "save" and self.holds_saves:
            self.saves.append(route)
        else:
            route.continue_()


def let_go(routes):
    for route in routes:
        with suppress(Error):  # the page took it back
            route.continue_()


def rated(room):
    """A belief whose five questions are answered; the page is on its way to draw the room bar."""
    room.ask("add:belief").write("belief-new1-statement", "Every swing grinds")
    held = Held(room.page, "beliefs")
    with room.page.expect_request(lambda request: "do=show" in (request.post_data or "")):
        room.choose("belief-new1-conviction", "80")
    return held


def test_a_redraw_that_answers_after_the_save_finds_nobody_waiting(room):
    held = rated(room.go("beliefs"))
    room.saved("Other ways to see it")
    saved = room.page.locator("#receipt").text_content()
    let_go(held.redraws)
    room.page.wait_for_timeout(600)
    expect(room.page.locator("#receipt")).to_have_text(saved)
    assert BeliefRating.objects.get().conviction == 80
    assert not Draft.objects.exists()


def test_what_is_pressed_while_a_save_is_on_its_way_asks_for_no_redraw(room):
    held = rated(room.go("beliefs"))
    held.holds_saves = True
    room.page.locator("#step-form .actions button.govuk-button").click()
    room.page.wait_for_timeout(100)
    room.choose("belief-new1-impact", "9")
    let_go(held.saves)
    expect(room.page.locator("h1")).to_have_text("Other ways to see it")
    let_go(held.redraws)
    room.page.wait_for_timeout(600)
    assert len(held.redraws) == 1
