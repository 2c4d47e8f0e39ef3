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


# --- Step 1: what is said back ------------------------------------------------------------------------


def test_the_sentences_to_say_back_follow_the_typing_without_a_request(room):
    page = room.page
    room.go("acknowledge").choose("consent_to_record", "yes")
    posted = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    loss = page.locator('[value="put:loss"]')
    expect(loss).to_be_hidden()
    page.locator('[name="loss-new1-words"]').press_sequentially(" Golf with  the group.")
    expect(loss).to_contain_text("You miss “Golf with the group”. That is a big thing to lose.")
    room.write("client_explanation", "My discs are worn,\n“all of them”.")
    said = page.locator('[value="put:explanation"]')
    expect(said).to_contain_text("this thought: “My discs are worn, “all of them”. That")
    assert not [url for url in posted if not url.endswith("/draft")]
    told = said.text_content()
    room.ask("put:explanation")
    assert room.value("validation_given") == told
    expect(loss).to_contain_text("“Golf with the group”")
    room.write("loss-new1-words", "")
    expect(loss).to_be_hidden()


def test_at_most_four_sentences_to_say_back_are_shown(room, visit):
    told = {
        "main_worry": "It never ends",
        "effort": "new1",
        "effort-new1-words": "Heat",
        "validation_given": "",
    }
    visits.save(visit, "acknowledge", visits.good("acknowledge", **told))
    room.go("acknowledge")
    assert [each.is_visible() for each in room.page.locator(".starter").all()] == [True] * 4 + [False] * 3
