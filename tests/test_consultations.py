"""A visit as a whole: begun, completed as it was read, added to, dated by the day it was held."""

import re
from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from consults.actions import consultations as actions
from consults.actions import drafts
from consults.models import Addendum, Consultation, Draft, Review
from consults.steps import BY_SLUG
from consults.views import doors
from painconsult.audit.models import AuditEvent
from painconsult.errors import Refused
from tests import visits


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


def test_a_first_visit_opens_on_step_1(as_therapist, therapist):
    client = visits.make_client(therapist)
    reply = as_therapist.post(reverse("start", args=[client.pk]), {}, follow=True)
    visit = Consultation.objects.get()
    assert reply.redirect_chain[-1][0] == visits.url(visit, "acknowledge")
    assert (visit.kind, visit.number, visit.held_on) == ("first", 1, timezone.localdate())
    assert (visit.therapist, visit.clinic, visit.outcome, visit.consent_to_record) == (
        therapist,
        therapist.clinic,
        "",
        "",
    )
    assert visit.steps.count() == 9


def test_beginning_again_returns_the_open_visit(as_therapist, visit):
    reply = as_therapist.post(reverse("start", args=[visit.client_id]), {})
    assert reply.url == reverse("consultation", args=[visit.pk])
    assert Consultation.objects.count() == 1


def test_the_next_visit_is_a_review_with_its_own_gate_and_the_newest_consent(visit, therapist):
    visits.save(visit, "acknowledge")
    visits.completed(visit)
    later = visits.begin(therapist, visit.client)
    assert (later.kind, later.number, later.outcome) == ("review", 2, "")
    assert later.consent_to_record == "yes"


def test_a_visit_keeps_the_scope_it_began_with(therapist):
    visits.give_hands(therapist)
    visit = visits.begin(therapist)
    therapist.scope.does_hands_on_work = False
    therapist.scope.save()
    visit.refresh_from_db()
    assert visit.does_hands_on


def test_a_late_entry_carries_the_day_it_was_held(as_therapist, therapist):
    client = visits.make_client(therapist)
    day = {"held_on-day": "3", "held_on-month": "3", "held_on-year": "2025"}
    as_therapist.post(reverse("start", args=[client.pk]), day)
    visit = Consultation.objects.get()
    assert visit.held_on == date(2025, 3, 3)
    assert visit.started_at.date() == timezone.now().date()


def test_a_visit_is_not_recorded_before_its_day(as_therapist, therapist):
    client = visits.make_client(therapist)
    later = timezone.localdate() + timedelta(days=2)
    day = {f"held_on-{part}": str(getattr(later, part)) for part in ("day", "month", "year")}
    reply = as_therapist.post(reverse("start", args=[client.pk]), day)
    assert reply.status_code == 422
    assert not Consultation.objects.exists()


def test_clinical_dates_count_from_the_day_of_the_visit(therapist):
    visit = visits.open_gate(visits.begin(therapist, held_on=date(2026, 11, 30)))
    visits.save(visit, "activities")
    goal = {"goal-new1-horizon": "3_months", "review-new1-due-year": "2027"}
    visits.save(visit, "timescale", visits.good("timescale", visit, **goal))
    assert visit.client.goals.get().due_date == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("horizon", "due"),
    [
        ("today", date(2026, 8, 31)),
        ("this_week", date(2026, 9, 7)),
        ("6_weeks", date(2026, 10, 12)),
        ("3_months", date(2026, 11, 30)),
        ("6_months", date(2027, 2, 28)),
    ],
)
def test_a_horizon_has_its_day_and_months_clip(therapist, horizon, due):
    visit = visits.open_gate(visits.begin(therapist, held_on=date(2026, 8, 31)))
    goal = {"goal-new1-horizon": horizon, "review-new1-due-year": "2027"}
    visits.save(visit, "timescale", visits.good("timescale", visit, **goal))
    assert visit.client.goals.get().due_date == due


# --- Where a visit goes on --------------------------------------------------------------------


def test_an_open_visit_goes_on_at_its_first_thin_step(as_therapist, therapist):
    visit = visits.begin(therapist)
    address = reverse("consultation", args=[visit.pk])
    way = []
    for slug in ["acknowledge", "safety", *list(visits.ANSWERS)[2:]]:
        way.append(as_therapist.get(address).url)
        visits.save(visit, slug)
    assert way == [visits.url(visit, slug) for slug in ["acknowledge", "safety", *list(visits.ANSWERS)[2:]]]


