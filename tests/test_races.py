"""Many hands at once: each save has one effect, and none is lost unseen.

Every thread closes its connection, so that the pool of PostgreSQL gets it back.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consults.actions import consultations as actions
from consults.actions import drafts, goals
from consults.models import Belief, Consultation, Draft, Step, StepEntry
from consults.steps import BY_SLUG
from painconsult.audit import chain
from painconsult.audit.models import AuditEvent
from painconsult.errors import Conflict, Refused
from tests import visits

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 8  # as many as the pool of connections has


@pytest.fixture
def visit(transactional_db, therapist):
    return visits.open_gate(visits.begin(therapist))


def at_once(*calls):
    """Make all the calls in the same moment; return what each returned or raised."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(30)
            return call()
        except (Conflict, Refused) as refused:
            return refused
        finally:
            connection.close()

    connection.close()
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def saver(visit, slug, answers, **more):
    return lambda: visits.save(visit, slug, answers, **more)


def faults(clinic):
    return list(chain.faults(str(clinic.pk)))


def test_of_eight_saves_of_one_page_one_wins_and_seven_are_told(visit):
    calls = [saver(visit, "explain", {"personal_link": f"hand {n}"}, base=0) for n in range(HANDS)]
    answers = at_once(*calls)
    saved = [n for n, answer in enumerate(answers) if isinstance(answer, actions.Receipt)]
    assert len(saved) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == HANDS - 1
    visit.refresh_from_db()
    assert visit.personal_link == f"hand {saved[0]}"
    assert list(StepEntry.objects.values_list("number", flat=True)) == [1]


def test_hands_that_try_again_all_get_through_and_the_numbers_have_no_gap(visit):
    def until_saved(n):
        def call():
            for _ in range(100):
                base = Step.objects.get(consultation=visit, slug="explain").number
                try:
                    return visits.save(visit, "explain", {"personal_link": f"hand {n}"}, base=base)
                except Conflict:
                    continue

        return call

    receipts = at_once(*[until_saved(n) for n in range(HANDS)])
    assert sorted(receipt.number for receipt in receipts) == [1, 2, 3, 4, 5, 6, 7, 8]
    entries = StepEntry.objects.order_by("number")
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6, 7, 8]
    visit.refresh_from_db()
    assert visit.personal_link == entries.last().answers["answers"]["personal_link"]
    assert faults(visit.clinic) == []


def test_different_steps_saved_at_once_are_all_saved(visit):
    slugs = ["acknowledge", "explain", "beliefs", "activities", "resources", "before-you-go"]
    answers = at_once(*[saver(visit, slug, visits.ANSWERS[slug], base=0) for slug in slugs])
    assert [getattr(answer, "slug", answer) for answer in answers] == slugs
    assert sorted(StepEntry.objects.values_list("slug", "number")) == sorted((slug, 1) for slug in slugs)
    visit.refresh_from_db()
    assert visit.story_client_words == "Three people, three explanations."
    assert (visit.personal_link, visit.felt_understood) == ("It starts on the drive to the course.", 9)
    assert visits.state(visit, "acknowledge") == ("full", [])


def test_one_save_sent_eight_times_has_one_effect_and_one_receipt(visit):
    key = uuid.uuid4()
    call = saver(visit, "beliefs", visits.ANSWERS["beliefs"], base=0, key=key)
    receipts = at_once(*[call] * HANDS)
    assert len(set(receipts)) == 1
    assert (receipts[0].slug, receipts[0].number) == ("beliefs", 1)
    assert (Belief.objects.count(), StepEntry.objects.count()) == (1, 1)
    assert AuditEvent.objects.filter(action="saved").count() == 1


def test_one_draft_sent_eight_times_is_one_draft(visit, therapist):
    key = uuid.uuid4()

    def call():
        return drafts.keep_draft(visit, BY_SLUG["explain"], key=key, base=0, body="x=1", by=therapist)

    at_once(*[call] * HANDS)
    assert list(Draft.objects.values_list("key", "user", "body")) == [(key, therapist.pk, "x=1")]


def test_a_draft_that_meets_its_own_save_does_not_outlive_it(visit, therapist):
    for n in range(5):
        key = uuid.uuid4()
        at_once(
            saver(visit, "explain", {"personal_link": f"{n}"}, base=n, key=key),
            lambda key=key: drafts.keep_draft(
                visit, BY_SLUG["explain"], key=key, base=0, body="old", by=therapist
            ),
        )
        assert drafts.draft_of(visit, BY_SLUG["explain"], by=therapist) is None


def test_keeping_a_draft_waits_for_whoever_has_the_visit(visit, therapist):
    with CaptureQueriesContext(connection) as asked:
        drafts.keep_draft(visit, BY_SLUG["explain"], key=uuid.uuid4(), base=0, body="x=1", by=therapist)
    told = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    # SQLite has the write lock from BEGIN IMMEDIATE on.
    assert told[0].endswith("FOR NO KEY UPDATE") is connection.features.has_select_for_no_key_update


def test_two_people_who_begin_at_once_share_one_open_visit(transactional_db, therapist):
    client = visits.make_client(therapist)

    def call():
        return actions.start_consultation(client, by=therapist, held_on=visits.HELD_ON)

    begun = at_once(*[call] * HANDS)
    assert len({visit.pk for visit in begun}) == 1
    assert Consultation.objects.get().steps.count() == 9
    assert AuditEvent.objects.filter(action="started").count() == 1


def test_completing_meets_saving_and_only_one_of_them_happens(transactional_db, therapist):
    for _ in range(4):
        visit = visits.open_gate(visits.begin(therapist))
        seen = actions.version_of(visit)
        answers = at_once(
            lambda visit=visit, seen=seen: actions.complete(visit, by=therapist, seen=seen),
            saver(visit, "explain", {"personal_link": "meanwhile"}, base=0),
        )
        refused = [isinstance(answer, Refused) for answer in answers]
        visit = visits.change(visit)
        assert refused.count(True) == 1
        assert visit.is_completed is refused[1]
        assert visit.personal_link == ("" if visit.is_completed else "meanwhile")


def test_the_chain_of_fifty_writers_has_no_fork_and_verifies(transactional_db, therapist):
    clinic = therapist.clinic

    def write(n):
        try:
            return chain.record("looked", clinic=clinic, by=therapist, on=therapist, detail=n).seq
        finally:
            connection.close()

    connection.close()
    with ThreadPoolExecutor(HANDS) as pool:
        numbers = list(pool.map(write, range(50)))
    assert sorted(numbers) == list(range(1, 51))
    events = list(AuditEvent.objects.filter(chain=str(clinic.pk)).order_by("seq"))
    assert [event.prev_mac for event in events[1:]] == [event.mac for event in events[:-1]]
    assert faults(clinic) == []


def test_of_eight_who_finish_the_levels_of_a_goal_one_wins_and_seven_are_told(visit, therapist):
    goal = visits.make_goal(visits.completed(visit))

    def finish(n):
        texts = {"level_p2": f"hand {n}"}
        return lambda: goals.finish_levels(goal, texts, base=0, lock=n % 2 == 0, by=therapist)

    answers = at_once(*[finish(n) for n in range(HANDS)])
    saved = [n for n, answer in enumerate(answers) if not isinstance(answer, Conflict | Refused)]
    assert len(saved) == 1
    goal.refresh_from_db()
    assert (goal.level_p2, goal.levels_number) == (f"hand {saved[0]}", 1)
    assert AuditEvent.objects.filter(action="levels").count() == 1
    assert faults(visit.clinic) == []
