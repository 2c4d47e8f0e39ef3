"""Nothing typed is lost, nothing is saved twice, and "Saved" is said only after the server's answer.

The same as test_browser_session.py, on the pages of a real consultation.
"""

import json
from urllib.parse import unquote

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from consults.models import Consultation, Draft, Step, StepEntry
from tests import visits
from tests.conftest import sign_in_browser
from tests.factories import PASSWORD, make_therapist
from tests.room import Complaints, Room

pytestmark = pytest.mark.browser
STORY = "It went in October, canary 7193"


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def visit(therapist):
    return visits.begin(therapist)


@pytest.fixture
def room(page, context, live_server, therapist, visit):
    """Step 1 with consent pressed; nothing of the story is typed yet."""
    sign_in_browser(context, live_server, therapist)
    return at_step_1(page, live_server, visit)


def at_step_1(page, live_server, visit):
    room = Room(page, f"{live_server.url}/consultations/{visit.pk}").go("acknowledge")
    return room.choose("consent_to_record", "yes") if not room.chosen("consent_to_record") else room


def story(of=None):
    return Consultation.objects.get().story_client_words


def saved_once():
    """One entry, one number, and the story in the record."""
    assert StepEntry.objects.count() == 1
    assert Step.objects.get(slug="acknowledge").number == 1
    assert story() == STORY


def press_save(room):
    room.page.locator("#step-form .actions button.govuk-button").click()


def receipt(room):
    return room.page.locator("#receipt")


def message(room):
    return room.page.locator("#message")


# --- The network ------------------------------------------------------------------------------------


def test_an_answer_lost_after_the_commit_has_one_effect_and_saved_comes_late(room):
    keys = []

    def lose_the_first(route):
        keys.append(route.request.post_data_json["key"])
        if len(keys) > 1:
            return route.continue_()
        route.fetch(max_redirects=0)
        route.abort()

    room.page.route("**/acknowledge", lose_the_first)
    room.write("story_client_words", STORY)
    press_save(room)
    expect(message(room)).to_contain_text("The server did not answer.")
    saved_once()
    assert room.value("story_client_words") == STORY
    expect(receipt(room)).not_to_contain_text("Saved")
    message(room).get_by_role("button", name="Send again").click()
    expect(room.page.locator("h1")).to_have_text("Safety check")
    expect(receipt(room)).to_contain_text("Saved")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    saved_once()


def test_what_is_typed_offline_stays_and_is_kept_when_the_network_is_back(room, context):
    expect(receipt(room)).to_contain_text("Draft kept")
    context.set_offline(True)
    room.write("story_client_words", STORY)
    expect(room.page.locator("#offline")).to_be_visible()
    expect(room.page.locator("#offline")).to_contain_text("Keep this page open.")
    assert room.value("story_client_words") == STORY
    context.set_offline(False)
    expect(room.page.locator("#offline")).to_be_hidden()
    expect(receipt(room)).to_contain_text("Draft kept")
    assert "canary+7193" in Draft.objects.get().body
    assert not StepEntry.objects.exists()


# --- Sessions ----------------------------------------------------------------------------------------


