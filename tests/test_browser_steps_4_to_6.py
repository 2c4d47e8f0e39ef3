"""Steps 4, 5 and 6 in a browser: what appears with which answer, and in which order."""

import pytest
from playwright.sync_api import expect

from consults.models import ActivityVisit, BeliefRating
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


def test_the_head_of_an_activity_says_what_is_typed_in_it(room):
    room.go("activities")
    room.ask("take:activity")
    room.jot(f"{ROW}-activity", "Nine holes with Dave")
    head = room.page.locator(".belief summary .words").first
    expect(head).to_have_text("Nine holes with Dave")
    room.jot(f"{ROW}-activity", "")
    expect(head).to_have_text("What they want to do more of")


def test_after_a_guess_the_first_week_is_for_counting_and_without_numbers_nothing_is_offered(room):
    room.go("activities")
    room.ask("take:activity")
    offer = room.page.get_by_role("button", name="As far as it goes on an ordinary day")
    expect(offer).to_be_hidden()
    room.choose(f"{ROW}-amounts", "recalled").choose(f"{ROW}-unit", "minutes").jot(f"{ROW}-guess", 20)
    expect(offer).to_be_visible()
    room.ask("put:action")
    assert room.value(f"{ROW}-then_action") == "Saturday golf, as far as it goes on an ordinary day"
    expect(offer).to_have_count(0)
    room.choose(f"{ROW}-amounts", "words").jot(f"{ROW}-then_action", "")
    expect(room.page.locator(".offer:visible")).to_have_count(0)


def test_what_gets_in_the_way_stays_while_the_name_of_the_activity_is_typed(room):
    room.go("activities").ask("take:activity").choose(f"{ROW}-confidence", 6)
    room.choose(f"{ROW}-barriers_chosen", "weather").write(
        f"{ROW}-barrier_plan_weather", "Indoors, with the broom"
    )
    plans = room.page.locator(".barrier > .then")
    before = plans.count()
    field(room, f"{ROW}-activity").press_sequentially(" again and again")
    expect(plans).to_have_count(before)
    assert room.value(f"{ROW}-barrier_plan_weather") == "Indoors, with the broom"


def test_a_cue_that_says_how_often_lights_its_key_and_keeps_the_keyboard_where_it_is(room):
    page = room.page
    room.go("activities").ask("take:activity").write(f"{ROW}-if_cue", "Every morning, after tea")
    page.keyboard.press("Tab")
    lit = page.locator(".times .as-said")
    expect(lit).to_have_text("7")
    assert room.chosen(f"{ROW}-frequency_per_week") is None
    expect(field(room, f"{ROW}-then_action")).to_be_focused()
    page.locator(f"#f-{ROW}-frequency_per_week-1").focus()
    page.keyboard.press("Space")
    expect(page.locator(f"#named-{ROW}")).to_have_text("“Every morning, after tea” says 7. Which is it?")
    expect(lit).to_have_count(0)
    expect(page.locator(f"#f-{ROW}-frequency_per_week-1")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#f-{ROW}-frequency_per_week-2")).to_be_focused()
    assert room.chosen(f"{ROW}-frequency_per_week") == "3"


# --- Step 4 -----------------------------------------------------------------------------------


def test_a_try_begins_with_what_they_do_and_ends_with_what_they_make_of_it(room):
    room.go("reframe")
    named = "movement", "noticed_before", "in_between", "noticed_after", "learnt_client_words"
    fields = [field(room, f"experiment-new1-{name}") for name in named]
    for each in fields[1:4]:
        expect(each).to_be_hidden()  # nothing is pressed beforehand
    room.choose("experiment-new1-kind", "notice")
    for each in fields:
        expect(each).to_be_visible()
    places = [each.bounding_box()["y"] for each in fields]
    assert places == sorted(places)
    room.choose("experiment-new1-kind", "prediction")
    named = "movement", "prediction", "safety_behaviour_to_drop", "what_happened", "learnt_client_words"
    places = [field(room, f"experiment-new1-{name}").bounding_box()["y"] for name in named]
    assert places == sorted(places)
    expect(field(room, "experiment-new1-noticed_before")).to_be_hidden()


def test_after_a_try_how_true_it_feels_is_one_press_beside_the_number_before(room):
    page = room.page
    again = page.locator(".again")
    room.go("reframe")
    expect(again).to_be_hidden()  # nothing was tried yet
    room.choose("experiment-new1-kind", "prediction").write("experiment-new1-movement", "One slow swing")
    expect(again).to_contain_text("Still 80, as in step 3")
    room.press(again.locator("label:has([value='40'])")).save()
    assert [(each.conviction, each.conviction_again) for each in BeliefRating.objects.all()] == [(80, 40)]


# --- The safety check -------------------------------------------------------------------------


def test_a_reason_for_how_the_check_ends_is_asked_for_only_where_it_does_not_end_clear(room):
    room.go("safety")
    reason = field(room, "outcome_reason")
    expect(reason).to_be_hidden()
    room.choose("outcome", "proceed_with_follow_up")
    expect(reason).to_be_visible()
    room.choose("outcome", "clear_to_proceed")
    expect(reason).to_be_hidden()


# --- From step to step ------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [60, 150, 250])
def test_a_double_tap_on_the_way_on_skips_no_step(room, gap):
    """The next page comes under the same finger, also when it is as long."""
    room.page.set_viewport_size({"width": 820, "height": 900})
    room.go("beliefs")
    button = room.page.locator("#step-form .actions button.govuk-button")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    for _ in range(2):
        room.page.mouse.click(box["x"] + 40, box["y"] + 20)
        room.page.wait_for_timeout(gap)
    expect(room.page.locator("h1").first).to_have_text("Other ways to see it")
    room.page.wait_for_timeout(600)
    expect(room.page.locator("h1").first).to_have_text("Other ways to see it")
    assert not room.page.url.endswith("/activities")


def test_a_double_tap_on_pause_does_not_sign_out(room):
    """Where Pause was, the next page has Sign out."""
    room.go("beliefs")
    box = room.page.get_by_role("button", name="Pause").bounding_box()
    for _ in range(2):
        room.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        room.page.wait_for_timeout(150)
    sign_out = room.page.get_by_role("button", name="Sign out")
    expect(sign_out).to_be_visible()
    room.page.wait_for_timeout(600)
    expect(sign_out).to_be_visible()


def test_a_belief_that_is_worked_on_says_so_in_its_line(room):
    room.go("beliefs").ask("add:belief").write("belief-new1-statement", "Every swing grinds")
    line = room.page.locator("#line-new1")
    expect(line).not_to_contain_text("Worked on")
    room.choose("belief-new1-focus", "yes")
    expect(line).to_contain_text("Worked on")


def test_an_ally_removed_by_mistake_is_put_back_and_met_at_its_beginning_also_after_a_reload(room):
    room.go("resources").choose("ally_answer", "yes")
    room.ask("add:ally").jot("ally-new1-name", "Dave").write("ally-new1-will_do", "Walks three holes")
    room.choose("ally-new1-may_know", "plan").ask("remove:ally:new1")
    back = room.page.locator('[value="back:ally:new1"]')
    expect(back).to_be_focused()
    expect(field(room, "ally-new1-will_do")).to_be_hidden()
    room.page.reload()
    expect(back).to_be_visible()
    room.ask("back:ally:new1")
    assert room.value("ally-new1-will_do") == "Walks three holes"
    assert room.chosen("ally-new1-may_know") == "plan"
    expect(field(room, "ally-new1-relationship")).to_be_focused()
    expect(room.page.get_by_role("heading", name="Dave")).to_be_in_viewport()