def test_a_completed_visit_opens_on_its_review(as_therapist, visit):
    visits.completed(visit)
    assert as_therapist.get(reverse("consultation", args=[visit.pk])).url == reverse(
        "review", args=[visit.pk]
    )


@pytest.mark.parametrize("page", ["review", "plan"])
def test_a_completed_visit_leads_to_all_clients(as_therapist, visit, page):
    to_clients = f'href="{reverse("clients")}"'
    assert to_clients not in as_therapist.get(reverse(page, args=[visit.pk])).content.decode()
    visits.completed(visit)
    bar, foot = as_therapist.get(reverse(page, args=[visit.pk])).content.decode().split("<main")
    assert to_clients in bar
    assert to_clients in foot.partition("room-foot")[2]  # on a phone the bar has no room for it


def test_a_step_of_a_completed_visit_is_its_place_in_the_record(as_therapist, visit):
    visits.completed(visit)
    place = reverse("review", args=[visit.pk]) + "#h-beliefs"
    assert as_therapist.get(visits.url(visit, "beliefs")).url == place
    page = as_therapist.get(reverse("review", args=[visit.pk])).content.decode()
    assert f'<a href="{place}"' in page
    assert 'id="h-beliefs"' in page


# --- Completing -------------------------------------------------------------------------------


def press(browser, visit, seen=None):
    seen = actions.version_of(visit) if seen is None else seen
    return browser.post(reverse("complete", args=[visit.pk]), {"seen": seen})


def test_a_visit_is_completed_with_thin_steps_once(as_therapist, therapist, visit):
    assert press(as_therapist, visit).url == reverse("review", args=[visit.pk])
    visit.refresh_from_db()
    assert visit.is_completed
    assert visit.completed_by == therapist
    assert AuditEvent.objects.filter(action="completed").count() == 1
    assert press(as_therapist, visit).status_code == 409
    assert AuditEvent.objects.filter(action="completed").count() == 1


def test_a_draft_on_its_way_when_the_visit_was_completed_is_refused(therapist, visit):
    before = visits.change(visit)
    actions.complete(visit, by=therapist, seen=actions.version_of(visit))
    with pytest.raises(Refused):
        drafts.keep_draft(before, BY_SLUG["explain"], key=visit.pk, base=0, body="x=1", by=therapist)


def test_words_that_were_typed_and_not_saved_are_not_completed_away(as_therapist, therapist, visit):
    drafts.keep_draft(visit, BY_SLUG["explain"], key=visit.pk, base=0, body="x=1", by=therapist)
    reply = press(as_therapist, visit)
    assert reply.status_code == 409
    assert "Explain how pain works: the draft kept at" in visits.words(reply)
    assert Draft.objects.count() == 1
    drafts.discard_drafts(visit, BY_SLUG["explain"], by=therapist)
    assert press(as_therapist, visit).url == reverse("review", args=[visit.pk])


def test_completing_is_refused_when_something_was_saved_since_it_was_read(as_therapist, visit):
    seen = actions.version_of(visit)
    visits.save(visit, "explain")
    reply = press(as_therapist, visit, seen)
    assert reply.status_code == 409
    assert "Something was saved after you opened this page" in visits.words(reply)
    visit.refresh_from_db()
    assert not visit.is_completed


@pytest.mark.parametrize("page", ["review", "plan"])
def test_a_page_is_named_by_what_it_shows_though_somebody_saves_while_it_is_read(
    as_therapist, visit, monkeypatch, page
):
    visits.save(visit, "activities")
    seen, read = actions.version_of(visit), doors.read_for_a_page

    def saved_in_between(consultation):
        visits.save(visit, "before-you-go")
        read(consultation)

    monkeypatch.setattr(doors, "read_for_a_page", saved_in_between)
    shown = as_therapist.get(reverse(page, args=[visit.pk])).context["seen"]
    assert shown == seen != actions.version_of(visit)


@pytest.mark.parametrize("seen", ["", "x", "-1", "٣"])
def test_completing_names_what_was_read(as_therapist, visit, seen):
    assert press(as_therapist, visit, seen).status_code == 409


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"outcome": "", "outcome_by": None, "outcome_at": None}, "The safety check has no outcome yet."),
        ({"consent_to_record": ""}, "Nobody has been asked for consent to keep a record"),
    ],
)
def test_a_visit_without_its_check_or_consent_is_not_completed(as_therapist, visit, columns, reason):
    visit = visits.change(visit, **columns)
    page = as_therapist.get(reverse("review", args=[visit.pk]))
    assert reason in visits.words(page)
    assert 'name="seen"' not in page.content.decode()
    assert reason in visits.words(press(as_therapist, visit))
    visit.refresh_from_db()
    assert not visit.is_completed


