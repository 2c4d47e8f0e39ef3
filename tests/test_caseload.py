"""The caseload: what to go on with, the dates of this week, and everyone, in few queries."""

import re
from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consults.models import Client, Consultation, Review, SafetyFinding, Step
from consults.steps.findings import HOME
from consults.views.caseload import as_listed
from painconsult.ui.templatetags.ui import on_day
from tests import factories, visits
from tests.conftest import signed_in

TODAY = date(2026, 3, 17)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to("2026-03-17T09:00:00Z", tick=True)


def add(therapist, name, **columns):
    return visits.make_client(therapist, preferred_name=name, full_name=f"{name} Reid", **columns)


def seen(client, day, **columns):
    """A completed visit on this day."""
    visit = visits.make_visit(client, client.therapist, held_on=day, steps="enough", **columns)
    return visits.completed(visit)


def book(visit, due, **columns):
    return Review.objects.create(
        clinic=visit.clinic, client=visit.client, booked_in=visit, due=due, **columns
    )


def section(reply, heading):
    """What a person reads under one heading, up to the next."""
    html = reply.content.decode()
    found = re.search(rf"(?s)<h2[^>]*>{heading}</h2>(.*?)(?=<h2|</main>)", html)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def addresses(reply):
    return re.findall(r'<a class="card visit" href="([^"]+)"', reply.content.decode())


def names_listed(reply):
    rows = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', reply.content.decode())
    return rows


# --- What to go on with -----------------------------------------------------------------------


def test_open_visits_come_newest_first_and_open_the_next_thin_step(as_therapist, therapist):
    older = visits.make_visit(
        add(therapist, "Ada"), therapist, held_on=TODAY - timedelta(days=3), steps="enough"
    )
    Step.objects.filter(consultation=older, slug__in=["activities", "timescale"]).update(state="begun")
    newer = visits.make_visit(add(therapist, "Bo"), therapist, held_on=TODAY)
    Step.objects.filter(consultation=newer, slug="acknowledge").update(state="full")
    reply = as_therapist.get("/clients")
    assert addresses(reply) == [visits.url(newer, "explain"), visits.url(older, "activities")]
    told = section(reply, "Go on with")
    assert "Today Bo First visit · next: Explain. 6 steps are still to ask." in told
    assert "14 March Ada First visit · next: What matters. 2 steps are still to ask." in told


def test_a_visit_nobody_saved_anything_in_opens_on_the_story(as_therapist, therapist):
    visit = visits.begin(therapist, add(therapist, "Ada"), held_on=TODAY)
    assert addresses(as_therapist.get("/clients")) == [visits.url(visit, "acknowledge")]


def test_a_visit_whose_steps_are_all_enough_is_read_through(as_therapist, therapist):
    visit = visits.make_visit(add(therapist, "Ada"), therapist, held_on=TODAY, steps="enough")
    reply = as_therapist.get("/clients")
    assert addresses(reply) == [reverse("review", args=[visit.pk])]
    assert "every step has enough for today" in section(reply, "Go on with")


def test_a_paused_visit_says_so_and_opens_the_pause(as_therapist, therapist):
    visit = visits.make_visit(add(therapist, "Ada"), therapist, held_on=TODAY, outcome="paused_referred")
    reply = as_therapist.get("/clients")
    assert addresses(reply) == [reverse("paused", args=[visit.pk])]
    assert "paused until it is cleared" in section(reply, "Go on with")


def test_what_is_completed_or_a_colleagues_is_not_to_go_on_with(as_therapist, therapist, clinic):
    colleague = factories.make_therapist(clinic)
    seen(add(therapist, "Ada"), TODAY)
    visits.make_visit(add(colleague, "Bo"), colleague, held_on=TODAY)
    visits.make_visit(add(therapist, "Cleo", status="archived"), therapist, held_on=TODAY)
    reply = as_therapist.get("/clients")
    assert (addresses(reply), section(reply, "Go on with")) == ([], "")


def test_a_visit_one_holds_for_a_colleagues_client_is_ones_own_to_go_on_with(as_therapist, therapist, clinic):
    visit = visits.make_visit(add(factories.make_therapist(clinic), "Bo"), therapist, held_on=TODAY)
    assert addresses(as_therapist.get("/clients")) == [visits.url(visit, "acknowledge")]


# --- This week --------------------------------------------------------------------------------


