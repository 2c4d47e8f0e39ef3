"""A visit that is entered after the day it was held takes its place among the others, and since when nobody has a
next date with a client is kept right by every opening and completing."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from consults.actions import consultations as actions
from consults.actions.plans import gathered, plan_content, reasons_not_to_publish
from consults.models import Client, Review
from education import library
from tests import visits

MARCH = date(2026, 3, 3)


@pytest.fixture
def client(therapist):
    return visits.make_client(therapist)


def held(client, day, **answers):
    """A visit through the actions, completed; `answers` are those of step 7."""
    visit = visits.open_gate(visits.begin(client.therapist, client, held_on=day))
    if answers:
        visits.save(visit, "timescale", answers)
    visit = visits.change(visit)
    actions.complete(visit, by=client.therapist, seen=actions.version_of(visit))
    return visits.change(visit)


def next_date(day):
    return {"review": "new1"} | {
        f"review-new1-due-{part}": str(getattr(day, part)) for part in ("day", "month", "year")
    }


def numbers(client):
    return list(client.consultations.order_by("held_on").values_list("held_on", "number"))


# --- Its place --------------------------------------------------------------------------------


def test_visits_are_numbered_in_the_order_they_were_held(client):
    for days in (0, 28, 14, -7, 21):
        held(client, MARCH + timedelta(days=days))
    assert numbers(client) == [
        (MARCH + timedelta(days=days), number) for number, days in enumerate((-7, 0, 14, 21, 28), start=1)
    ]


def test_of_two_visits_on_one_day_the_one_entered_first_is_the_first(client):
    first, second = held(client, MARCH), held(client, MARCH)
    assert (visits.change(first).number, visits.change(second).number) == (1, 2)


def test_a_visit_entered_late_is_a_review_unless_it_was_the_first(client):
    held(client, MARCH)
    assert held(client, MARCH + timedelta(days=14)).kind == "review"
    earliest = visits.begin(client.therapist, client, held_on=MARCH - timedelta(days=14))
    assert (earliest.kind, earliest.consent_to_record) == ("first", "")


def test_of_a_clients_visits_only_one_is_the_first(client):
    was = held(client, MARCH)
    earliest = visits.begin(client.therapist, client, held_on=MARCH - timedelta(days=14))
    told = [(visit.kind, visit.is_first) for visit in map(visits.change, (earliest, was))]
    assert told == [("first", True), ("review", False)]


def test_what_is_asked_of_a_first_visit_goes_by_the_place_it_took(as_therapist, client):
    later = visits.open_gate(visits.begin(client.therapist, client, held_on=MARCH))
    visits.change(later, number=2)
    page = as_therapist.get(visits.url(later, "safety"))
    assert page.context["guide"] == library.step_guide("safety", first_visit=False)
    assert page.context["guide"] != library.step_guide("safety", first_visit=True)


def test_no_plan_is_published_from_a_visit_that_was_entered_late(client):
    held(client, MARCH + timedelta(days=14))
    late = visits.begin(client.therapist, client, held_on=MARCH)
    kept = gathered(late)
    told = reasons_not_to_publish(late, plan_content(late, kept), kept)
    assert told == ["There is a later visit. Publish the plan from that one."]


def test_a_consent_entered_late_does_not_take_back_a_later_one(client):
    Client.objects.filter(pk=client.pk).update(
        consent_to_record="no", consent_to_record_on=MARCH + timedelta(days=14)
    )
    late = visits.begin(client.therapist, client, held_on=MARCH)
    visits.save(late, "acknowledge", {"consent_to_record": "yes"})
    client.refresh_from_db()
    assert (client.consent_to_record, client.consent_to_record_on) == ("no", MARCH + timedelta(days=14))


def test_the_answer_of_the_same_visit_may_be_corrected(client):
    visit = visits.begin(client.therapist, client, held_on=MARCH)
    for answer in ("yes", "no"):
        visits.save(visit, "acknowledge", {"consent_to_record": answer})
    client.refresh_from_db()
    assert client.consent_to_record == "no"


@pytest.mark.parametrize(
    ("slug", "heard"),
    [
        ("beliefs", "Every swing grinds my discs down."),
        ("beliefs", "My discs are worn."),  # a card
        ("reframe", "Every swing grinds my discs down."),
        ("reframe", "Out of practice and jumpy"),
        ("activities", "Chip in the garden"),
        ("resources", "Dave"),
        ("timescale", "Golf again"),
        ("timescale", "Dave"),
    ],
)
def test_what_was_heard_later_is_on_no_page_of_a_visit_entered_late(as_therapist, client, slug, heard):
    def page(days):
        visit = visits.open_gate(visits.begin(client.therapist, client, held_on=MARCH + timedelta(days=days)))
        shown = as_therapist.get(visits.url(visit, slug)).content.decode()
        shown = shown.partition('id="step-form"')[2].partition("</form>")[0]  # beside it are examples
        actions.complete(visit, by=client.therapist, seen=actions.version_of(visit))
        return shown

    later = visits.begin(client.therapist, client, held_on=MARCH + timedelta(days=14))
    visits.save_all(later)
    actions.complete(visits.change(later), by=client.therapist, seen=actions.version_of(later))
    assert heard not in page(0)
    assert heard in page(28)


def test_of_a_visit_entered_between_two_the_last_time_is_the_one_before(as_therapist, client):
    def rated(days, conviction, importance):
        visit = visits.open_gate(visits.begin(client.therapist, client, held_on=MARCH + timedelta(days=days)))
        for slug, field, value in (
            ("beliefs", "conviction", conviction),
            ("activities", "importance", importance),
        ):
            told = visits.as_shown(visit, slug) if days else visits.good(slug)
            name = next(key for key in told if key.endswith(f"-{field}"))
            visits.save(visit, slug, told | {name: value})
        actions.complete(visits.change(visit), by=client.therapist, seen=actions.version_of(visit))

    rated(0, "80", "9")
    rated(28, "40", "5")
    between = visits.open_gate(visits.begin(client.therapist, client, held_on=MARCH + timedelta(days=14)))
    [belief] = as_therapist.get(visits.url(between, "beliefs")).context["beliefs"]
    [activity] = as_therapist.get(visits.url(between, "activities")).context["activities"]
    assert (belief["was"]["conviction"], activity["was"].importance) == (80, 9)


# --- The dates it settles ---------------------------------------------------------------------


def test_a_visit_entered_late_leaves_the_dates_booked_after_it_alone(client):
    held(client, MARCH)
    held(client, MARCH + timedelta(days=14), **next_date(MARCH + timedelta(days=16)))
    held(client, MARCH + timedelta(days=12))
    assert Review.objects.get().status == "due"


def test_a_date_that_seemed_missed_was_kept_by_the_visit_entered_late(client):
    held(client, MARCH, **next_date(MARCH + timedelta(days=14)))
    held(client, MARCH + timedelta(days=60))
    assert Review.objects.get().status == "missed"
    held(client, MARCH + timedelta(days=15))
    assert Review.objects.get().status == "done"


# --- Since when nobody has a next date ----------------------------------------------------------


def without_date_since(client):
    return Client.objects.values_list("without_date_since", flat=True).get(pk=client.pk)


def test_a_visit_that_ends_without_a_date_is_remembered_until_the_next_one(client):
    assert without_date_since(client) is None
    held(client, MARCH)
    assert without_date_since(client) == MARCH
    visit = visits.open_gate(visits.begin(client.therapist, client, held_on=MARCH + timedelta(days=14)))
    assert without_date_since(client) is None
    visits.save(visit, "timescale", next_date(MARCH + timedelta(days=28)))
    actions.complete(visits.change(visit), by=client.therapist, seen=actions.version_of(visit))
    assert without_date_since(client) is None


def test_after_a_closing_visit_no_date_is_missed(client):
    visit = visits.open_gate(
        actions.start_consultation(client, by=client.therapist, held_on=MARCH, kind="closing")
    )
    actions.complete(visit, by=client.therapist, seen=actions.version_of(visit))
    assert without_date_since(client) is None


def test_a_visit_entered_late_does_not_set_the_day_back(client):
    held(client, MARCH + timedelta(days=14))
    held(client, MARCH)
    assert without_date_since(client) == MARCH + timedelta(days=14)


# --- On the page ------------------------------------------------------------------------------


def test_the_page_lists_visits_by_day_and_says_which_was_entered_late(as_therapist, client, time_machine):
    time_machine.move_to("2026-04-20T09:00:00Z", tick=True)
    held(client, date(2026, 4, 20))
    held(client, date(2026, 4, 6))
    told = visits.words(as_therapist.get(reverse("client", args=[client.pk]))).partition("Visits")[2]
    assert told.index("Visit 2 20 April 2026") < told.index("Visit 1 6 April 2026")
    assert told.count("entered on 20 April 2026") == 1
    assert told.index("6 April 2026") < told.index("entered on 20 April 2026")