def test_a_paused_visit_may_be_completed(as_therapist, visit):
    visit = visits.change(visit, outcome="paused_referred")
    assert press(as_therapist, visit).status_code == 302


# --- Adding later -----------------------------------------------------------------------------


def test_something_is_added_only_after_completion_with_a_reason(as_therapist, therapist, visit):
    address, told = reverse("addendum", args=[visit.pk]), {"words": "The letter came", "reason": "GP reply"}
    assert as_therapist.post(address, told).status_code == 409
    visits.completed(visit)
    for missing in ("words", "reason"):
        reply = as_therapist.post(address, told | {missing: ""})
        assert reply.status_code == 422
        assert (told[missing] in visits.words(reply)) is False
    assert not Addendum.objects.exists()
    assert as_therapist.post(address, told).url == reverse("review", args=[visit.pk])
    added = Addendum.objects.get()
    assert (added.words, added.reason, added.written_by) == ("The letter came", "GP reply", therapist)
    page = visits.words(as_therapist.get(reverse("review", args=[visit.pk])))
    assert "The letter came" in page
    assert "Ann Therapist" in page


def test_what_was_typed_for_an_addendum_stays_when_it_is_refused(as_therapist, visit):
    visits.completed(visit)
    reply = as_therapist.post(
        reverse("addendum", args=[visit.pk]), {"words": "The letter came", "reason": ""}
    )
    assert "The letter came" in reply.content.decode()


def test_an_addendum_changes_nothing_of_the_visit(visit, therapist):
    visits.save(visit, "explain")
    visits.completed(visit)
    before = visits.contents(Addendum)
    actions.add_addendum(visits.change(visit), words="x", reason="y", by=therapist)
    after = visits.contents(Addendum)
    assert {name for name in before if before[name] != after[name]} == {"AuditEvent", "AuditHead"}


def test_the_action_itself_refuses_an_addendum_to_an_open_visit(visit, therapist):
    with pytest.raises(Refused, match="still open"):
        actions.add_addendum(visit, words="x", reason="y", by=therapist)


# --- The review page --------------------------------------------------------------------------


def test_the_review_page_shows_what_every_step_holds_and_what_is_missing(as_therapist, therapist):
    visit = visits.save_all(visits.begin(therapist))
    page = visits.words(as_therapist.get(reverse("review", args=[visit.pk])))
    for text in (
        "Three people, three explanations.",
        "Saturday golf",
        "The alarm is trigger-happy.",
        "Every swing grinds my discs down.",
        "Out of practice and jumpy, not worn away",
        "Chip in the garden",
        "Walk three holes",
        "Nine holes once a fortnight",
        "A bad day is not damage",
        "Every step has enough for today",
    ):
        assert text in page


def test_what_is_private_or_was_asked_alone_is_closed_on_the_review_page(as_therapist, therapist):
    visit = visits.begin(therapist)
    visits.save(visit, "acknowledge", visits.ANSWERS["acknowledge"] | {"private_notes": "Note to self"})
    told = {"suicide_answer": "passive", "home_unsafe": "yes", "outcome": "paused_referred"}
    told |= {"finding": "suicide", "finding-suicide-action": "Rang the crisis team"}
    told |= {"finding-suicide-contacted_at": "14:10"}
    visits.save(visit, "safety", visits.good("safety", **told))
    page = as_therapist.get(reverse("review", args=[visit.pk])).content.decode()
    open_part = re.sub(r"(?s)<details.*?</details>", " ", page)
    for secret in ("Note to self", "Tired of living", "Rang the crisis team", "Could home be unsafe"):
        assert secret in page
        assert secret not in open_part


def test_a_completed_visit_says_when_they_come_next(as_therapist, visit):
    visits.save(visit, "timescale")
    review = reverse("review", args=[visit.pk])
    date_of = visit.reviews.get()
    date_of.due, date_of.at, date_of.mode = timezone.localdate(), time(14, 30), "call"
    date_of.save()
    told = f"Next: {date_format(date_of.due, 'l j F Y')} at 14:30 , by phone"
    assert told not in visits.words(as_therapist.get(review))
    visits.completed(visit)
    assert told in visits.words(as_therapist.get(review))
    Review.objects.update(status="missed")
    assert told not in visits.words(as_therapist.get(review))
    Review.objects.update(status="due", due=date_of.due - timedelta(days=1))
    assert "by phone Their plan" not in visits.words(as_therapist.get(review))
