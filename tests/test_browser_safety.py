"""The safety check under a therapist's hands: group after group, and what comes up in the middle of a story."""

import pytest
from playwright.sync_api import expect

from consults.models import Consultation, SafetyFinding
from tests import visits
from tests.checks import FOLLOW_UP, done, told
from tests.conftest import sign_in_browser
from tests.room import Complaints, Room, read_aloud

pytestmark = pytest.mark.browser
SIZES = {
    "laptop": {"width": 1366, "height": 768},
    "tablet": {"width": 820, "height": 1180},
    "phone": {"width": 390, "height": 844},
}


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def room(page, context, live_server, therapist):
    visit = visits.begin(therapist)
    visits.save(visit, "acknowledge")
    sign_in_browser(context, live_server, therapist)
    return Room(page, f"{live_server.url}/consultations/{visit.pk}")


def none_of(room, group):
    return room.page.locator(f"#g{group} .none input")


# --- Group after group ------------------------------------------------------------------------


def test_a_group_that_was_not_read_says_so_beside_its_grey_button(room):
    room.page.set_viewport_size(SIZES["phone"])
    room.go("safety")
    note = room.page.locator("#g7 .unread")
    expect(none_of(room, 7)).to_be_disabled()
    expect(none_of(room, 7)).to_have_accessible_description("Read this group first.")
    expect(note).to_have_text("Read this group first.")
    note.scroll_into_view_if_needed()
    for line in room.page.locator("#g7 .lines li").all():
        line.scroll_into_view_if_needed()
    expect(none_of(room, 7)).to_be_enabled()
    expect(note).to_be_hidden()
    expect(none_of(room, 7)).to_have_accessible_description("")


def test_the_press_after_a_group_goes_on_to_the_next_one(room):
    room.page.set_viewport_size(SIZES["phone"])
    room.go("safety")
    for group in range(1, 7):
        read_aloud(room, group)
        heading = room.page.locator(f"#h-g{group + 1}")
        expect(heading).to_be_focused()
        expect(heading).to_be_in_viewport()
    read_aloud(room, 7)
    expect(room.page.locator("#h-touch")).to_be_focused()


def test_a_group_that_is_done_already_is_passed_over_and_taking_back_stays(room):
    room.go("safety")
    read_aloud(room, 2)
    read_aloud(room, 1)
    expect(room.page.locator("#h-g3")).to_be_focused()
    none_of(room, 1).press("Space")
    expect(none_of(room, 1)).not_to_be_checked()
    expect(none_of(room, 1)).to_be_focused()


def test_a_second_tap_on_the_same_place_answers_nothing_that_was_not_read(room):
    """The next group comes under the same finger; on a tall screen all of it was in view before."""
    room.page.set_viewport_size(SIZES["tablet"])
    room.page.emulate_media(reduced_motion="reduce")
    room.go("safety")
    for group in (1, 2):
        for line in room.page.locator(f"#g{group} .lines li").all():
            line.scroll_into_view_if_needed()
    expect(none_of(room, 2)).to_be_enabled()
    room.page.evaluate(
        """() => { document.querySelector("#g1 .none input").click();
        const tap = new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 });
        document.querySelector("#g2 .lines input").dispatchEvent(tap); }"""
    )
    too_soon = room.page.get_by_text("That tap came too soon. Press again.")
    expect(room.page.locator("#g2 .lines li").first).to_contain_text("too soon")  # where the finger is
    room.page.locator("#g2 .none").click(force=True)
    expect(room.page.locator("#g2 .none + [role=status]")).to_contain_text("too soon")
    expect(none_of(room, 1)).to_be_checked()
    expect(none_of(room, 2)).not_to_be_checked()
    expect(room.page.locator("#g2 .lines :checked")).to_have_count(0)
    expect(none_of(room, 2)).to_be_enabled()
    room.choose("none", 2)
    expect(none_of(room, 2)).to_be_checked()
    expect(too_soon).to_have_count(0)


def test_without_motion_the_next_group_is_there_at_once(room):
    room.page.emulate_media(reduced_motion="reduce")
    room.go("safety")
    for line in room.page.locator("#g1 .lines li").all():
        line.scroll_into_view_if_needed()
    expect(none_of(room, 1)).to_be_enabled()
    none_of(room, 1).focus()
    top = room.page.evaluate(
        """() => { document.querySelector("#g1 .none input").click();
        return document.querySelector("#g2").getBoundingClientRect().top; }"""
    )
    assert 0 <= top < 200


