"""Progress across the clinic: states for a manager, never words or notes."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consults.actions import plans as actions
from consults.actions.consultations import version_of
from consults.models import Belief, Client, Consultation, Review, SafetyFinding, Step
from tests import factories
from tests.visits import make_activity, make_client, make_visit, words

PROGRESS = reverse("progress")
TODAY = date(2025, 6, 2)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to("2025-06-02T09:00:00Z", tick=True)


def seen_on(therapist, day, **columns):
    """A client with one visit on this day."""
    client = make_client(therapist, **columns)
    return make_visit(client, therapist, held_on=day, steps="enough")


def book(visit, due):
    Review.objects.create(clinic=visit.clinic, client=visit.client, booked_in=visit, due=due)


def find(visit, **columns):
    return SafetyFinding.objects.create(
        clinic=visit.clinic,
        client=visit.client,
        consultation=visit,
        level_found="U",
        level_now="U",
        asked_by=visit.therapist,
        found_at=timezone.now(),
        **{"flag": "cancer"} | columns,
    )


def line_of(reply, name):
    """What the page says about this client in the list of those in care."""
    told = words(reply).partition("Clients in care")[2]
    return told[told.index(name) :].removeprefix(name).strip()


def test_a_therapist_finds_no_progress_page(as_therapist):
    assert as_therapist.get(PROGRESS).status_code == 404


def test_a_clinic_without_clients_says_what_will_be_here(as_manager):
    told = words(as_manager.get(PROGRESS))
    assert "Nobody is in care yet" in told
    assert "Follow-ups" not in told


def test_each_client_has_last_visit_next_date_thin_steps_plan_and_therapist(as_manager, therapist):
    visit = seen_on(therapist, date(2025, 5, 20))
    Step.objects.filter(consultation=visit, slug__in=["explain", "timescale"]).update(state="begun")
    Step.objects.filter(consultation=visit, slug="safety").update(state="not_started")
    book(visit, date(2025, 6, 10))
    told = line_of(as_manager.get(PROGRESS), "Graham Reid")
    assert told == "20 May 10 June Explain, Goals None yet Ann Therapist"


def test_a_review_that_is_over_is_marked(as_manager, therapist):
    book(seen_on(therapist, date(2025, 5, 1)), date(2025, 5, 26))
    assert line_of(as_manager.get(PROGRESS), "Graham Reid").startswith("1 May Overdue since 26 May")


def test_a_review_that_a_later_visit_answered_is_not_overdue(as_manager, therapist):
    first = seen_on(therapist, date(2025, 3, 3))
    book(first, date(2025, 3, 17))
    Consultation.objects.update(completed_at=timezone.now(), completed_by=therapist)
    make_visit(first.client, therapist, held_on=date(2025, 3, 17), steps="enough")
    assert line_of(as_manager.get(PROGRESS), "Graham Reid").startswith("17 March None")


def test_a_plan_is_none_then_never_opened_then_opened(as_manager, therapist):
    visit = seen_on(therapist, date(2025, 6, 1))
    make_activity(visit)
    assert "None yet" in line_of(as_manager.get(PROGRESS), "Graham Reid")
    version = actions.publish(visit, [], by=therapist, seen=version_of(visit))
    _, secret = actions.new_link(version.plan, "Phone", by=therapist)
    assert "Version 1, 2 June Never opened" in line_of(as_manager.get(PROGRESS), "Graham Reid")
    actions.open_link(secret)
    PlanLink = type(actions.known_link(secret))
    PlanLink.objects.update(last_opened_at=timezone.now())  # the database has a clock of its own
    assert "Version 1, 2 June Opened 2 June" in line_of(as_manager.get(PROGRESS), "Graham Reid")


def test_follow_ups_come_by_the_day_their_reply_is_due(as_manager, therapist):
    for name, due in (("Ada", None), ("Ben", date(2025, 6, 9)), ("Cleo", date(2025, 5, 30))):
        find(seen_on(therapist, TODAY, full_name=name), reply_due=due)
    told = words(as_manager.get(PROGRESS)).partition("Clients in care")[0]
    assert told.index("Cleo") < told.index("Ben") < told.index("Ada")
    assert "Cleo Overdue A reply was due on 30 May" in told
    assert "Ben Follow-up A reply is due on 9 June" in told
    assert "Ada Follow-up No day set for a reply" in told


def test_a_follow_up_does_not_say_what_was_found(as_manager, therapist):
    find(seen_on(therapist, TODAY), flag="suicide", action="canary-action", contacted="canary-contacted")
    told = as_manager.get(PROGRESS).content.decode().casefold()
    assert [word for word in ("suicid", "canary", "urgent") if word in told] == []


def test_a_cleared_finding_is_no_follow_up(as_manager, therapist):
    visit = seen_on(therapist, TODAY)
    find(visit, cleared_on=TODAY, cleared_by="Dr Moss", cleared_words="Nothing found.")
    assert "Follow-ups" not in words(as_manager.get(PROGRESS))


def test_a_manager_sees_no_story_no_belief_and_no_note(as_manager, therapist):
    visit = seen_on(therapist, TODAY)
    Consultation.objects.update(story_client_words="canary-story", main_worry="canary-worry")
    Step.objects.update(private_notes="canary-note", client_words="canary-words", state="begun")
    Step.objects.update(missing=["canary-missing"])
    Belief.objects.create(clinic=visit.clinic, client=visit.client, heard_in=visit, statement="canary-belief")
    make_activity(visit, activity="canary-activity")
    assert "canary" not in as_manager.get(PROGRESS).content.decode()


def test_another_clinic_and_archived_clients_are_not_listed(as_manager, therapist, stranger):
    find(seen_on(stranger, TODAY, full_name="Somebody Elsewhere"))
    make_client(therapist, full_name="Gone Home", status="archived")
    told = words(as_manager.get(PROGRESS))
    assert "Elsewhere" not in told
    assert "Gone Home" not in told


def test_each_name_opens_the_clients_page(as_manager, therapist):
    visit = seen_on(therapist, TODAY)
    find(visit)
    assert as_manager.get(PROGRESS).content.decode().count(reverse("client", args=[visit.client_id])) == 2


def test_a_page_holds_fifty_by_name_and_leads_on(as_manager, therapist):
    for number in range(51):
        make_client(therapist, full_name=f"Client {number:02d}")
    first, second = as_manager.get(PROGRESS), as_manager.get(PROGRESS, {"page": "2"})
    assert "Client 00" in words(first) and "Client 49" in words(first)
    assert "Client 50" not in words(first)
    assert "Client 50" in words(second) and "Client 49" not in words(second)
    assert "?page=2" in first.content.decode() and "?page=3" not in second.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "two", "1e3", "٣", "9999999"])
def test_a_page_that_is_no_number_is_not_there(as_manager, page):
    assert as_manager.get(PROGRESS, {"page": page}).status_code == 404


@pytest.mark.parametrize("number", [1, 50])
def test_the_page_needs_few_queries_however_many_clients(
    as_manager, therapist, number, django_assert_max_num_queries
):
    for each in range(number):
        visit = seen_on(therapist, TODAY - timedelta(days=each), full_name=f"Client {each:02d}")
        book(visit, TODAY + timedelta(days=each))
        find(visit, reply_due=TODAY + timedelta(days=each))
    as_manager.get(PROGRESS)
    with django_assert_max_num_queries(12):
        as_manager.get(PROGRESS)


def test_a_manager_of_another_clinic_sees_their_own(therapist, as_manager):
    seen_on(therapist, TODAY)
    other = factories.make_manager(factories.make_clinic())
    from tests.conftest import signed_in

    assert "Graham" not in words(signed_in(other).get(PROGRESS))
    assert Client.objects.count() == 1