def sign_in_again(room, user):
    context = room.page.context
    with context.expect_page() as opened:
        room.page.get_by_role("link", name="Sign in again").click()
    tab = opened.value
    tab.fill("#id_login", user.email)
    tab.fill("#id_password", PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("heading", name="You are signed in").wait_for()
    tab.close()
    room.page.bring_to_front()
    room.page.evaluate("dispatchEvent(new Event('focus'))")


def test_after_a_lost_session_the_same_person_sends_with_the_same_key(room, therapist):
    key = room.page.locator("#step-form [name=key]").input_value()
    room.write("story_client_words", STORY)
    Session.objects.all().delete()
    press_save(room)
    expect(message(room)).to_contain_text("You were signed out")
    assert not StepEntry.objects.exists()
    sign_in_again(room, therapist)
    expect(room.page.locator("h1")).to_have_text("Safety check")
    saved_once()
    assert str(StepEntry.objects.get().key) == key


def test_after_a_lost_session_another_person_sends_nothing(room, clinic):
    colleague = make_therapist(clinic)
    room.write("story_client_words", STORY)
    Session.objects.all().delete()
    press_save(room)
    expect(message(room)).to_contain_text("You were signed out")
    sign_in_again(room, colleague)
    expect(message(room)).to_contain_text("Somebody else is signed in")
    before = StepEntry.objects.count(), Draft.objects.filter(user=colleague).count()
    press_save(room)
    room.choose("explanation_conviction", "40")
    room.page.wait_for_timeout(2500)  # a draft would leave after two seconds
    assert room.value("story_client_words") == STORY
    assert (StepEntry.objects.count(), Draft.objects.filter(user=colleague).count()) == before == (0, 0)


# --- Tabs and history --------------------------------------------------------------------------------


def test_the_second_of_two_tabs_gets_both_texts(room, context, live_server, visit):
    other = at_step_1(context.new_page(), live_server, visit)
    room.write("story_client_words", "The first tab’s words").save()
    other.write("story_client_words", "The second tab’s words").save()
    expect(other.page.locator("#errors")).to_contain_text("Nothing is lost")
    both = other.page.locator(".versus")
    expect(both).to_contain_text("The first tab’s words")
    expect(both).to_contain_text("The second tab’s words")
    assert other.value("story_client_words") == "The second tab’s words"
    assert story() == "The first tab’s words"
    other.saved("Safety check")
    assert story() == "The second tab’s words"
    assert Step.objects.get(slug="acknowledge").number == 2


def test_back_after_saving_shows_what_is_saved(room):
    room.write("story_client_words", "An older answer").saved("Safety check")
    room.go("acknowledge").write("story_client_words", STORY).saved("Safety check")
    room.page.go_back()
    expect(room.page.locator("[name=story_client_words]")).to_have_value(STORY)
    assert room.page.locator("#step-form [name=base]").input_value() == "2"
    room.save()
    assert room.page.locator(".versus").count() == 0
    assert story() == STORY


def test_a_double_click_on_a_step_saves_once(room):
    room.write("story_client_words", STORY)
    room.page.locator("#step-form .actions button.govuk-button").dblclick()
    expect(room.page.locator("h1")).to_have_text("Safety check")
    room.page.wait_for_load_state("networkidle")
    saved_once()


def test_a_closed_tab_opens_again_with_what_was_typed(room, context, live_server, visit):
    room.write("story_client_words", STORY).choose("explanation_conviction", "70")
    room.page.close()  # at once: what was typed leaves with the page
    opened = Room(context.new_page(), room.url)
    for _ in range(20):
        opened.go("acknowledge")
        if opened.value("story_client_words"):
            break
    assert opened.value("story_client_words") == STORY
    assert (opened.chosen("consent_to_record"), opened.chosen("explanation_conviction")) == ("yes", "70")
    expect(opened.page.locator("#step-form")).to_contain_text("It is saved when you press")
    opened.saved("Safety check")
    saved_once()
    opened.go("acknowledge")
    expect(opened.page.locator("#step-form")).not_to_contain_text("It is saved when you press")


# --- What stays behind ---------------------------------------------------------------------------------

STORES = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, await indexedDB.databases(),
  await Promise.all((await caches.keys()).map(async (name) =>
    (await (await caches.open(name)).keys()).map((request) => request.url))), document.cookie])"""


def test_nothing_clinical_stays_in_the_browser_or_in_an_address(room, live_server, therapist):
    addresses = []
    room.page.on("request", lambda request: addresses.append(unquote(request.url)))
    room.page.on("framenavigated", lambda frame: addresses.append(unquote(frame.url)))
    room.write("story_client_words", STORY).write("loss-new1-words", "canary golf").ask("put:plain")
    room.saved("Safety check")
    room.page.go_back()
    expect(room.page.get_by_role("heading", name="Acknowledge the pain")).to_be_visible()
    room.page.wait_for_load_state(
        "networkidle"
    )  # back reloads from the server; leaving meanwhile would be refused
    room.page.goto(f"{live_server.url}/clients")
    room.page.fill("[name=q]", "Graham")
    room.page.get_by_role("button", name="Find").click()
    expect(room.page.get_by_role("heading", name="Found for “Graham”")).to_be_visible()
    kept = json.loads(room.page.evaluate(STORES))
    assert kept[0] == {}
    assert kept[2:] == [[], [], ""]
    for words in ("canary", "Graham", "Reid"):
        assert words not in json.dumps(kept)
        assert not [address for address in addresses if words.lower() in address.lower()]
