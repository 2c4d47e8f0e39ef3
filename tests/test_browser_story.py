"""Steps 1 to 3 and the turned screen under a therapist's and a client's hands."""

import re

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
    page.locator("#more-ideas > summary").click()
    room.choose("messages_used", "m_volume")
    expect(page.locator('label:has([value="mixing_desk"])')).to_be_visible()
    expect(page.locator("#more-pictures .count")).to_have_text("9")
    page.locator("#more-ideas > summary").click()
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
    expect(loss).to_contain_text(
        "You told me what you miss: “Golf with the group”. That is a big thing to lose."
    )
    room.write("client_explanation", "My discs are worn,\n“all of them”.")
    said = page.locator('[value="put:explanation"]')
    expect(said).to_contain_text("this thought: “My discs are worn, “all of them”. That")
    assert not [url for url in posted if not url.endswith("/draft")]
    told = said.text_content()
    room.ask("put:explanation")
    assert room.value("validation_given") == told
    expect(said).to_be_hidden()
    expect(loss).to_contain_text("“Golf with the group”")
    room.write("loss-new1-words", "")
    expect(loss).to_be_hidden()


def test_three_sentences_to_say_back_are_shown_and_the_one_without_their_words(room, visit):
    told = {
        "main_worry": "It never ends",
        "effort": "new1",
        "effort-new1-words": "Heat",
        "validation_given": "",
    }
    visits.save(visit, "acknowledge", visits.good("acknowledge", **told))
    room.go("acknowledge")
    assert [each.is_visible() for each in room.page.locator(".starter").all()] == [True] * 3 + [False] * 3 + [
        True
    ]


# --- Step 3 and the turned screen -----------------------------------------------------------------------


def test_a_conviction_goes_on_by_itself_and_is_moved_by_five_on_its_card(room, visit):
    page = room.page
    saved_before(visit, "acknowledge", "safety")
    room.go("beliefs").ask("add:belief").write("belief-new1-statement", "Every swing grinds").ask("turn:new1")
    room.choose("belief-new1-conviction", "80")
    expect(page.get_by_role("img", name="Question 2 of 5")).to_be_visible()
    page.get_by_role("button", name="Turn the screen back").click()
    page.get_by_role("button", name="Five more").click()
    expect(page.locator("output.chosen").first).to_have_text("85")
    page.get_by_role("button", name="Turn the screen").click()
    expect(page.locator("output.chosen")).to_have_text("85")  # what was said stands there, and waits for Next
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("img", name="Question 2 of 5")).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "kept"), [("8", "80"), ("80", "80"), ("85", "85"), ("83", "80"), ("1", "10"), ("100", "100")]
)
def test_digits_say_a_conviction_on_the_turned_screen(room, visit, typed, kept):
    page = room.page
    saved_before(visit, "acknowledge", "safety")
    room.go("beliefs").ask("add:belief").write("belief-new1-statement", "Every swing grinds").ask("turn:new1")
    page.wait_for_timeout(700)  # a key that comes at once may belong to the page before
    for digit in typed:
        page.keyboard.press(digit)
        page.wait_for_timeout(500)  # a slow hand
    expect(page.get_by_role("img", name="Question 2 of 5")).to_be_visible()
    page.wait_for_timeout(900)
    expect(page.get_by_role("img", name="Question 2 of 5")).to_be_visible()  # no digit answers the next one
    assert room.chosen("belief-new1-flex_mistaken") is None
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("output.chosen")).to_have_text(kept)


def test_arrows_may_move_on_the_turned_screen_until_next(room, visit):
    page = room.page
    saved_before(visit, "acknowledge", "safety")
    room.go("beliefs").ask("add:belief").write("belief-new1-statement", "Every swing grinds").ask("turn:new1")
    going_on = page.get_by_role("button", name="Next")
    expect(going_on).to_be_hidden()
    page.locator("[name=belief-new1-conviction][value='0']").focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.wait_for_timeout(600)
        page.keyboard.press("ArrowRight")
    expect(page.locator("output.chosen")).to_have_text("30")
    expect(page.get_by_role("img", name="Question 1 of 5")).to_be_visible()
    expect(going_on).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="Question 2 of 5")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("output.chosen")).to_have_text("30")


