"""The whole consultation in a browser, from signing in to the client's phone."""

from datetime import date

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from consults.models import (
    ActivityVisit,
    Alternative,
    BeliefRating,
    CardUse,
    Consultation,
    Experiment,
    Goal,
    PlanLink,
    Step,
)
from tests import room as golf
from tests import visits
from tests.conftest import sign_in_browser
from tests.factories import PASSWORD
from tests.room import Complaints, Room, play, read_aloud

pytestmark = pytest.mark.browser
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def hands(therapist):
    return visits.give_hands(therapist)


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"viewport": LAPTOP, "permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture
def visit(hands):
    return visits.begin(hands)


@pytest.fixture
def room(page, context, live_server, hands, visit):
    """A tab of the therapist in a new visit; nothing is open yet."""
    sign_in_browser(context, live_server, hands)
    return Room(page, f"{live_server.url}/consultations/{visit.pk}")


def saved_before(visit, *slugs):
    """These steps have their good answers."""
    for slug in slugs:
        visits.save(visit, slug)


def states(*leave_out):
    rows = Step.objects.exclude(slug__in=leave_out).values_list("slug", "state")
    return {slug for slug, state in rows if state not in ("enough", "full")}


# --- The golf case --------------------------------------------------------------------------------


def test_the_golf_case_from_the_sign_in_to_the_clients_phone(page, browser, live_server, hands, settings):
    settings.SITE_URL = live_server.url
    room = Room(page)
    page.goto(live_server.url)
    page.fill("#id_login", hands.email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Add your first client").click()
    room.jot("preferred_name", "Graham").jot("full_name", "Graham Reid").date("birth_date", date(1966, 7, 19))
    page.get_by_role("button", name="Add this client").click()
    page.get_by_role("button", name="Begin the first visit").click()
    expect(page).to_have_url(live_server.url + f"/consultations/{Consultation.objects.get().pk}/acknowledge")

    room.presses = room.typed = 0
    counts = {}
    for part in golf.SEVEN:
        before = room.presses, room.typed
        play(room, part)
        counts[part.__name__] = (room.presses - before[0], room.typed - before[1])
    print(f"\ngolf case: {room.presses} presses, {room.typed} typed answers {counts}")
    assert states("before-you-go", "acknowledge", "explain") == set()
    assert room.presses <= 55
    assert room.typed <= 15

    room.rate(felt_understood=9, makes_sense=7).saved("Graham’s plan")
    page.goto(page.url.replace("/plan", "/review"))
    assert states() == set()
    expect(page.locator("main")).to_contain_text(golf.STORY)
    page.get_by_role("button", name="Complete this visit").click()
    expect(page.locator("main")).to_contain_text("since then the answers stay as they are.")
    assert Consultation.objects.get().completed_by == hands

    page.get_by_role("link", name="Their plan and links").click()
    page.get_by_role("button", name="Publish their plan").click()
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator("#said")).to_have_text("Copied")
    url = page.evaluate("navigator.clipboard.readText()")
    assert url == page.locator("#url").input_value()

    phone = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    plan = phone.new_page()
    plan.goto(url)
    expect(plan.locator("body")).not_to_contain_text("Graham")
    assert PlanLink.objects.get().times_opened == 0
    plan.get_by_role("button", name="Open my plan").tap()
    expect(plan.get_by_role("heading", name="Graham’s plan")).to_be_visible()
    told = plan.locator("main").inner_text()
    phone.close()
    due = Goal.objects.get().due_date
    for words in (
        "Your next small step",
        "Golf with the group: 16 minutes",
        "Tuesday, Thursday and Saturday after coffee",
        "I swing the broom indoors for the same minutes.",
        golf.WHY,
        golf.LEVEL_0,
        f"by {due.day} {due:%B %Y}",
        golf.TEACH_BACK,
        "Pain is a protector, not a damage meter.",
        "Dave",
        "When to get help",
        "numbness between the legs",
        "999",
        "116 123",
        "01632 960 001",
        "Version 1",
    ):
        assert words in told, words
    for words in ("grind", "discs", "explanations", "worn", "jumpy", "I believe", "brace", "80", "/10", "30"):
        assert words not in told, words
    assert PlanLink.objects.get().times_opened == 1


def test_the_short_path_takes_at_most_32_presses(room, visit):
    saved_before(visit, "safety")
    room.go("acknowledge")
    play(room, golf.acknowledge)
    for slug in ("beliefs", "activities", "timescale"):
        room.go(slug)
        play(room, getattr(golf, slug))
    print(f"\nshort path: {room.presses} presses, {room.typed} typed answers")
    assert states("safety", "explain", "reframe", "resources", "before-you-go", "acknowledge") == set()
    assert room.presses <= 32