def test_the_dates_of_seven_days_and_those_that_went_by_come_in_order(as_therapist, therapist):
    for name, days, mode in (("Today", 0, "visit"), ("Soon", 7, "call"), ("Later", 8, "visit")):
        visit = seen(add(therapist, name), TODAY - timedelta(days=30))
        book(visit, TODAY + timedelta(days=days), mode=mode)
    late = seen(add(therapist, "Late"), TODAY - timedelta(days=30))
    book(late, TODAY - timedelta(days=14))
    visits.make_goal(late, title="Sunday lunch")
    told = section(as_therapist.get("/clients"), "Next seven days")
    assert told == (
        "Overdue 14 days Late Review here · Sunday lunch Today Today Review here "
        "Tuesday 24 March Soon Review by phone"
    )


def test_the_dates_of_a_day_come_by_their_time_and_those_without_last(as_therapist, therapist):
    for name, at in (("Anytime", None), ("Four", time(16)), ("Nine", time(9, 5))):
        book(seen(add(therapist, name), TODAY - timedelta(days=30)), TODAY, at=at)
    book(seen(add(therapist, "Soon"), TODAY - timedelta(days=30)), TODAY + timedelta(days=6), at=time(8))
    assert section(as_therapist.get("/clients"), "Next seven days") == (
        "Today 09:05 Nine Review here Today 16:00 Four Review here Today Anytime Review here "
        "Monday 23 March, 08:00 Soon Review here"
    )


def test_this_weeks_dates_are_not_crowded_out_by_old_ones(as_therapist, therapist):
    for n in range(9):
        book(seen(add(therapist, f"Late{n}"), date(2026, 1, 1)), TODAY - timedelta(days=10 + n))
    book(seen(add(therapist, "Leni"), date(2026, 3, 1)), TODAY)
    told = section(as_therapist.get("/clients"), "Next seven days")
    assert "Leni" in told
    assert re.findall(r"Late\d", told) == ["Late4", "Late3", "Late2", "Late1", "Late0"]


def test_todays_date_keeps_its_place_in_a_full_week(as_therapist, therapist):
    for days in (6, 5, 5, 4, 3, 2, 1, 0, -1):
        visit = seen(add(therapist, f"In{days}"), TODAY - timedelta(days=30))
        book(visit, TODAY + timedelta(days=days))
    told = section(as_therapist.get("/clients"), "Next seven days")
    assert re.findall(r"In\S+", told) == ["In0", "In1", "In2", "In3", "In4", "In5"]


def test_of_two_dates_in_one_week_the_next_is_told(as_therapist, therapist):
    visit = seen(add(therapist, "Leni"), date(2026, 3, 1))
    book(visit, TODAY + timedelta(days=5))
    book(visit, TODAY, mode="call")
    assert section(as_therapist.get("/clients"), "Next seven days") == "Today Leni Review by phone"


def test_a_date_of_this_week_is_told_before_an_older_one_of_the_same_client(as_therapist, therapist):
    visit = seen(add(therapist, "Leni"), date(2026, 3, 1))
    book(visit, TODAY - timedelta(days=4))
    book(visit, TODAY + timedelta(days=2), mode="call")
    book(visit, TODAY + timedelta(days=9))
    assert (
        section(as_therapist.get("/clients"), "Next seven days") == "Thursday 19 March Leni Review by phone"
    )


@pytest.mark.parametrize("status", ["done", "missed", "moved"])
def test_a_date_that_is_settled_is_not_shown(as_therapist, therapist, status):
    book(seen(add(therapist, "Ada"), date(2026, 3, 1)), TODAY, status=status)
    reply = as_therapist.get("/clients")
    assert section(reply, "Next seven days") == ""
    assert "Ada – 1 March –" in section(reply, "Everyone")


def test_dates_of_colleagues_and_of_archived_clients_are_not_shown(as_therapist, therapist, clinic):
    colleague = factories.make_therapist(clinic)
    book(seen(add(colleague, "Bo"), date(2026, 3, 1)), TODAY)
    book(seen(add(therapist, "Cleo", status="archived"), date(2026, 3, 1)), TODAY)
    assert section(as_therapist.get("/clients"), "Next seven days") == ""


# --- Everyone ---------------------------------------------------------------------------------


def test_own_clients_come_by_their_next_date_and_those_without_last(as_therapist, therapist):
    add(therapist, "Nodate")
    for name, days in (("Later", 40), ("Late", -3), ("Soon", 9)):
        book(seen(add(therapist, name), date(2026, 3, 1)), TODAY + timedelta(days=days))
    assert names_listed(as_therapist.get("/clients")) == ["Late", "Soon", "Later", "Nodate"]


