"""Goals in the browser after the first visit: their levels finished, changed, reached."""

from datetime import date

import pytest
from playwright.sync_api import expect

from consults.models import Goal, GoalRating
from tests import visits
from tests.conftest import sign_in_browser
from tests.room import Complaints, Room

pytestmark = pytest.mark.browser

# What the calendar of a browser does when a day is chosen there.
PICKED = """(date, day) => {
  date.value = day;
  for (const name of ["input", "change"]) date.dispatchEvent(new Event(name, { bubbles: true }));
}"""


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def visit(therapist):
    """A visit with one goal in words."""
    visit = visits.open_gate(visits.begin(therapist))
    for slug in ("acknowledge", "beliefs", "activities", "timescale"):
        visits.save(visit, slug)
    return visits.change(visit)


@pytest.fixture
def room(page, context, live_server, therapist, visit):
    sign_in_browser(context, live_server, therapist)
    return Room(page, f"{live_server.url}/consultations/{visit.pk}")


def test_the_day_that_was_chosen_stands_under_the_horizons(room, visit):
    visit.client.goals.all().delete()
    room.go("timescale")
    day = room.page.get_by_text("By Wednesday 3 June 2026")
    expect(day).to_be_hidden()
    room.choose("goal-new1-horizon", "3_months")
    expect(day).to_be_visible()
    room.choose("goal-new1-horizon", "6_weeks")
    expect(day).to_be_hidden()
    expect(room.page.get_by_text("By Tuesday 14 April 2026")).to_be_visible()


def test_a_day_is_chosen_in_the_calendar_of_the_browser(room, visit):
    visit.reviews.all().delete()
    room.go("timescale")
    page = room.page
    room.ask("add:review")
    row = page.locator(".review-row")
    prefix = "review-" + page.locator("[name=review]").input_value()
    page.evaluate(
        "HTMLInputElement.prototype.showPicker = function () { this.dataset.shown = this.value; }; 0"
    )
    calendar, date_of = row.get_by_role("button", name="Calendar"), row.locator("input[type=date]")
    calendar.click()
    expect(date_of).to_have_attribute("data-shown", "")
    date_of.evaluate(PICKED, "2026-03-26")
    assert [room.value(f"{prefix}-due-{part}") for part in ("day", "month", "year")] == ["26", "3", "2026"]
    expect(row.locator(".date-told")).to_have_text("Thursday 26 March 2026")
    calendar.click()
    expect(date_of).to_have_attribute("data-shown", "2026-03-26")
    room.jot(f"{prefix}-due-year", "26")
    calendar.click()
    expect(date_of).to_have_attribute("data-shown", "")  # not the year 26
    room.jot(f"{prefix}-due-day", "41")
    calendar.click()
    expect(date_of).to_have_attribute("data-shown", "")  # what is no day opens it at today
    date_of.evaluate(PICKED, "")
    assert room.value(f"{prefix}-due-day") == "41"  # cleared there, nothing typed is lost here


def test_a_date_that_was_mended_by_hand_says_its_weekday_and_is_offered_no_more(room, visit):
    visit.reviews.all().delete()
    room.go("timescale")
    page, offer = room.page, room.page.get_by_role("button", name="In 2 weeks")
    page.get_by_role("button", name="In 6 weeks").click()
    row = page.locator(".review-row")
    expect(row).to_contain_text("Tuesday 14 April 2026")
    expect(offer).to_contain_text("Tuesday 17 March")
    prefix = "review-" + page.locator("[name=review]").input_value()
    room.jot(f"{prefix}-due-day", "17").jot(f"{prefix}-due-month", "3").jot(f"{prefix}-at", "half past two")
    page.keyboard.press("Tab")
    expect(row).to_contain_text("Tuesday 17 March 2026 at 14:30")
    expect(offer).to_have_count(0)
    expect(page.get_by_role("button", name="In 6 weeks")).to_be_visible()
    expect(page.locator(f"[name={prefix}-at]")).to_have_value("half past two")
    room.jot(f"{prefix}-at", "after lunch")
    page.keyboard.press("Tab")
    expect(row.locator(".refused")).to_contain_text("Write the hour like 14:30 or 2.30 pm,")
    room.jot(f"{prefix}-at", "in the afternoon")
    page.keyboard.press("Tab")
    expect(row.locator(".date-told")).to_have_text("Tuesday 17 March 2026 in the afternoon")
    row.get_by_role("button", name="Thu 19").click()
    expect(row.locator(".date-told")).to_have_text("Thursday 19 March 2026 in the afternoon")
    expect(row.locator(".week").get_by_text("Thu 19")).to_be_visible()
    expect(row.get_by_role("button", name="Tue 17")).to_be_visible()
    expect(row.locator(".refused")).to_have_count(0)