# --- The safety check -------------------------------------------------------------------------------


def test_an_emergency_sign_pauses_and_only_a_clearance_opens_again(room, visit):
    page = room.page
    saved_before(visit, "acknowledge")
    room.go("safety")
    room.press("#g1 .lines label")
    expect(page.locator("#then")).to_contain_text("What to do about it")
    for group in range(1, 8):
        read_aloud(room, group)
    room.rate(touch_safe="yes", consent_to_touch="no", outcome="proceed_with_follow_up")
    room.jot("outcome_reason", "He feels fine").jot("finding-ces-action", "Rang the hospital at once")
    room.save()
    expect(page.locator("#errors")).to_contain_text("An emergency sign is open")

    room.choose("outcome", "paused_referred").saved("Paused")
    expect(page.locator("main")).to_contain_text("999")
    expect(page.locator("main")).to_contain_text("Rang the hospital at once")
    for slug in ("explain", "timescale"):
        room.go(slug)
        expect(page.locator("#step-form")).to_have_count(0)
        expect(page.locator("main")).to_contain_text("The safety check ended in a pause.")
    page.goto(f"{room.url}/plan")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)

    room.go("safety")
    room.open("Record a clearance").date("finding-ces-cleared_on", visit.held_on)
    room.jot("finding-ces-cleared_by", "Dr Reid, GP").jot("finding-ces-cleared_words", "Scan clear, carry on")
    room.saved("Paused")
    room.go("explain")
    expect(page.locator("#step-form")).to_have_count(0)

    room.go("safety")
    room.choose("outcome", "clear_to_proceed").saved("Explain how pain works")
    expect(page.locator("#step-form")).to_have_count(1)


def test_something_needs_attention_in_the_middle_of_step_4_loses_nothing(room, visit):
    saved_before(visit, "acknowledge", "safety", "beliefs")
    room.go("reframe")
    room.choose("experiment-new1-kind", "notice")
    typed = {
        "alternative-new1-text": "Out of practice and jumpy",
        "experiment-new1-noticed_before": "It grabs on the left.\nEvery time.",
        "progress_marker": "Holes played",
    }
    for name, words in typed.items():
        room.write(name, words)
    room.choose("alternative-new1-believability", "40").ask("attention")
    expect(room.page.locator("h1")).to_have_text("Something needs attention")
    room.open("Something they said").choose("suicide_answer", "none").save()
    expect(room.page.locator("h1")).to_have_text("Other ways to see it")
    expect(room.page.locator("#f-alternative-new1-believability-40")).to_be_focused()
    expect(room.page.locator("#f-alternative-new1-believability-40")).to_be_in_viewport()
    assert room.page.url == f"{room.url}/reframe"
    assert {name: room.value(name) for name in typed} == typed
    assert room.chosen("alternative-new1-believability") == "40"
    assert Consultation.objects.get().suicide_answer == "none"
    assert not Alternative.objects.exists()
    room.page.wait_for_timeout(500)  # two presses, no double tap
    room.save()
    assert Alternative.objects.get().text == "Out of practice and jumpy"


# --- Cards, runs, hands-on --------------------------------------------------------------------------


def test_cards_are_taken_up_merged_and_left(room, visit):
    said = ["There is a fair bit of wear in there.", "Protect your spine."]
    heard = {"remembered": ["new1", "new2"]} | {
        f"remembered-new{n}-words": words for n, words in enumerate(said, 1)
    }
    visits.save(visit, "acknowledge", visits.good("acknowledge", **heard))
    saved_before(visit, "safety")
    room.go("beliefs")
    cards = {card.words: card.pk for card in visit.cards.all()}
    room.ask(f"take:belief:{cards['My discs are worn.']}")
    assert room.value("belief-new1-statement") == "My discs are worn."
    room.ask(f"merge:{cards[said[0]]}:new1").ask(f"leave:{cards[said[1]]}")
    expect(room.page.locator(".heard .dealt")).to_have_count(2)
    room.ask(f"unleave:{cards[said[1]]}")
    expect(room.page.locator(".heard .dealt")).to_have_count(1)
    room.ask(f"leave:{cards[said[1]]}")
    assert not CardUse.objects.exists()
    room.save()
    used = CardUse.objects.values_list("card__words", "became", "belief__statement")
    assert set(used) == {
        ("My discs are worn.", "taken", "My discs are worn."),
        (said[0], "merged", "My discs are worn."),
        (said[1], "left", None),
    }
    room.go("beliefs")
    expect(room.page.locator(".heard")).to_have_count(0)


