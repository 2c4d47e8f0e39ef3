"""A client's page: who, what comes next, and what can be finished without them."""

import re
from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from consults.actions import consultations as actions
from consults.models import Consultation, Review, Step
from tests import visits

TODAY = date(2026, 3, 17)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to("2026-03-17T09:00:00Z", tick=True)


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist, held_on=TODAY))


def page(browser, visit):
    return browser.get(reverse("client", args=[visit.client_id]))


def to_finish(reply):
    """[(what, [(words, address)])] of the list."""
    html = reply.content.decode()
    if 'class="reasons to-finish"' not in html:
        return []
    rows = re.findall(
        r"(?s)<li>.*?</li>", html.partition('class="reasons to-finish"')[2].partition("</ul>")[0]
    )
    return [
        (re.search("<b>(.*?)</b>", row)[1], [(words, address) for address, words in LINK.findall(row)])
        for row in rows
    ]


LINK = re.compile(r'<a class="quiet" href="([^"]+)">(.*?)</a>')


def words_of(reply):
    return {what: [words for words, _ in items] for what, items in to_finish(reply)}


# --- What can be finished without them ----------------------------------------------------------


def test_each_step_lists_what_needs_no_client(as_therapist, visit, therapist):
    for slug in ("acknowledge", "explain", "beliefs", "activities", "timescale"):
        visits.save(visit, slug, by=therapist)
    found = words_of(page(as_therapist, visit))
    assert found["Acknowledge"] == ["its pattern", "what they have tried, as they told it"]
    assert found["Explain"] == ["how long you explained"]
    assert found["Beliefs"] == [
        "the topic of “Every swing grinds my discs down”",
        "where “Every swing grinds my discs down” came from",
    ]
    assert found["Goals"] == ["the levels above and below “Golf again”"]
    assert found["Private notes"] == ["Acknowledge", "Explain", "Beliefs", "What matters", "Goals"]


def test_each_item_leads_to_the_field_that_answers_it(as_therapist, visit, therapist):
    for slug in ("acknowledge", "explain", "beliefs", "activities", "timescale"):
        visits.save(visit, slug, by=therapist)
    for _, items in to_finish(page(as_therapist, visit)):
        for words, address in items:
            path, _, field = address.partition("#")
            assert f"focus={field}" in path, words
            step = as_therapist.get(path).content.decode()
            assert step.count(f'id="{field}"') == 1, words


def test_what_is_there_is_not_listed(as_therapist, visit, therapist):
    answers = {"pattern": "Mornings", "effort": "new1", "effort-new1-words": "Rest", "private_notes": "Ask"}
    visits.save(visit, "acknowledge", visits.good("acknowledge", visit, **answers), by=therapist)
    visits.save(
        visit,
        "beliefs",
        visits.good(
            "beliefs", visit, **{"belief-new1-domain": "harm_fear", "belief-new1-origin": "clinician"}
        )
        | {"private_notes": "Ask about the scan"},
        by=therapist,
    )
    assert to_finish(page(as_therapist, visit)) == []


def test_a_guess_asks_for_no_start_amount(as_therapist, visit, therapist):
    answers = visits.good("activities", visit) | {
        "activity-new1-amounts": "recalled",
        "activity-new1-guess": "20",
        "activity-new1-start_amount": "",
    }
    visits.save(visit, "activities", answers, by=therapist)
    assert words_of(page(as_therapist, visit)) == {"Private notes": ["What matters"]}


def test_a_step_that_is_only_begun_has_its_things_to_finish(as_therapist, visit, therapist):
    visits.save(visit, "beliefs", {"belief": "new1", "belief-new1-statement": "It is worn"}, by=therapist)
    assert visits.state(visit, "beliefs")[0] == "begun"
    assert words_of(page(as_therapist, visit))["Beliefs"] == [
        "the topic of “It is worn”",
        "where “It is worn” came from",
    ]


def test_what_was_heard_at_an_earlier_visit_is_fixed_and_not_listed(as_therapist, visit, therapist):
    visits.save(visit, "beliefs", by=therapist)
    visits.completed(visits.change(visit))
    again = visits.open_gate(visits.begin(therapist, visit.client, held_on=TODAY + timedelta(days=1)))
    belief = visit.client.beliefs.get()
    answers = {"belief": str(belief.pk), f"belief-{belief.pk}-statement": belief.statement}
    visits.save(again, "beliefs", answers | {f"belief-{belief.pk}-conviction": "60"}, by=therapist)
    assert "Beliefs" not in words_of(page(as_therapist, again))


def test_after_a_no_to_a_record_nothing_of_the_story_is_asked_for(as_therapist, therapist):
    visit = visits.open_gate(visits.begin(therapist, held_on=TODAY))
    visits.save(visit, "explain", by=therapist)
    visits.save(visit, "acknowledge", {"consent_to_record": "no"}, by=therapist)
    visits.save(visit, "activities", by=therapist)
    assert words_of(page(as_therapist, visit)) == {}


