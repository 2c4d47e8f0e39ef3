"""Progress across the clinic: who needs something first, then the others. States for a manager, never words."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consults import rules
from consults.actions import consultations
from consults.actions import plans as actions
from consults.actions.consultations import version_of
from consults.models import Belief, Client, Consultation, PlanLink, Review, SafetyFinding, Step
from consults.views.needs import needs_of, people_in_need
from consults.views.progress import steps_done, told
from tests import factories, visits
from tests.conftest import signed_in
from tests.visits import make_activity, make_client, make_visit, words

PROGRESS = reverse("progress")
TODAY = date(2025, 6, 2)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to("2025-06-02T09:00:00Z", tick=True)


def seen_on(therapist, day, *, done=True, **columns):
    """A client with one visit on this day, completed unless told otherwise."""
    client = make_client(therapist, **columns)
    visit = make_visit(client, therapist, held_on=day, steps="enough")
    Step.objects.filter(consultation=visit).update(number=1)
    return visits.completed(visit) if done else visit


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


def publish(visit):
    make_activity(visit)
    return actions.publish(visit, [], by=visit.therapist, seen=version_of(visit))


def link(version, *, made, opened=None, **columns):
    """A link made so many days ago, and opened so many days ago."""
    row, _ = actions.new_link(version.plan, "Phone", by=version.published_by)
    now = timezone.now()  # the database has a clock of its own: `live` goes by that one
    PlanLink.objects.filter(pk=row.pk).update(
        created_at=now - timedelta(days=made),
        last_opened_at=None if opened is None else now - timedelta(days=opened),
        **{"expires_at": now + timedelta(days=36_500)} | columns,
    )
    return row


def section(reply, heading):
    """What a person reads under the heading that holds these words, up to the next."""
    html = reply.content.decode()
    found = re.search(rf"(?s)<h2[^>]*>[^<]*{heading}[^<]*</h2>(.*?)(?=<h2|</main>)", html)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def in_need(reply):
    return section(reply, "something")


def line_of(reply, name):
    """What the page says about this client in the list of those who need nothing."""
    told = section(reply, "in care")
    return told[told.index(name) :].removeprefix(name).strip()


def heading(reply):
    return re.search(r'<h2 id="h-n">([^<]*)</h2>', reply.content.decode())[1]


# --- Who sees the page --------------------------------------------------------------------------


def test_a_therapist_finds_no_progress_page(as_therapist):
    assert as_therapist.get(PROGRESS).status_code == 404


def test_a_clinic_without_clients_says_what_will_be_here(as_manager):
    told = words(as_manager.get(PROGRESS))
    assert "Nobody is in care yet" in told
    assert "something" not in told.replace("who needs something", "")


def test_a_manager_sees_no_story_no_belief_and_no_note(as_manager, therapist):
    visit = seen_on(therapist, TODAY, done=False)
    other = seen_on(therapist, TODAY - timedelta(days=9), done=False)
    for each in (visit, other):
        Belief.objects.create(
            clinic=each.clinic, client=each.client, heard_in=each, statement="canary-belief"
        )
        make_activity(each, activity="canary-activity")
        visits.make_goal(each, title="canary-goal")
    find(other, action="canary-action", contacted="canary-contacted")
    Consultation.objects.update(story_client_words="canary-story", main_worry="canary-worry")
    Step.objects.update(private_notes="canary-note", client_words="canary-words", state="begun")
    Step.objects.update(missing=["canary-missing"])
    assert "canary" not in as_manager.get(PROGRESS).content.decode()


def test_another_clinic_and_archived_clients_are_not_listed(as_manager, therapist, stranger):
    find(seen_on(stranger, TODAY, full_name="Somebody Elsewhere"))
    book(seen_on(stranger, TODAY, full_name="Another Elsewhere"), date(2025, 5, 1))
    for columns in ({"without_date_since": TODAY}, {}):
        gone = seen_on(
            therapist, TODAY - timedelta(days=9), full_name="Gone Home", status="archived", **columns
        )
        book(gone, TODAY - timedelta(days=1))
    told = words(as_manager.get(PROGRESS))
    assert "Elsewhere" not in told
    assert "Gone Home" not in told


def test_a_manager_of_another_clinic_sees_their_own(therapist, as_manager):
    seen_on(therapist, TODAY)
    other = factories.make_manager(factories.make_clinic())
    assert "Graham" not in words(signed_in(other).get(PROGRESS))
    assert Client.objects.count() == 1


# --- What somebody needs ------------------------------------------------------------------------


def test_a_reply_is_due_on_its_day_and_overdue_after_it(as_manager, therapist):
    for name, due in (("Ada", None), ("Ben", TODAY), ("Cleo", date(2025, 5, 30))):
        find(seen_on(therapist, TODAY, preferred_name=name, full_name=f"{name} Reid"), reply_due=due)
    told = in_need(as_manager.get(PROGRESS))
    assert told.index("Cleo") < told.index("Ben Ben") < told.index("Ada Ada")
    assert "Cleo Reid Reply overdue A reply was due on 30 May, 3 days ago" in told
    assert "Ben Reid Reply due On 2 June" in told
    assert "Ada Reid Follow-up No day set for a reply" in told


def test_a_follow_up_does_not_say_what_was_found(as_manager, therapist):
    find(seen_on(therapist, TODAY), flag="suicide", action="canary-action", contacted="canary-contacted")
    told = as_manager.get(PROGRESS).content.decode().casefold()
    assert [word for word in ("suicid", "canary", "urgent") if word in told] == []


def test_a_follow_up_stays_for_somebody_who_left(as_manager, therapist):
    left = seen_on(therapist, date(2025, 5, 1), done=False, full_name="Gone Home", status="archived")
    find(left)
    told = in_need(as_manager.get(PROGRESS))
    assert "Gone Home Follow-up" in told
    assert "left open" not in told


def test_a_cleared_finding_is_no_need(as_manager, therapist):
    visit = seen_on(therapist, TODAY)
    find(visit, cleared_on=TODAY, cleared_by="Dr Moss", cleared_words="Nothing found.")
    assert heading(as_manager.get(PROGRESS)) == "Nobody waits for anything"


def test_a_visit_is_left_open_from_the_day_after(as_manager, therapist):
    visit = seen_on(therapist, TODAY, done=False)
    assert in_need(as_manager.get(PROGRESS)) == ""
    visits.change(visit, held_on=TODAY - timedelta(days=1))
    assert "Visit left open Since 1 June" in in_need(as_manager.get(PROGRESS))


@pytest.mark.parametrize("day", [date(2025, 5, 1), TODAY])
def test_a_paused_visit_waits_for_its_clearance_even_without_a_finding(as_manager, therapist, day):
    visits.change(seen_on(therapist, day, done=False), outcome="paused_referred")
    told = in_need(as_manager.get(PROGRESS))
    assert f"Paused Visit of {day.day} {day:%B}, until it is cleared" in told
    assert "left open" not in told


def test_a_paused_visit_that_was_completed_waits_no_more(as_manager, therapist):
    visits.change(seen_on(therapist, TODAY), outcome="paused_referred")
    assert in_need(as_manager.get(PROGRESS)) == ""


def test_a_review_that_is_over_is_marked(as_manager, therapist):
    book(seen_on(therapist, date(2025, 5, 1)), date(2025, 5, 26))
    told = in_need(as_manager.get(PROGRESS))
    assert "Overdue A review was due on 26 May, 7 days ago 1 May Ann Therapist" in told


def test_a_review_of_today_or_settled_is_no_need(as_manager, therapist):
    visit = seen_on(therapist, date(2025, 5, 1))
    book(visit, TODAY)
    book(visit, date(2025, 5, 20))
    Review.objects.filter(due=date(2025, 5, 20)).update(status="missed")
    assert in_need(as_manager.get(PROGRESS)) == ""


def test_a_review_that_a_later_visit_answered_is_not_overdue(as_manager, therapist):
    first = seen_on(therapist, date(2025, 3, 3))
    book(first, date(2025, 3, 17))
    second = visits.begin(therapist, first.client, held_on=date(2025, 3, 17))
    visits.open_gate(second)
    consultations.complete(visits.change(second), by=therapist, seen=version_of(second))
    told = in_need(as_manager.get(PROGRESS))
    assert "Overdue" not in told
    assert "No next date Since the visit of 17 March" in told


def test_a_plan_nobody_opened_in_three_days_is_asked_about(as_manager, therapist):
    version = publish(seen_on(therapist, date(2025, 5, 20), done=False))
    row = link(version, made=2)
    assert "Plan never opened" not in in_need(as_manager.get(PROGRESS))
    PlanLink.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=4))
    assert "Plan never opened The link was made on 29 May" in in_need(as_manager.get(PROGRESS))


@pytest.mark.parametrize(
    "columns",
    [
        {"opened": 1},
        {"audience": "ally"},
        {"expires_at": datetime(2025, 1, 1, tzinfo=UTC)},
    ],
    ids=["opened", "an ally's", "run out"],
)
def test_a_link_that_was_opened_or_is_not_theirs_is_no_need(as_manager, therapist, columns):
    visit = seen_on(therapist, TODAY, done=False)
    link(publish(visit), made=9, **columns)
    assert in_need(as_manager.get(PROGRESS)) == ""


def test_a_new_link_beside_one_that_was_opened_is_no_need(as_manager, therapist):
    version = publish(seen_on(therapist, TODAY, done=False))
    link(version, made=20, opened=19)
    link(version, made=9)
    assert in_need(as_manager.get(PROGRESS)) == ""


def test_one_person_with_two_needs_is_one_line(as_manager, therapist):
    visit = seen_on(therapist, date(2025, 5, 20), done=False)
    find(visit, reply_due=date(2025, 6, 9))
    reply = as_manager.get(PROGRESS)
    assert heading(reply) == "One person needs something"
    assert "Reply due On 9 June Visit left open Since 20 May" in in_need(reply)


def of_every_kind(therapist):
    """One client for each kind of need, and one without any: {name: kind}."""
    week = TODAY - timedelta(days=7)
    find(seen_on(therapist, week, full_name="Reply late"), reply_due=week)
    find(seen_on(therapist, week, full_name="Reply due"), reply_due=TODAY)
    find(seen_on(therapist, week, full_name="Follow up"))
    visits.change(seen_on(therapist, week, full_name="Paused", done=False), outcome="paused_referred")
    seen_on(therapist, week, full_name="Left open", done=False)
    book(seen_on(therapist, week, full_name="Date late"), TODAY - timedelta(days=1))
    seen_on(therapist, week, full_name="No date", without_date_since=week)
    unopened = seen_on(therapist, TODAY, full_name="Unopened", done=False)
    link(publish(unopened), made=9)
    book(seen_on(therapist, week, full_name="Zero needs"), TODAY + timedelta(days=7))
    make_client(therapist, full_name="Zoe New")


def test_the_most_pressing_come_first_and_the_head_line_counts_them(as_manager, therapist):
    of_every_kind(therapist)
    reply = as_manager.get(PROGRESS)
    assert heading(reply) == "8 people need something"
    order = [
        "Reply late",
        "Reply due",
        "Follow up",
        "Paused",
        "Left open",
        "Date late",
        "No date",
        "Unopened",
    ]
    shown = in_need(reply)
    assert [shown.index(f"Graham {name}") for name in order] == sorted(
        shown.index(f"Graham {name}") for name in order
    )
    assert "Zero needs" not in shown
    others = section(reply, "Everyone else in care")
    assert others.index("Zero needs") < others.index("Zoe New")
    assert "Left open" not in others


def test_who_is_looked_up_and_what_is_read_from_a_client_agree(manager, therapist):
    of_every_kind(therapist)
    ids, many = people_in_need(manager, TODAY)
    assert not many
    read = told(list(Client.objects.values_list("pk", flat=True)), TODAY)
    assert {pk for pk, client in read.items() if needs_of(client, TODAY)} == set(ids)
    kinds = [need.kind for pk in ids for need in read[pk]["needs"]]
    assert kinds == [
        "reply_late",
        "reply_due",
        "follow_up",
        "paused",
        "left_open",
        "date_late",
        "no_date",
        "unopened",
    ]


def test_the_button_leads_to_the_first_of_them(as_manager, therapist):
    visit = seen_on(therapist, TODAY, preferred_name="Leni", full_name="Magdalena Vos")
    find(visit)
    page = as_manager.get(PROGRESS)
    address = reverse("client", args=[visit.client_id])
    assert f'<a class="govuk-button" href="{address}">Start with Leni' in page.content.decode()
    assert page.content.decode().count(address) == 2


def test_more_than_a_page_of_them_are_not_counted(as_manager, therapist):
    for number in range(31):
        find(seen_on(therapist, TODAY, full_name=f"Client {number:02d}"))
    first, second = as_manager.get(PROGRESS), as_manager.get(PROGRESS, {"page": "2"})
    assert heading(first) == "More than 30 people need something"
    assert "Client 29" in in_need(first) and "Client 30" not in words(first)
    assert "Client 30 2 June Follow-up No day set for a reply" in words(second)
    assert "Client 29" not in words(second)


def findings_of_one(therapist):
    visit = seen_on(therapist, TODAY, full_name="Many Findings")
    for _ in range(31):
        find(visits.completed(make_visit(visit.client, therapist)), reply_due=date(2025, 6, 1))
    find(seen_on(therapist, TODAY, full_name="One Need"), reply_due=TODAY)


def dates_of_one(therapist):
    visit = seen_on(therapist, TODAY, full_name="Many Dates")
    for _ in range(31):
        book(visits.completed(make_visit(visit.client, therapist)), date(2025, 6, 1))
    book(seen_on(therapist, TODAY, full_name="One Need"), date(2025, 5, 30))


def links_of_one(therapist):
    version = publish(seen_on(therapist, TODAY, full_name="Many Links", done=False))
    for _ in range(31):
        link(version, made=5)
    link(publish(seen_on(therapist, TODAY, full_name="One Need", done=False)), made=9)


@pytest.mark.parametrize("many_of_one", [findings_of_one, dates_of_one, links_of_one])
def test_somebody_with_very_many_of_a_kind_leaves_the_others_their_place(as_manager, therapist, many_of_one):
    many_of_one(therapist)
    reply = as_manager.get(PROGRESS)
    assert heading(reply) == "2 people need something"
    shown = in_need(reply)
    assert shown.index("Graham Many") < shown.index("Graham One Need")


# --- Everybody else -----------------------------------------------------------------------------


def test_each_client_has_last_visit_next_date_thin_steps_plan_and_therapist(as_manager, therapist):
    visit = seen_on(therapist, date(2025, 5, 20))
    Step.objects.filter(consultation=visit, slug__in=["explain", "timescale"]).update(state="begun")
    Step.objects.filter(consultation=visit, slug="safety").update(state="not_started")
    book(visit, date(2025, 6, 10))
    assert line_of(as_manager.get(PROGRESS), "Graham Reid") == (
        "20 May 10 June Explain, Goals None yet Ann Therapist"
    )


def test_somebody_goes_by_the_name_they_use_and_the_full_one_beside_it(as_manager, therapist):
    book(seen_on(therapist, TODAY, preferred_name="Leni", full_name="Magdalena Vos"), date(2025, 6, 10))
    assert "Leni Magdalena Vos 2 June" in section(as_manager.get(PROGRESS), "in care")


def test_a_visit_that_was_opened_and_left_untouched_is_not_when_they_were_seen(as_manager, therapist):
    first = seen_on(therapist, date(2025, 5, 6))
    visit = visits.open_gate(visits.begin(therapist, first.client, held_on=TODAY))
    assert line_of(as_manager.get(PROGRESS), "Graham Reid").startswith("6 May Visit open None")
    visits.save(visit, "explain", by=therapist)
    assert line_of(as_manager.get(PROGRESS), "Graham Reid").startswith("2 June Visit open Acknowledge,")


def test_a_plan_says_when_it_was_agreed_when_published_and_whether_it_was_opened(as_manager, therapist):
    visit = seen_on(therapist, date(2025, 5, 20))
    book(visit, date(2025, 6, 10))
    version = publish(visit)
    assert "Agreed 20 May Published 2 June, no link open" in line_of(as_manager.get(PROGRESS), "Graham Reid")
    row = link(version, made=1)
    assert "Published 2 June, not opened" in line_of(as_manager.get(PROGRESS), "Graham Reid")
    PlanLink.objects.filter(pk=row.pk).update(last_opened_at=timezone.now())
    assert "Published 2 June, opened 2 June" in line_of(as_manager.get(PROGRESS), "Graham Reid")


def test_a_page_holds_thirty_by_name_and_leads_on(as_manager, therapist):
    for number in range(31):
        make_client(therapist, full_name=f"Client {number:02d}")
    first, second = as_manager.get(PROGRESS), as_manager.get(PROGRESS, {"page": "2"})
    assert "Client 00" in words(first) and "Client 29" in words(first)
    assert "Client 30" not in words(first)
    assert "Client 30" in words(second) and "Client 29" not in words(second)
    assert "?page=2" in first.content.decode() and "?page=3" not in second.content.decode()


def test_those_in_need_and_the_others_fill_the_first_page_together(as_manager, therapist):
    for number in range(3):
        find(seen_on(therapist, TODAY, full_name=f"Need {number}"))
    for number in range(28):
        make_client(therapist, full_name=f"Client {number:02d}")
    first, second = as_manager.get(PROGRESS), as_manager.get(PROGRESS, {"page": "2"})
    listed = [re.findall(r"(?:Client|Need) \d+", words(reply)) for reply in (first, second)]
    assert [len(names) for names in listed] == [30, 1]
    assert len({name for names in listed for name in names}) == 31


@pytest.mark.parametrize("page", ["0", "-1", "two", "1e3", "٣", "9999999"])
def test_a_page_that_is_no_number_is_not_there(as_manager, page):
    assert as_manager.get(PROGRESS, {"page": page}).status_code == 404


# --- Steps done ---------------------------------------------------------------------------------


def test_steps_done_in_first_visits_are_counted_from_five_people_on(as_manager, therapist):
    for number in range(5):
        assert section(as_manager.get(PROGRESS), "Steps done") == ""
        visit = seen_on(therapist, TODAY, full_name=f"Client {number}")
        if number < 2:
            Step.objects.filter(consultation=visit, slug="resources").update(state="begun")
        if number == 3:
            Step.objects.filter(consultation=visit).update(state="full")
    again = make_visit(visit.client, therapist, held_on=TODAY)
    visits.completed(again)
    told = section(as_manager.get(PROGRESS), "Steps done")
    assert told.startswith("The last 5 first visits")
    assert "Acknowledge 5 of 5" in told
    assert "Support 3 of 5" in told
    assert "Done least often: Support." in told


def test_after_a_no_the_manager_and_the_clients_page_agree_on_what_is_thin(therapist):
    visit = visits.change(seen_on(therapist, TODAY), consent_to_record="no")
    Step.objects.filter(consultation=visit).update(state="begun")
    thin = told([visit.client_id], TODAY)[visit.client_id]["thin"]
    assert thin == [rules.step_guide({}, step.slug).short for step, _ in rules.thin_steps(visit)]
    assert thin == ["What matters", "Support", "Goals"]


def test_what_may_not_be_kept_or_was_not_for_that_day_is_not_counted_as_left_out(manager, therapist):
    for number in range(7):
        visit = seen_on(therapist, TODAY, full_name=f"Client {number}")
        if number == 0:
            visits.change(visit, consent_to_record="no")
            Step.objects.filter(consultation=visit, slug="explain").update(state="not_started")
        elif number < 4:
            why = {"state": "not_appropriate", "not_appropriate_reason": "Too tired"}
            Step.objects.filter(consultation=visit, slug="resources").update(**why)
    held, rows, least = steps_done(manager)
    counted = {name: (done, of) for name, done, of, _ in rows}
    assert (held, counted["Explain"], counted["Goals"], least) == (7, (6, 6), (7, 7), "")
    assert "Support" not in counted  # of four people


# --- Cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 60])
def test_the_page_needs_few_queries_however_many_clients(
    as_manager, therapist, number, django_assert_max_num_queries
):
    of_every_kind(therapist)
    for each in range(number):
        visit = seen_on(therapist, TODAY - timedelta(days=each), full_name=f"Client {each:02d}")
        book(visit, TODAY + timedelta(days=each))
        if each % 2:
            find(visit, reply_due=TODAY + timedelta(days=each))
    as_manager.get(PROGRESS)
    with django_assert_max_num_queries(12):
        as_manager.get(PROGRESS)