def test_hands_on_and_back_after_the_session_has_ended(room, visit, hands):
    page = room.page
    saved_before(visit, "acknowledge")
    visits.save(visit, "safety", visits.good("safety", consent_to_touch="yes"))
    saved_before(visit, "beliefs")
    asked = []  # the browser’s “Leave site?”, in front of the client
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    room.go("reframe")
    room.choose("experiment-new1-kind", "notice")
    room.write("experiment-new1-noticed_before", "It grabs on the left.").ask("handson:new1")
    expect(page.locator("body.blank")).to_be_visible()
    assert asked == []
    expect(page.locator("body")).not_to_contain_text("Graham")
    expect(page.locator("body")).not_to_contain_text("grabs")
    Session.objects.all().delete()
    page.get_by_role("link", name="What do you notice now?").click()
    page.fill("#id_login", hands.email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator('[name="experiment-new1-noticed_after"]')).to_be_focused()
    assert room.value("experiment-new1-noticed_before") == "It grabs on the left."
    page.keyboard.type("Looser")
    room.save()
    tried = Experiment.objects.get()
    assert (tried.noticed_before, tried.noticed_after) == ("It grabs on the left.", "Looser")


def test_this_idea_is_asked_on_the_turned_screen_and_only_save_saves(room, visit):
    page = room.page
    saved_before(visit, "acknowledge", "safety")
    room.go("beliefs")
    room.ask("add:belief").write("belief-new1-statement", "Every swing grinds").ask("turn:new1")
    expect(page.locator("body.turned")).to_contain_text("Every swing grinds")
    expect(page.locator("body")).not_to_contain_text("Graham")
    answer(page, "conviction", 80, then="Question 2 of 5")
    answer(page, "flex_mistaken", 3, then="Question 3 of 5")
    page.get_by_role("button", name="Back", exact=True).click()
    shows(page, "Question 2 of 5")
    assert room.chosen("belief-new1-flex_mistaken") == "3"
    answer(page, "flex_mistaken", 4, then="Question 3 of 5")
    page.get_by_role("button", name="Skip this one").click()
    shows(page, "Question 4 of 5")
    answer(page, "flex_contradiction", 4, then="Question 5 of 5")
    page.locator('label:has([value="9"])').click()
    turn_back(page)
    ran = ("conviction", "flex_mistaken", "flex_alternatives", "flex_contradiction", "impact")
    assert [room.chosen(f"belief-new1-{name}") for name in ran] == ["80", "4", None, "4", "9"]
    assert not BeliefRating.objects.exists()
    room.save()
    assert BeliefRating.objects.values_list(*ran).get() == (80, 4, None, 4, 9)


def test_a_second_press_on_the_turned_screen_does_not_answer_the_next_question(room, visit):
    page = room.page
    saved_before(visit, "acknowledge")
    room.go("before-you-go")
    room.ask("turn")
    page.locator('label:has([name="felt_understood"][value="5"])').click()  # waits until the keys are awake
    shows(page, "Question 2 of 2")
    where = page.locator('label:has([name="makes_sense"][value="5"])').bounding_box()
    page.mouse.click(where["x"] + 10, where["y"] + 10)
    page.wait_for_timeout(1200)
    shows(page, "Question 2 of 2")
    assert room.chosen("makes_sense") is None
    page.mouse.click(where["x"] + 10, where["y"] + 10)
    expect(page.get_by_role("heading", name="Thank you. You can turn the screen back.")).to_be_visible()


def test_on_the_turned_screen_a_digit_answers_the_one_question(room, visit):
    page = room.page
    saved_before(visit, "acknowledge")
    room.go("before-you-go")
    room.ask("turn")
    page.wait_for_timeout(1000)  # a key that comes at once may belong to the page before
    page.keyboard.press("1")
    page.keyboard.press("0")
    shows(page, "Question 2 of 2")
    page.keyboard.press("3")
    page.wait_for_timeout(1000)
    assert room.chosen("makes_sense") is None
    page.keyboard.press("1")
    page.wait_for_timeout(600)  # a slow hand: still a ten
    page.keyboard.press("0")
    page.get_by_role("heading", name="Thank you").wait_for()
    page.get_by_role("link", name="Back to the last question").click()
    shows(page, "Question 2 of 2")
    assert room.chosen("makes_sense") == "10"
    page.wait_for_timeout(1000)
    page.keyboard.press("8")
    turn_back(page)
    assert (room.chosen("felt_understood"), room.chosen("makes_sense")) == ("10", "8")


