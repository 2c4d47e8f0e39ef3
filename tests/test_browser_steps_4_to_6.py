"""Steps 4, 5 and 6 in a browser: what appears with which answer, and in which order."""

import pytest
from playwright.sync_api import expect

from consults.models import ActivityVisit
from tests import visits
from tests.conftest import sign_in_browser
from tests.room import Room

pytestmark = pytest.mark.browser
ROW = "activity-new1"


@pytest.fixture
def hands(therapist):
    return visits.give_hands(therapist)


@pytest.fixture
def visit(hands):
    return visits.begin(hands)


@pytest.fixture
def room(page, context, live_server, hands, visit):
    sign_in_browser(context, live_server, hands)
    for slug in ("acknowledge", "safety", "beliefs"):
        visits.save(visit, slug)
    return Room(page, f"{live_server.url}/consultations/{visit.pk}")


def field(room, name):
    return room.page.locator(f'[name="{name}"]')


# --- Step 5 -----------------------------------------------------------------------------------


def test_one_barrier_costs_one_press_and_one_sentence(room):
    room.go("activities")
    room.ask("take:activity").choose(f"{ROW}-confidence", 6)
    weather, sleep = (field(room, f"{ROW}-barrier_plan_{name}") for name in ("weather", "sleep"))
    expect(weather).to_be_hidden()
    before = room.presses, room.typed
    room.choose(f"{ROW}-barriers_chosen", "weather")
    expect(weather).to_be_visible()
    expect(sleep).to_be_hidden()
    room.write(f"{ROW}-barrier_plan_weather", "Indoors, with the broom")
    assert (room.presses - before[0], room.typed - before[1]) == (1, 1)

    room.choose(f"{ROW}-barriers_chosen", "sleep").write(f"{ROW}-barrier_plan_sleep", "An early night")
    room.choose(f"{ROW}-barriers_chosen", "sleep")
    expect(sleep).to_be_hidden()
    room.save()
    assert ActivityVisit.objects.get().barriers == [{"barrier": "weather", "plan": "Indoors, with the broom"}]


def test_what_was_planned_stays_in_sight_when_they_are_sure_and_no_reason_is_asked_for(room):
    room.go("activities")
    room.ask("take:activity")
    reason = field(room, f"{ROW}-confidence_reason")
    expect(reason).to_be_hidden()
    room.choose(f"{ROW}-confidence", 6)
    expect(reason).to_be_visible()
    room.choose(f"{ROW}-barriers_chosen", "weather").choose(f"{ROW}-confidence", 8)
    expect(field(room, f"{ROW}-barrier_plan_weather")).to_be_visible()
    expect(reason).to_be_hidden()