def test_a_press_on_a_date_is_kept_while_what_was_typed_is_read(room, visit):
    """The time that was typed is read when its box is left, by the very press that books the next date."""
    visit.reviews.all().delete()
    room.go("timescale")
    page = room.page
    page.get_by_role("button", name="In 2 weeks").click()
    prefix = "review-" + page.locator("[name=review]").input_value()
    page.locator(f"[name={prefix}-at]").click()
    page.keyboard.type("9 am")
    offer = page.get_by_role("button", name="In 6 weeks")
    offer.scroll_into_view_if_needed()
    place = offer.bounding_box()
    page.mouse.move(place["x"] + 20, place["y"] + 20)
    page.mouse.down()
    page.wait_for_timeout(600)
    page.mouse.up()
    expect(page.locator("[name=review]")).to_have_count(2)
    expect(page.locator(".review-row").first).to_contain_text("Tuesday 17 March 2026 at 09:00")


def test_the_levels_are_finished_from_the_clients_page_and_enter_does_not_lock(room, visit, live_server):
    page = room.page
    visits.completed(visit)
    page.goto(f"{live_server.url}/clients/{visit.client_id}")
    page.locator('a[href$="/levels"]').click()
    expect(page.locator("h1")).to_have_text("Golf again")
    room.jot("level_p1", "Nine holes a week").jot("level_p2", "Eighteen holes")
    page.locator("[name=level_p2]").press("Enter")
    expect(page.locator("h1")).to_have_text("Graham")
    assert Goal.objects.values_list("level_p1", "levels_locked_at").get() == ("Nine holes a week", None)
    page.locator('a[href$="/levels"]').click()
    room.say("Lock the five levels")
    expect(page.locator("#errors")).to_contain_text(
        "“Not there yet” is still empty. The lock needs all five."
    )
    expect(page.locator("[name=level_p2]")).to_have_value("Eighteen holes")
    room.jot("level_m1", "Some holes").jot("level_m2", "No holes").say("Lock the five levels")
    expect(page.locator("h1")).to_have_text("Graham")
    expect(page.locator('a[href$="/levels"]')).to_have_count(0)
    assert Goal.objects.get().levels_locked_at is not None


def test_a_goal_is_changed_at_the_next_visit_and_another_is_reached(room, visit, live_server):
    page = room.page
    visits.save(
        visit, "timescale", visits.good("timescale", visit, **{"goal-new1-title": "Dance", "review": []})
    )
    golf, dance = visit.client.goals.order_by("id")
    visits.completed(visits.change(visit))
    later = visits.open_gate(visits.begin(visit.therapist, visit.client, held_on=date(2026, 4, 14)))
    room.url = f"{live_server.url}/consultations/{later.pk}"
    room.go("timescale").ask(f"take:goal:{golf.pk}")
    expect(page.locator("[name=goal-new1-change_reason]")).to_be_focused()
    expect(page.get_by_text("Changed today")).to_be_visible()
    assert room.value("goal-new1-level_0") == "Nine holes once a fortnight"
    room.write("goal-new1-level_0", "Five holes").choose("goal-new1-baseline_level", "-1")
    page.locator("summary", has_text="Reached, or let go").click()
    room.choose(f"standing-{dance.pk}-status", "achieved").save()
    expect(page.locator("#errors")).to_contain_text("Say in a few words why the goal changes.")
    room.write("goal-new1-change_reason", "It rained all spring").save()
    statuses = dict(GoalRating.objects.filter(consultation=later).values_list("goal", "status"))
    new = Goal.objects.get(replaces=golf)
    assert statuses == {golf.pk: "changed", dance.pk: "achieved", new.pk: "active"}
    room.go("timescale")
    expect(page.get_by_text("The new version is below.")).to_be_visible()
    expect(page.locator(f'[name="goal-{new.pk}-level_0"]')).to_have_value("Five holes")