def test_a_line_says_what_for_when_seen_and_when_next(as_therapist, therapist):
    visit = seen(add(therapist, "Leni"), date(2026, 3, 3))
    visits.make_goal(visit, title="Choir on Thursdays")
    book(visit, date(2026, 4, 2), mode="call")
    told = section(as_therapist.get("/clients"), "Everyone")
    assert "Leni Choir on Thursdays 3 March Thursday 2 April phone" in told


def test_a_day_of_another_year_says_its_year(as_therapist, therapist):
    seen(add(therapist, "Leni"), date(2025, 12, 3))
    assert "3 December 2025" in section(as_therapist.get("/clients"), "Everyone")


def test_a_visit_that_was_opened_and_left_untouched_is_not_when_they_were_last_seen(therapist):
    client = add(therapist, "Leni")
    seen(client, date(2026, 3, 3))
    visit = visits.open_gate(visits.begin(therapist, client, held_on=TODAY))

    def last_seen():
        return as_listed().get(pk=client.pk)["last_seen"]

    assert last_seen() == date(2026, 3, 3)
    visits.save(visit, "explain", by=therapist)
    assert last_seen() == TODAY


def test_the_whole_clinic_comes_newest_first_thirty_to_a_page(as_therapist, therapist):
    for n in range(32):
        Client.objects.filter(pk=add(therapist, f"P{n:02d}").pk).update(
            created_at=timezone.now() - timedelta(days=n)
        )
    first, second = as_therapist.get("/clients?all=1"), as_therapist.get("/clients?all=1&page=2")
    assert names_listed(first) == [f"P{n:02d}" for n in range(30)]
    assert names_listed(second) == ["P30", "P31"]
    assert "?all=1&amp;page=2" in first.content.decode()
    assert "page=3" not in second.content.decode()


def test_a_search_that_finds_more_than_a_page_says_to_write_more(as_therapist, therapist):
    for n in range(31):
        add(therapist, f"Ada{n:02d}")
    reply = as_therapist.post("/clients", {"q": "ada"})
    assert len(names_listed(reply)) == 30
    assert "Write more of the name" in visits.words(reply)
    assert 'rel="next"' not in reply.content.decode()


def test_cards_stand_on_the_first_page_of_ones_own_clients_only(as_therapist, therapist):
    visits.make_visit(add(therapist, "Ada"), therapist, held_on=TODAY)
    for address in ("/clients?all=1", "/clients?page=2"):
        assert addresses(as_therapist.get(address)) == []
    assert addresses(as_therapist.post("/clients", {"q": "ada"})) == []


def test_a_manager_reads_no_goal_in_the_list_unless_the_clinic_says_so(as_manager, manager, therapist):
    visits.make_goal(seen(add(therapist, "Leni"), date(2026, 3, 3)), title="canary-goal")
    for reply in (as_manager.get("/clients"), as_manager.post("/clients", {"q": "leni"})):
        assert "Leni" in visits.words(reply)
        assert "canary" not in reply.content.decode()
    type(manager.clinic).objects.filter(pk=manager.clinic_id).update(managers_read_words=True)
    assert "canary-goal" in as_manager.get("/clients").content.decode()


def test_a_manager_finds_the_clients_from_the_top_of_every_page(as_manager):
    for address in ("/clients", "/progress"):
        page = as_manager.get(address).content.decode()
        assert 'href="/clients"' in page
        assert 'href="/progress"' in page


def test_an_empty_clinic_shows_two_chairs_and_nothing_else(as_therapist):
    told = visits.words(as_therapist.get("/clients"))
    assert "Two chairs, one conversation" in told
    assert "Find by name" not in told


# --- Cost -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 60])
@pytest.mark.parametrize("ask", ["own", "whole clinic", "search"])
def test_the_caseload_needs_eight_queries_however_many_clients(
    therapist, ask, number, django_assert_max_num_queries
):
    for n in range(number):
        client = add(therapist, f"Ada{n:02d}")
        visit = seen(client, TODAY - timedelta(days=20))
        book(visit, TODAY + timedelta(days=n % 9 - 3))
        visits.make_goal(visit)
        visits.make_visit(client, therapist, held_on=TODAY)
    browser = signed_in(therapist)
    browser.get("/clients")
    with django_assert_max_num_queries(8):
        if ask == "search":
            browser.post("/clients", {"q": "ada"})
        else:
            browser.get("/clients" if ask == "own" else "/clients?all=1")