def answer(page, field, value, then):
    page.locator(f'label:has([name$="{field}"][value="{value}"])').click()
    shows(page, then)


def turn_back(page):
    """The run ends with thanks: the client never meets the therapist's page."""
    expect(page.get_by_role("heading", name="Thank you. You can turn the screen back.")).to_be_visible()
    page.get_by_role("link", name="Turn the screen back").click()
    expect(page.locator("#step-form")).to_be_visible()


def shows(page, dots):
    expect(page.get_by_role("img", name=dots)).to_be_visible()


def test_before_you_go_is_asked_on_the_turned_screen(room, visit):
    page = room.page
    saved_before(visit, "acknowledge")
    room.go("before-you-go")
    room.ask("turn")
    answer(page, "felt_understood", 5, then="Question 2 of 2")
    page.get_by_role("button", name="Skip this one").click()
    turn_back(page)
    expect(page.get_by_label("What did I miss?")).to_be_visible()
    assert (room.chosen("felt_understood"), room.chosen("makes_sense")) == ("5", None)
    assert Consultation.objects.get().felt_understood is None
    room.write("what_we_missed", "That I have nobody to ask").save()
    found = Consultation.objects.get()
    assert (found.felt_understood, found.what_we_missed) == (5, "That I have nobody to ask")


def test_two_ideas_are_explained_on_the_turned_screen(room, visit):
    page = room.page
    saved_before(visit, "acknowledge", "safety")
    room.go("explain")
    room.rate(permission="yes", messages_used="m_protector").open("more ideas")
    room.choose("messages_used", "m_volume")
    room.write("personal_link", "On the drive").ask("turn")
    expect(page.locator("h1")).to_have_text("Pain is a protector, not a damage meter.")
    expect(page.locator("body.turned")).to_contain_text("On the drive")
    expect(page.locator("body")).not_to_contain_text("Graham")
    page.get_by_role("link", name="Next idea").click()
    expect(page.locator("h1")).to_contain_text("Many things turn the volume up or down")
    page.get_by_role("link", name="Turn the screen back").last.click()
    assert room.value("personal_link") == "On the drive"
    assert page.locator("[name=messages_used]:checked").count() == 2
    assert Consultation.objects.get().messages_used == []


# --- Step 5 and 7 -----------------------------------------------------------------------------------


def test_a_confidence_below_seven_asks_for_a_barrier_and_one_sentence(room, visit):
    page = room.page
    saved_before(visit, "acknowledge", "safety")
    room.go("activities")
    room.ask("take:activity")
    barriers = page.get_by_text("What could get in the way?")
    expect(barriers).to_be_hidden()
    room.choose("activity-new1-confidence", 7)
    expect(barriers).to_be_hidden()
    room.choose("activity-new1-confidence", 6)
    expect(barriers).to_be_visible()
    room.choose("activity-new1-barriers_chosen", "weather").save()
    expect(page.locator("#errors")).to_contain_text("Weather: say in a sentence what they will do then.")
    room.write("activity-new1-barrier_plan_weather", "Indoors, with the broom").save()
    assert ActivityVisit.objects.get().barriers == [{"barrier": "weather", "plan": "Indoors, with the broom"}]


def test_a_goal_whose_levels_overlap_is_refused_in_words(room, visit):
    page = room.page
    saved_before(visit, "acknowledge", "safety", "activities")
    room.go("timescale")
    room.choose("goal-new1-horizon", "3_months").write("goal-new1-level_0", "9 to 12 holes")
    room.open("After they leave").write("goal-new1-level_p1", "12 holes or more").save()
    expect(page.locator("#errors")).to_contain_text("This overlaps with “9 to 12 holes”: 12 would be both.")
    expect(page.locator('[name="goal-new1-level_p1"]')).to_be_visible()
    assert not Goal.objects.exists()
    room.write("goal-new1-level_p1", "13 holes or more").save()
    assert Goal.objects.values_list("level_0", "level_p1").get() == ("9 to 12 holes", "13 holes or more")


# --- Other ways of pressing ---------------------------------------------------------------------------