def test_a_run_returns_to_its_card_with_the_focus_on_it(room, visit):
    page = room.page
    heard = {"remembered": "new1", "remembered-new1-words": "Protect your spine."}
    visits.save(visit, "acknowledge", visits.good("acknowledge", **heard))
    saved_before(visit, "safety")
    visits.save(visit, "beliefs")
    visits.save(visit, "beliefs", {"belief": "new1", "belief-new1-statement": "It will never end."})
    room.go("beliefs")
    card = page.locator(".belief", has_text="Every swing grinds")
    card.locator("summary").first.click()
    card.get_by_role("button", name="Turn the screen").click()
    expect(page.locator("body.turned")).to_be_visible()
    conviction = page.locator("[name$=conviction]").first.get_attribute("name")
    room.choose(conviction, "70")
    page.get_by_role("button", name="Turn the screen back").click()
    expect(card.locator("summary").first).to_be_focused()
    expect(card).to_have_attribute("open", "")
    assert room.chosen(conviction) == "70"
    top = card.bounding_box()["y"]
    assert page.locator(".room-top").bounding_box()["height"] <= top < 400


def test_the_explanation_returns_to_the_button_that_turned_the_screen(room, visit):
    saved_before(visit, "acknowledge", "safety")
    room.go("explain").rate(permission="yes", messages_used="m_protector").ask("turn")
    room.page.get_by_role("link", name="Turn the screen back").click()
    expect(room.page.get_by_role("button", name="Turn the screen")).to_be_focused()
    expect(room.page.get_by_role("button", name="Turn the screen")).to_be_in_viewport()


@pytest.mark.parametrize("number", ["80", "85"])
def test_step_1s_answer_is_one_press_in_step_3(room, visit, number):
    page = room.page
    visits.save(visit, "acknowledge", visits.good("acknowledge", explanation_conviction=number))
    saved_before(visit, "safety")
    room.go("beliefs").ask("take:belief")
    more = page.get_by_role("button", name="Five more")
    assert room.chosen("belief-new1-conviction") is None
    expect(more).to_be_disabled()
    page.get_by_text("in step 1", exact=False).locator("visible=true").last.click()
    expect(page.locator("output.chosen").first).to_have_text(number)
    expect(more).to_be_enabled()
    more.click()
    page.get_by_role("button", name="Five less").click()
    assert room.chosen("belief-new1-conviction") == number
    room.save()
    assert visit.belief_ratings.get().conviction == int(number)


def test_a_changed_wording_lets_go_of_the_number_of_the_old_one_and_moves_no_button(room, visit):
    page = room.page
    words = (
        "My discs are worn and every swing grinds them down, whatever I do about it and however careful I am."
    )
    visits.save(visit, "acknowledge", visits.good("acknowledge", client_explanation=words))
    saved_before(visit, "safety")
    room.go("beliefs").ask("take:belief")
    card, turn = page.locator(".belief"), page.get_by_role("button", name="Turn the screen")
    expect(card).to_contain_text("True 80 in step 1, not asked again yet")
    expect(card).to_contain_text("Still 80, as in step 1")
    top = turn.bounding_box()["y"]
    room.open("Change the words").jot("belief-new1-statement", "It grinds.")
    expect(card.locator(".words")).to_have_text("“It grinds.”")
    assert turn.bounding_box()["y"] == top
    still = card.get_by_text("Still 80")
    expect(still).to_be_hidden()
    room.jot("belief-new1-statement", words)
    expect(still).to_be_visible()  # the same words again
    room.jot("belief-new1-statement", "It grinds.")
    page.keyboard.press("Tab")
    expect(card.locator(".belief-line")).to_have_text("Not rated today")
    expect(still).to_be_hidden()