# --- What is to be followed up ----------------------------------------------------------------


def with_follow_up(browser):
    return re.findall(r"(\w+) Follow-up", visits.words(browser.get("/clients")).partition("Everyone")[2])


def checked(client, number, outcome, **columns):
    visit = seen(client, TODAY - timedelta(days=30 - number))
    Consultation.objects.filter(pk=visit.pk).update(
        number=number, outcome=outcome, outcome_at=timezone.now(), outcome_by=visit.therapist, **columns
    )
    return visit


def test_a_follow_up_without_a_sign_stands_until_the_next_check_has_ended(as_therapist, therapist):
    des, una = add(therapist, "Des"), add(therapist, "Una")
    checked(des, 1, "proceed_with_follow_up")
    checked(una, 1, "clear_to_proceed")
    assert with_follow_up(as_therapist) == ["Des"]
    page = visits.words(as_therapist.get(reverse("client", args=[des.pk])))
    assert "Follow-up agreed on" in page
    assert "Follow-up agreed" not in visits.words(as_therapist.get(reverse("client", args=[una.pk])))
    later = checked(des, 2, "")
    assert with_follow_up(as_therapist) == ["Des"]
    Consultation.objects.filter(pk=later.pk).update(
        outcome="clear_to_proceed", outcome_at=timezone.now(), outcome_by=therapist
    )
    assert with_follow_up(as_therapist) == []
    assert "Follow-up agreed" not in visits.words(as_therapist.get(reverse("client", args=[des.pk])))


def sign(visit, flag, **columns):
    return SafetyFinding.objects.create(
        clinic=visit.clinic,
        client=visit.client,
        consultation=visit,
        flag=flag,
        level_found="U",
        level_now="U",
        asked_by=visit.therapist,
        found_at=visit.completed_at,
        **columns,
    )


CLEARED = {"cleared_by": "Dr Reid", "cleared_words": "Clear"}


def says_agreed(browser, client):
    return "Follow-up agreed" in visits.words(browser.get(reverse("client", args=[client.pk])))


def test_a_follow_up_with_a_sign_stands_until_the_sign_is_cleared(as_therapist, therapist):
    visit = checked(add(therapist, "Des"), 1, "proceed_with_follow_up")
    found = sign(visit, "cancer")
    assert with_follow_up(as_therapist) == ["Des"]
    assert not says_agreed(as_therapist, visit.client)  # the sign is named there
    SafetyFinding.objects.filter(pk=found.pk).update(cleared_on=TODAY, **CLEARED)
    assert with_follow_up(as_therapist) == []
    assert not says_agreed(as_therapist, visit.client)


def test_the_private_note_about_home_is_no_follow_up_and_hides_none(as_therapist, therapist):
    una = checked(add(therapist, "Una"), 1, "clear_to_proceed")
    sign(una, "home_unsafe")
    des = checked(add(therapist, "Des"), 1, "proceed_with_follow_up")
    sign(des, "home_unsafe")
    assert with_follow_up(as_therapist) == ["Des"]
    assert says_agreed(as_therapist, des.client)


def test_a_sign_of_another_visit_hides_no_follow_up(as_therapist, therapist):
    des = add(therapist, "Des")
    first = checked(des, 1, "proceed_with_follow_up")
    second = checked(des, 2, "proceed_with_follow_up")
    sign(first, "cancer", cleared_on=second.held_on, **CLEARED)
    assert says_agreed(as_therapist, des)
    sign(checked(des, 3, ""), "cancer")
    assert says_agreed(as_therapist, des)


def test_of_two_dates_of_one_day_the_earlier_comes_first_everywhere(as_therapist, therapist):
    visit = seen(add(therapist, "Des"), TODAY - timedelta(days=3))
    book(visit, TODAY + timedelta(days=2))
    book(visit, TODAY + timedelta(days=2), at=time(14, 30))
    book(visit, TODAY + timedelta(days=2), at=time(9), mode="call")
    page = visits.words(as_therapist.get("/clients"))
    assert "Thursday 19 March, 09:00 Des Review by phone" in page.replace("19 March , ", "19 March, ")
    assert "Thursday 19 March 09:00, phone" in page
    own = visits.words(as_therapist.get(reverse("client", args=[visit.client_id])))
    assert "on Thursday 19 March at 09:00, by phone Then 19 March at 14:30, 19 March" in own


