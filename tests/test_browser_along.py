"""Two people look at one screen: what is for the therapist is away while the client reads along, and the client's
phone on the plan page follows what is left out."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import visits
from tests.conftest import sign_in_browser
from tests.room import Complaints, Room

pytestmark = pytest.mark.browser
TOP = "one => one.getBoundingClientRect().top - one.closest('.plan').getBoundingClientRect().top"


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def visit(therapist):
    visit = visits.save_all(visits.begin(therapist))
    visit.steps.filter(slug="resources").update(state="begun")
    return visit


@pytest.fixture
def room(page, context, live_server, therapist, visit):
    sign_in_browser(context, live_server, therapist)
    return Room(page, f"{live_server.url}/consultations/{visit.pk}")


def test_what_is_for_the_therapist_is_away_while_the_client_reads_along(room):
    page = room.go("beliefs").page
    for_you = [
        page.get_by_role("heading", name="Avoid"),
        page.locator("#private > summary"),
        page.locator(".lede .muted"),
    ]
    for each in for_you:
        expect(each).to_be_visible()
    page.get_by_role("button", name="Put my help and notes away").click()
    for each in for_you:
        expect(each).to_be_hidden()
    expect(page.get_by_role("heading", name="You could ask")).to_be_visible()  # to both of them
    room.save()
    expect(page.locator("#main h1")).to_have_text("Support and resources")
    expect(for_you[0]).to_be_hidden()
    page.reload()
    expect(for_you[0]).to_be_hidden()
    page.get_by_role("button", name="Show my help and notes").click()
    expect(for_you[0]).to_be_visible()
    page.reload()
    expect(for_you[0]).to_be_visible()


def test_an_error_is_shown_wherever_it_is(room):
    page = room.go("beliefs").page
    page.get_by_role("button", name="Put my help and notes away").click()
    page.locator("[name=private_notes]").evaluate("box => { box.value = 'x'.repeat(9000); }")
    page.locator("#step-form .actions .govuk-button").click()
    expect(page.locator("#private .govuk-error-message")).to_be_visible()


def test_the_phone_shows_where_a_line_was_left_out(room, visit):
    page = room.page
    page.goto(room.url + "/plan")
    flare, why = page.locator("#phone [data-part=flare]"), page.locator("#phone [data-part=why]")
    assert flare.evaluate(TOP) > 400
    page.locator(".strike label:has([data-of-part=flare])").first.click()
    expect(flare).to_be_in_viewport()
    assert 0 <= flare.evaluate(TOP) <= 40
    page.locator(".strike label:has([data-of-part=why])").first.click()
    expect(why).to_have_count(0)
    assert page.locator("#phone .plan").evaluate("one => one.scrollTop") > 0  # nothing to show: it stays


def test_the_plan_has_the_list_of_steps_and_leads_back(room, visit):
    page = room.page
    page.goto(room.url + "/plan")
    page.get_by_role("navigation", name="Steps of this visit").get_by_role("link", name="Support").click()
    expect(page).to_have_url(f"{room.url}/resources")
    page.get_by_role("link", name="Their plan").first.click()
    assert page.url.endswith(reverse("plan", args=[visit.pk]))


def test_pressing_it_keeps_what_is_typed(room, visit):
    page = room.go("beliefs").page
    box = page.locator("[name=private_notes]")
    page.locator("#private > summary").click()
    box.fill("Typed and not saved")
    page.get_by_role("button", name="Put my help and notes away").click()
    page.get_by_role("button", name="Show my help and notes").click()
    expect(box).to_have_value("Typed and not saved")
    room.save()
    assert visit.steps.get(slug="beliefs").private_notes == "Typed and not saved"


def test_two_quick_presses_are_remembered_as_they_were_pressed(room):
    page = room.go("beliefs").page
    avoid, switch = page.get_by_role("heading", name="Avoid"), page.locator("[data-along]")
    for presses in (3, 2):  # away after three, still away after two more
        with page.expect_response(lambda reply: reply.url.endswith("/reads-along")):
            for _ in range(presses):
                switch.click()
        page.wait_for_load_state("networkidle")
        expect(avoid).to_be_hidden()
        page.reload()
        expect(avoid).to_be_hidden()


def test_whoever_is_led_to_what_is_away_has_it_until_the_next_step(room, therapist):
    page = room.go("beliefs").page
    avoid = page.get_by_role("heading", name="Avoid")
    with page.expect_response(lambda reply: reply.url.endswith("/reads-along")):
        page.locator("[data-along]").click()
    page.goto(f"{room.url}/beliefs?focus=f-private_notes")
    expect(page.locator("#f-private_notes")).to_be_focused()
    expect(avoid).to_be_visible()
    room.save()
    expect(page.locator("#main h1")).to_have_text("Support and resources")
    expect(avoid).to_be_hidden()
    therapist.refresh_from_db()
    assert therapist.reads_along is True


def test_coming_back_from_elsewhere_brings_back_nothing_that_was_put_away(room):
    page = room.go("beliefs").page
    page.locator("#private > summary").click()
    page.locator("[name=private_notes]").fill("Typed before she looked")
    page.locator("[data-along]").click()
    page.get_by_role("button", name="Something needs attention?").click()
    page.get_by_role("button", name="Close, and back to").first.click()
    expect(page.locator("#main h1")).to_have_text("Core beliefs")
    expect(page.locator("[name=private_notes]")).to_have_value("Typed before she looked")
    expect(page.locator("#private")).to_be_hidden()


def saved_by_a_colleague(visit, slug, **answers):
    visits.save(visit, slug, visits.as_shown(visit, slug) | answers)


@pytest.mark.parametrize(("slug", "is_away"), [("beliefs", True), ("safety", False)])
def test_what_differs_is_away_too_but_for_the_check_which_the_client_does_not_see(
    room, visit, complaints, slug, is_away
):
    page = room.go("beliefs").page
    page.locator("[data-along]").click()
    if slug == "safety":
        page.get_by_role("button", name="Something needs attention?").click()
        page.locator("#noted[open]").wait_for()
    page.locator("[name=private_notes]").evaluate("box => { box.value = 'Mine'; }")
    saved_by_a_colleague(visit, slug, private_notes="Theirs")
    page.locator("#step-form .actions .govuk-button").last.click()
    versus = page.locator(".versus")
    expect(versus).to_have_count(1)
    expect(versus).to_be_visible(visible=not is_away)
    complaints.clear()


def test_what_waits_until_they_have_left_is_away_and_the_check_says_what_it_is_for(room):
    page = room.go("activities").page
    later = page.get_by_text("After they leave")
    expect(later.first).to_be_visible()
    page.locator("[data-along]").click()
    for each in later.all():
        expect(each).to_be_hidden()
    room.go("safety")
    expect(page.locator(".lede .muted")).to_contain_text("Turn the screen to yourself")
    expect(page.locator(".lede .muted")).to_be_visible()


def test_a_failed_request_brings_nothing_back(room, complaints):
    page = room.go("beliefs").page
    page.route("**/reads-along", lambda route: route.abort())
    page.locator("[data-along]").click()
    page.wait_for_timeout(2500)
    expect(page.get_by_role("heading", name="Avoid")).to_be_hidden()
    expect(page.locator("#message")).to_be_empty()
    complaints.clear()


def test_the_check_hides_nothing_of_its_own(room):
    page = room.go("beliefs").page
    page.locator("[data-along]").click()
    page.get_by_role("button", name="Something needs attention?").click()
    expect(page.locator("#noted > summary")).to_be_visible()


def test_a_line_left_out_while_a_finger_is_down_leaves_the_phone_at_last(room):
    page = room.page
    page.goto(room.url + "/plan")
    why = page.locator("#phone [data-part=why]")
    expect(why).to_have_count(1)
    page.mouse.move(5, 5)
    page.mouse.down()
    page.locator("[data-of-part=why]").first.evaluate("box => box.click()")
    page.wait_for_timeout(1200)
    expect(why).to_have_count(1)
    page.mouse.up()
    expect(why).to_have_count(0)


def test_advice_on_what_was_said_waits_while_they_read_along(room):
    page = room.page
    room.go("acknowledge").jot("validation_given", "Your spine is fragile.")
    page.keyboard.press("Tab")
    advice = page.locator("#f-validation_given-say .say")
    expect(advice).to_be_visible()
    expect(page.get_by_text("A thought on your wording waits")).to_be_hidden()
    page.get_by_role("button", name="Put my help and notes away").click()
    expect(advice).to_be_hidden()
    expect(page.get_by_text("A thought on your wording waits")).to_be_visible()
    page.get_by_role("button", name="Show my help and notes").click()
    expect(advice).to_be_visible()
