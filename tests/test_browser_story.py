"""Steps 1 to 3 and the turned screen under a therapist's and a client's hands."""

import pytest
from playwright.sync_api import expect

from tests import visits
from tests.conftest import sign_in_browser
from tests.room import Complaints, Room

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def visit(therapist):
    return visits.begin(therapist)


@pytest.fixture
def room(page, context, live_server, therapist, visit):
    sign_in_browser(context, live_server, therapist)
    return Room(page, f"{live_server.url}/consultations/{visit.pk}")


def saved_before(visit, *slugs):
    for slug in slugs:
        visits.save(visit, slug)


# --- Step 2: the nearest first ------------------------------------------------------------------------


def test_an_idea_chosen_behind_the_fold_stays_in_sight_and_brings_its_pictures(room, visit):
    page = room.page
    saved_before(visit, "acknowledge", "safety")
    room.go("explain")
    expect(page.locator('label:has([value="m_volume"])')).to_be_hidden()
    expect(page.locator('label:has([value="mixing_desk"])')).to_be_hidden()
    page.locator("#more-ideas summary").click()
    room.choose("messages_used", "m_volume")
    expect(page.locator('label:has([value="mixing_desk"])')).to_be_visible()
    expect(page.locator("#more-pictures .count")).to_have_text("9")
    page.locator("#more-ideas summary").click()
    expect(page.locator('label:has([value="m_pace"])')).to_be_hidden()
    expect(page.locator('label:has([value="m_volume"])')).to_be_visible()
    expect(page.locator("#more-ideas .count")).to_have_text("9")
    room.choose("metaphor", "radio").save()
    found = visits.change(visit)
    assert (found.messages_used, found.metaphor) == (["m_volume"], "radio")