def test_two_ideas_of_one_card_stand_open_at_the_first(room, visit):
    words = "My hips are crumbling and walking wears them out."
    visits.save(visit, "acknowledge", visits.good("acknowledge", client_explanation=words))
    saved_before(visit, "safety")
    room.go("beliefs").ask("add:belief").jot("belief-new1-statement", "It will never end").ask("apart:belief")
    page = room.page
    expect(page.locator(".belief .words")).to_have_text(
        ["“It will never end”", "“My hips are crumbling”", "“Walking wears them out”"]
    )
    expect(page.locator("#f-belief-new2-conviction-0")).to_be_focused()
    expect(page.locator("#card-new2")).to_be_in_viewport()
    expect(page.get_by_text("Heard earlier")).to_have_count(0)
    second = page.locator("#card-new3")
    second.scroll_into_view_if_needed()
    second.click()
    expect(page.locator("#f-belief-new3-conviction-0")).to_be_visible()
    expect(second).to_be_in_viewport(ratio=1)  # the card above it closed and took its height away


def test_where_it_hurts_is_said_on_its_line_as_it_is_pressed(room):
    page = room.page
    room.go("acknowledge").choose("consent_to_record", "yes")
    line = page.locator("#where > summary")
    line.click()
    page.locator("[data-site=low_back]").click()
    page.locator("[data-site=left_knee]").click()
    line.click()
    expect(line).to_contain_text("Where it hurts")
    expect(line).to_contain_text("Left knee, Low back")


def test_heard_cards_read_well_on_a_phone(room, visit):
    page = room.page
    page.set_viewport_size({"width": 390, "height": 844})
    words = "Protect your back, and never lift anything heavy again, or you will end up in a wheelchair."
    heard = {"remembered": "new1", "remembered-new1-words": words, "remembered-new1-who": "The first physio"}
    visits.save(visit, "acknowledge", visits.good("acknowledge", **heard))
    saved_before(visit, "safety")
    visits.save(visit, "beliefs")
    room.go("beliefs")
    cards = page.locator(".heard li")
    assert cards.count() == 2
    for card in cards.all():
        said, box = card.locator(".voice-line").bounding_box(), card.bounding_box()
        assert said["width"] > 0.9 * box["width"]
        for button in card.locator("button:visible").all():
            touch = button.bounding_box()
            assert touch["height"] >= 44
            assert touch["y"] >= said["y"] + said["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# --- The clinician's own words --------------------------------------------------------------------


def test_advice_on_wording_comes_when_the_field_is_left_and_the_place_is_kept(room):
    page = room.page
    advice = page.locator("#f-validation_given-say .say")
    room.go("acknowledge").choose("consent_to_record", "yes")
    room.write("validation_given", "Your discs are worn. I believe you.")
    expect(advice).to_have_count(0)
    page.locator("#f-story_client_words").focus()
    expect(advice).to_contain_text("discs are worn")
    expect(page.locator("#f-story_client_words")).to_be_focused()
    page.keyboard.type("It went")
    advice.get_by_role("button", name="Add this").click()
    expect(page.locator("#f-validation_given")).to_have_value(
        re.compile("I believe you. Your back .*change.$")
    )
    expect(page.locator("#f-validation_given")).to_be_focused()
    advice.get_by_role("button", name="Keep mine").click()
    expect(advice).to_have_count(0)
    assert room.value("story_client_words") == "It went"


def test_leaving_the_field_by_the_way_on_saves_and_does_not_wait_for_advice(room, visit):
    room.go("acknowledge").choose("consent_to_record", "yes").write("story_client_words", "It went")
    room.write("validation_given", "Your discs are worn.")
    room.saved("Safety check")
    visit.refresh_from_db()
    assert visit.validation_given == "Your discs are worn."