def test_a_fall_asks_how_urgent_it_is_and_its_tag_follows_what_is_pressed(room):
    room.go("safety")
    room.choose("yes", "fracture_injury")
    tag = room.page.locator(".finding:has(#h-fracture) .tag")
    expect(tag).to_have_text("Say how urgent", use_inner_text=True)
    expect(room.page.locator("[name=finding-fracture-level_now]:checked")).to_have_count(0)
    room.choose("finding-fracture-level_now", "U")
    expect(tag).to_have_text("Say why it is not “Emergency now”", use_inner_text=True)
    room.choose("finding-fracture-level_now", "E")
    expect(tag).to_have_text("Emergency now", use_inner_text=True)
    room.choose("yes", "neuro_weakness")  # the cards are drawn again
    expect(room.page.locator("#h-neuro_prog + .tag")).to_have_text("Emergency now", use_inner_text=True)
    room.choose("finding-fracture-level_now", "U")
    room.choose("yes", "neuro_weakness")
    expect(tag).to_have_text("Say why it is not “Emergency now”", use_inner_text=True)
    assert room.chosen("finding-fracture-level_now") == "U"


def test_a_level_that_is_lowered_stays_lowered_and_the_end_of_the_check_follows_its_reason(room):
    room.go("safety").press("#g3 .lines label")
    against = room.page.locator("label:has([name=outcome][value=proceed_with_follow_up]) .against")
    expect(against).to_contain_text("emergency sign is open")
    room.choose("finding-fracture-level_now", "U")
    room.jot("finding-fracture-level_reason", "Examined and X-rayed since, nothing broken")
    room.page.locator("[name=finding-fracture-contacted]").focus()
    expect(against).to_have_count(0)
    assert room.chosen("finding-fracture-level_now") == "U"
    expect(room.page.locator("[name=finding-fracture-contacted]")).to_be_focused()


# --- In the middle of a story -----------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_the_way_in_has_words_at_every_width(room, size):
    room.page.set_viewport_size(SIZES[size])
    room.go("acknowledge")
    way_in = room.page.get_by_role("button", name="Something needs attention")
    words = way_in.locator(".short" if size == "phone" else ".long")
    assert words.bounding_box()["width"] > 40
    bar = room.page.locator(".room-top .wrap").bounding_box()
    assert way_in.bounding_box()["x"] + way_in.bounding_box()["width"] <= bar["x"] + bar["width"]


@pytest.mark.parametrize("size", SIZES)
def test_a_disclosure_is_asked_about_and_left_without_scrolling(room, size):
    page = room.page
    page.set_viewport_size(SIZES[size])
    room.go("acknowledge").write("story_client_words", "Some days I can’t go on").ask("attention")
    expect(page.get_by_text("thoughts of not wanting to live")).to_be_hidden()
    expect(page.get_by_text("A sign in the body")).to_be_in_viewport(ratio=1)
    room.open("Something they said")
    expect(page.get_by_text("thoughts of not wanting to live")).to_be_in_viewport(ratio=1)
    expect(page.locator("[name=suicide_answer]").first).to_be_in_viewport()
    close = page.locator(".room-top").get_by_role("button", name="Close, and back to acknowledge")
    expect(close).to_be_in_viewport(ratio=1)
    room.choose("suicide_answer", "none").press(close)
    expect(page.locator("h1")).to_have_text("Acknowledge the pain")
    assert room.value("story_client_words") == "Some days I can’t go on"
    assert Consultation.objects.get().suicide_answer == "none"


def test_a_disclosure_that_is_an_emergency_is_handled_where_it_was_asked(room):
    page = room.page
    room.go("acknowledge").ask("attention").open("Something they said")
    room.choose("suicide_answer", "active")
    expect(page.locator("#h-suicide")).to_be_visible()
    expect(page.locator("#g1")).to_be_hidden()
    room.jot("finding-suicide-action", "Stayed with him, rang the crisis team")
    room.jot("finding-suicide-contacted_at", "14:10").choose("outcome", "paused_referred")
    room.saved("Paused")
    assert SafetyFinding.objects.get().level_now == "E"


def test_a_sign_in_the_body_is_one_press_away(room):
    room.go("acknowledge").ask("attention")
    room.open("A sign in the body").press("#g1 .lines label")
    expect(room.page.locator("#h-ces")).to_be_visible()


def test_what_is_open_is_led_to_with_its_heading_at_the_top(room):
    visit = Consultation.objects.get()
    visits.save(visit, "safety", told("cancer_weight", outcome=FOLLOW_UP, reason="Rung", **done("cancer")))
    page = room.go("reframe").page
    page.get_by_role("button", name="What is open").click()
    heading = page.locator("#h-found")
    expect(heading).to_be_focused()
    assert heading.bounding_box()["y"] < 150