def test_a_reply_that_is_due_is_a_date_of_this_week(as_therapist, therapist):
    for name, days in (("Des", 1), ("Una", -2), ("Ivo", 9), ("Ngaire", None)):
        visit = checked(add(therapist, name), 1, "proceed_with_follow_up")
        sign(visit, "cancer", reply_due=None if days is None else TODAY + timedelta(days=days))
    told = section(as_therapist.get("/clients"), "Next seven days")
    assert told == (
        "Overdue 2 days Una The reply to a follow-up was due "
        "Wednesday 18 March Des The reply to a follow-up is due"
    )


def test_of_two_dates_that_went_by_the_last_day_is_told_and_of_one_day_the_first(as_therapist, therapist):
    visit = seen(add(therapist, "Des"), TODAY - timedelta(days=30))
    book(visit, TODAY - timedelta(days=9))
    book(visit, TODAY - timedelta(days=2), mode="message")
    book(visit, TODAY - timedelta(days=2), at=time(9), mode="call")
    told = section(as_therapist.get("/clients"), "Next seven days")
    assert "Overdue 2 days Des Review by phone" in told
    assert "message" not in told


def test_a_part_of_a_day_stands_among_its_hours(as_therapist, therapist):
    soon, told = TODAY + timedelta(days=2), {}
    for name, columns in {
        "Una": {"part": "evening"},
        "Des": {"at": time(13)},
        "Ngaire": {"part": "afternoon"},
        "Ivo": {"part": "morning"},
    }.items():
        told[name] = seen(add(therapist, name), TODAY - timedelta(days=3))
        book(told[name], soon)
        book(told[name], soon, **columns)
    page = visits.words(as_therapist.get("/clients"))
    order = [page.index(f"{hour} {name}") for hour, name in (
        ("morning", "Ivo"), ("afternoon", "Ngaire"), ("13:00", "Des"), ("evening", "Una"))]  # fmt: skip
    assert order == sorted(order)
    assert "Thursday 19 March afternoon" in page.partition("Everyone")[2]
    own = visits.words(as_therapist.get(reverse("client", args=[told["Una"].client_id])))
    assert "Review on Thursday 19 March in the evening Then 19 March" in own


def test_everyones_next_date_says_its_time(as_therapist, therapist):
    book(seen(add(therapist, "Des"), TODAY - timedelta(days=3)), TODAY + timedelta(days=14), at=time(14, 30))
    book(seen(add(therapist, "Una"), TODAY - timedelta(days=3)), TODAY, at=time(9))
    told = visits.words(as_therapist.get("/clients")).partition("Everyone")[2]
    assert "Tuesday 31 March 14:30" in told
    assert "Today 09:00" in told


def test_the_list_says_when_the_first_reply_is_due(as_therapist, therapist):
    visit = checked(add(therapist, "Des"), 1, "proceed_with_follow_up")
    yesterday, soon = TODAY - timedelta(days=1), TODAY + timedelta(days=3)
    for flag, day in (
        ("cancer", soon),
        ("dvt", None),
        ("crps", yesterday),
        (HOME, TODAY - timedelta(days=9)),
    ):
        sign(visit, flag, reply_due=day)
    told = visits.words(as_therapist.get("/clients"))
    assert f"Follow-up Reply was due {on_day(yesterday)}" in told
    SafetyFinding.objects.filter(flag="crps").delete()
    assert f"Follow-up Reply due {on_day(soon)}" in visits.words(as_therapist.get("/clients"))


def test_while_clients_look_on_no_other_name_stands_open_in_the_list(as_therapist, therapist):
    """A fold that is closed: one press for whoever is alone, and a name that is written finds one person."""
    for name in ("Ada", "Bo"):
        book(visits.make_visit(add(therapist, name), therapist), TODAY)
    names = re.compile(r"\bAda\b|\bBo\b")
    assert "<details" not in as_therapist.get(reverse("clients")).content.decode()
    as_therapist.post(reverse("reads_along"), {"along": "yes"})
    before, _, after = (
        as_therapist.get(reverse("clients")).content.decode().partition('<details class="card fold"')
    )
    inside, _, below = after.partition("</details>")
    assert names.findall(before + below) == []
    assert set(names.findall(inside)) == {"Ada", "Bo"}
    assert 'role="search"' in before and 'role="search"' not in inside
    found = as_therapist.post(reverse("clients"), {"q": "Ada"}).content.decode()
    assert "<details" not in found
    assert set(names.findall(found)) == {"Ada"}