def test_a_step_that_is_closed_by_a_pause_is_not_listed(as_therapist, visit, therapist):
    visits.save(visit, "acknowledge", by=therapist)
    visits.save(visit, "beliefs", by=therapist)
    visits.change(visit, outcome="paused_referred")
    assert set(words_of(page(as_therapist, visit))) == {"Acknowledge", "Private notes"}
    assert words_of(page(as_therapist, visit))["Private notes"] == ["Acknowledge"]


def test_a_step_left_out_for_a_reason_has_nothing_to_finish(as_therapist, visit, therapist):
    visits.save(visit, "beliefs", by=therapist)
    answers = visits.good("explain", visit) | {"not_appropriate_reason": "Too tired", "private_notes": "x"}
    visits.save(visit, "explain", answers, by=therapist)
    assert "Explain" not in words_of(page(as_therapist, visit))


def test_a_completed_visit_has_nothing_to_finish_but_levels(as_therapist, visit, therapist):
    for slug in ("beliefs", "activities", "timescale"):
        visits.save(visit, slug, by=therapist)
    visits.completed(visits.change(visit))
    found = to_finish(page(as_therapist, visit))
    goal = visit.client.goals.get()
    assert found == [
        (
            "Goals",
            [
                (
                    "what would count as better, or as worse, for “Golf again”",
                    reverse("goal_levels", args=[goal.pk]),
                )
            ],
        )
    ]


def test_a_manager_sees_no_list_of_what_was_said(as_manager, visit, therapist):
    visits.save(visit, "beliefs", by=therapist)
    reply = page(as_manager, visit)
    assert to_finish(reply) == []
    assert "swing" not in reply.content.decode()


# --- What comes next ----------------------------------------------------------------------------


def next_of(reply):
    html = reply.content.decode().partition('<section class="next"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", html).partition(">")[2].split())


def test_an_open_visit_is_next_even_when_a_later_one_is_completed(as_therapist, therapist):
    client = visits.make_client(therapist)
    visits.completed(visits.begin(therapist, client, held_on=TODAY))
    late = visits.begin(therapist, client, held_on=TODAY - timedelta(days=7))
    reply = page(as_therapist, late)
    assert next_of(reply).startswith("Visit 1 is open, 10 March 2026")
    assert reverse("consultation", args=[late.pk]) in reply.content.decode()
    assert "Enter a visit of another day" not in visits.words(reply)


@pytest.mark.parametrize(
    ("days", "at", "mode", "told"),
    [
        (0, None, "visit", "Next Review today Visits so far"),
        (0, time(14, 30), "visit", "Next Review today at 14:30 Visits so far"),
        (7, time(9), "call", "Next Review on Tuesday 24 March at 09:00, by phone"),
        (-7, time(9), "message", "Next A review was due on Tuesday 10 March, by message Overdue"),
    ],
)
def test_the_next_date_says_when_how_and_whether_it_went_by(as_therapist, therapist, days, at, mode, told):
    visit = visits.make_visit(visits.make_client(therapist), therapist, held_on=date(2026, 3, 3))
    visits.completed(visit)
    Review.objects.create(
        clinic=visit.clinic,
        client=visit.client,
        booked_in=visit,
        due=TODAY + timedelta(days=days),
        at=at,
        mode=mode,
    )
    assert next_of(page(as_therapist, visit)).startswith(told)


def test_a_call_that_is_agreed_asks_for_a_number_to_call(as_therapist, visit):
    visits.completed(visit)
    told = {"clinic": visit.clinic, "client": visit.client, "booked_in": visit, "due": TODAY}
    Review.objects.create(**told, mode="call")
    assert "No phone number is noted. Add it" in next_of(page(as_therapist, visit))
    visit.client.phone = "0700 900 123"
    visit.client.safe_to_contact = "Mornings, Ruth may pick up"
    visit.client.save(update_fields=["phone", "safe_to_contact"])
    assert "0700 900 123. Mornings, Ruth may pick up" in next_of(page(as_therapist, visit))


def test_without_a_date_the_page_says_so(as_therapist, visit):
    visits.completed(visit)
    assert "No review is booked" in next_of(page(as_therapist, visit))


def test_the_plan_says_when_it_was_agreed_and_when_published(as_therapist, therapist):
    visit = visits.make_visit(visits.make_client(therapist), therapist, held_on=date(2026, 3, 3))
    visits.make_activity(visit)
    from consults.actions import plans

    plans.publish(visit, [], by=therapist, seen=actions.version_of(visit))
    told = visits.words(page(as_therapist, visit))
    assert "Version 1 , agreed on 3 March 2026, published on 17 March 2026." in told


# --- Cost ---------------------------------------------------------------------------------------


def test_the_page_needs_twelve_queries_however_many_visits(
    as_therapist, therapist, django_assert_max_num_queries
):
    record = visits.make_everything(therapist)
    address = reverse("client", args=[record.client.pk])
    for n in range(20):
        other = visits.begin(therapist, visits.make_client(therapist), held_on=TODAY - timedelta(days=n))
        visits.completed(other)
        Consultation.objects.filter(pk=other.pk).update(client=record.client, number=10 + n)
    as_therapist.get(address)
    with django_assert_max_num_queries(12):
        reply = as_therapist.get(address)
    assert visits.words(reply).count("Completed") == 21
    assert Step.objects.filter(consultation__client=record.client).count() == 22 * 9