@pytest.mark.browser_context_args(has_touch=True)
def test_the_body_map_by_touch_and_by_keyboard_is_the_same_list(room, visit):
    page, keys = room.page, room.page.keyboard
    room.go("acknowledge")
    room.choose("consent_to_record", "yes").open("Where it hurts")
    page.locator("[data-site=low_back]").tap()
    page.locator("[data-site=left_knee]").tap()
    page.locator("[data-site=neck]").tap()
    page.locator("[data-site=neck]").tap()
    expect(page.locator("#sites-named")).to_have_text("Left knee, Low back")
    page.locator("#sites-list summary").focus()
    keys.press("Enter")
    box = page.locator('[name=pain_sites][value="right_hand"]')
    tab_to(page, '[name=pain_sites][value="right_hand"]')
    keys.press("Space")
    expect(box).to_be_checked()
    expect(page.locator("[data-site=right_hand]")).to_have_class("on")
    expect(page.locator("#sites-named")).to_have_text("Right hand, Left knee, Low back")
    room.save()
    assert sorted(Consultation.objects.get().pain_sites) == ["left_knee", "low_back", "right_hand"]


def test_enter_goes_on_to_the_next_question_and_leaves_no_step(room, visit):
    page, keys = room.page, room.page.keyboard
    saved_before(visit, "acknowledge", "safety")
    room.go("timescale")
    page.locator('[name="goal-new1-title"]').fill("Roses")
    keys.press("Enter")
    expect(page.locator('[name="goal-new1-purpose"]')).to_be_focused()
    keys.press("Enter")
    expect(page.locator('[name="goal-new1-horizon"]').first).to_be_focused()
    room.choose("goal-new1-horizon", "6_weeks")
    keys.press("Enter")
    expect(page.locator(".own-day summary")).to_be_focused()
    keys.press("Enter")
    page.locator('[name="goal-new1-due_date-day"]').fill("7")
    keys.press("Enter")
    expect(page.locator('[name="goal-new1-due_date-month"]')).to_be_focused()
    assert page.url == f"{room.url}/timescale"
    room.choose("first_48h", "half_size")
    page.locator("[name=say_to_self]").fill("This will pass")
    for _ in range(3):
        keys.press("Enter")  # and never presses what is offered below
    assert room.value("say_to_self") == "This will pass"


def test_enter_never_stops_at_a_button_that_a_second_one_would_press(room, visit):
    page, keys = room.page, room.page.keyboard
    room.go("acknowledge").ask("add:loss")
    page.locator('[name="loss-new2-words"]').fill("Choir")
    keys.press("Enter")
    keys.press("Enter")
    keys.down("Enter")
    keys.down("Enter")  # held
    keys.up("Enter")
    assert room.value("loss-new2-words") == "Choir"
    assert page.url == f"{room.url}/acknowledge"


def test_what_a_form_presses_by_itself_is_save(room, visit):
    saved_before(visit, "acknowledge", "safety")
    for slug in ("acknowledge", "safety", "resources", "timescale"):
        room.go(slug)
        buttons = room.page.evaluate(
            "[...document.querySelector('#step-form').elements].filter((e) => e.type === 'submit').map((e) => e.value)"
        )
        assert buttons[:2] == ["save", "attention"]


def test_step_3_without_a_mouse(room, visit):
    page, keys = room.page, room.page.keyboard
    saved_before(visit, "acknowledge", "safety")
    room.go("beliefs")
    tab_to(page, "[value^='take:belief']")
    keys.press("Enter")
    expect(page.locator("[name=belief-new1-conviction]").first).to_be_focused()
    for name, digits in (
        ("conviction", "8"),
        ("flex_mistaken", "3"),
        ("flex_alternatives", "0"),
        ("flex_contradiction", "4"),
        ("impact", "10"),
    ):
        tab_to(page, f"[name=belief-new1-{name}]")
        for digit in digits:
            keys.press(digit)
    tab_to(page, "[name=belief-new1-behaviour]")
    keys.type("No golf")
    tab_to(page, "[name=belief-new1-focus]")
    keys.press("Space")
    tab_to(page, ".actions button")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Other ways to see it")
    expect(page.locator("h1")).to_be_focused()
    columns = ("conviction", "flex_mistaken", "flex_alternatives", "flex_contradiction", "impact", "focus")
    assert BeliefRating.objects.values_list(*columns).get() == (80, 3, 0, 4, 10, True)


def tab_to(page, selector):
    """Press Tab until the focus is there."""
    for _ in range(120):
        if page.locator(f":focus:is({selector})").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The Tab key never reaches {selector}")
