"""The levels of a goal are finished after the client has left, before work on it starts (guide B.3)."""

import re
import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consults.actions import goals as actions
from consults.actions.consultations import version_of
from consults.actions.plans import publish
from consults.models import Goal, GoalRating, StepEntry
from painconsult.audit.models import AuditEvent
from painconsult.errors import Conflict, Refused
from tests import factories, visits
from tests.conftest import signed_in

NUMBERS = {"unit": "holes", "now_amount": "2", "expected_amount": "9", "level_0": ""}
DRAFT = ["1 hole or fewer", "2 to 8 holes", "9 to 12 holes", "13 to 15 holes", "16 holes or more"]
TEXTS = {
    "level_m2": "No holes",
    "level_m1": "1 to 8 holes",
    "level_p1": "10 to 17 holes",
    "level_p2": "18 holes or more",
}


@pytest.fixture
def goal(therapist):
    """A goal in words, nine holes, of a visit that is completed."""
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "activities")
    visits.save(visit, "timescale", visits.good("timescale", visit, **{"goal-new1-level_0": "9 holes"}))
    visits.completed(visits.change(visit))
    return Goal.objects.select_related("heard_in", "client").get()


def page_of(goal):
    return reverse("goal_levels", args=[goal.pk])


def post(browser, goal, do="save", base="0", **texts):
    return browser.post(page_of(goal), {"base": base, "do": do} | TEXTS | texts)


def listed(browser, goal):
    """Whether the client's page offers to finish this goal."""
    return page_of(goal) in browser.get(reverse("client", args=[goal.client_id])).content.decode()


def next_visit(goal):
    visit = visits.begin(goal.heard_in.therapist, goal.client, held_on=date(2026, 4, 14))
    return visits.open_gate(visit)


def test_the_page_shows_what_was_agreed_and_asks_for_the_other_four(as_therapist, goal):
    reply = as_therapist.get(page_of(goal))
    assert "Golf again" in visits.words(reply)
    assert "agreed with Graham 9 holes" in visits.words(reply)
    names = re.findall(r'name="(level_[a-z0-9]+)"', reply.content.decode())
    assert names == ["level_p2", "level_p1", "level_m1", "level_m2"]


def test_the_clients_page_and_a_later_step_7_lead_there_until_the_levels_are_locked(
    as_therapist, as_manager, goal, therapist
):
    later = next_visit(goal)
    assert listed(as_therapist, goal)
    assert not listed(as_manager, goal)
    assert page_of(goal) in as_therapist.get(visits.url(later, "timescale")).content.decode()
    actions.finish_levels(goal, TEXTS, base=0, lock=True, by=therapist)
    assert not listed(as_therapist, goal)
    assert page_of(goal) not in as_therapist.get(visits.url(later, "timescale")).content.decode()


def test_what_the_numbers_gave_at_the_visit_is_there_to_be_read(as_therapist, therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "activities")
    numbers = {f"goal-new1-{name}": text for name, text in NUMBERS.items()}
    visits.save(visit, "timescale", visits.good("timescale", visit, **numbers))
    visits.completed(visits.change(visit))
    goal = Goal.objects.get()
    assert list(goal.level_texts.values()) == DRAFT
    page = as_therapist.get(page_of(goal)).content.decode()
    assert all(text in page for text in DRAFT)
    told = {"level_m2": DRAFT[0], "level_m1": "2 to 7 holes", "level_p1": DRAFT[3], "level_p2": DRAFT[4]}
    refused = post(as_therapist, goal, do="lock", **told)
    assert refused.status_code == 422
    assert "Between 7 and 9 holes nothing is written: 8 would be in no level." in visits.words(refused)
    changed = post(as_therapist, goal, level_p1="", level_m1="", level_m2="", level_p2="Far")
    assert changed.status_code == 302
    page = visits.words(as_therapist.get(page_of(goal)))
    assert "13 to 15 holes" in page  # the draft stays beside what was emptied


def test_levels_are_saved_as_a_draft_and_then_locked(as_therapist, goal, therapist):
    before = AuditEvent.objects.count()
    reply = post(as_therapist, goal, level_p2="")
    assert (reply.status_code, reply.url) == (302, reverse("client", args=[goal.client_id]))
    goal.refresh_from_db()
    assert (goal.level_p1, goal.level_p2, goal.levels_locked_at) == ("10 to 17 holes", "", None)
    assert post(as_therapist, goal, do="lock", base="1").status_code == 302
    goal.refresh_from_db()
    assert (goal.level_p2, goal.levels_number) == ("18 holes or more", 2)
    assert goal.levels_locked_at is not None
    told = list(AuditEvent.objects.filter(action="levels").values_list("object_id", "detail", "actor"))
    assert told == [(str(goal.pk), detail, str(therapist.pk)) for detail in ("drafted", "locked")]
    assert AuditEvent.objects.count() == before + 3  # and that the record was opened


def test_after_the_levels_their_plan_is_to_be_published_again(as_therapist, goal, therapist):
    again = "Their plan shows them once you publish it again."
    post(as_therapist, goal)
    assert again not in visits.words(as_therapist.get(reverse("client", args=[goal.client_id])))
    publish(goal.heard_in, [], by=therapist, seen=version_of(goal.heard_in))
    post(as_therapist, goal, base="1", level_m2="Not even that")  # never on a plan
    assert again not in visits.words(as_therapist.get(reverse("client", args=[goal.client_id])))
    post(as_therapist, goal, base="2", level_m2="Not even that", level_p2="Every day")
    assert again in visits.words(as_therapist.get(reverse("client", args=[goal.client_id])))


def test_nothing_else_of_the_completed_visit_changes(as_therapist, goal):
    before = visits.contents()
    fixed = Goal.objects.values().get()
    post(as_therapist, goal, do="lock", title="Tennis", level_0="Wimbledon", purpose="Cups", due_date="x")
    after = visits.contents()
    assert {name for name in before if before[name] != after[name]} == {"Goal", "AuditEvent", "AuditHead"}
    now = Goal.objects.values().get()
    assert {name for name in fixed if fixed[name] != now[name]} == {
        *TEXTS,
        "levels_number",
        "levels_locked_at",
    }
    assert now["level_0"] == "9 holes"
    assert StepEntry.objects.filter(slug="timescale").count() == 1


def test_the_trace_is_the_last_thing_written(goal, therapist, monkeypatch):
    before = visits.contents()
    monkeypatch.setattr(actions, "record", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        actions.finish_levels(goal, TEXTS, base=0, lock=True, by=therapist)
    assert visits.contents() == before


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"level_m1": ""}, "“Not there yet” is still empty. The lock needs all five."),
        ({"level_m1": "1 to 7 holes"}, "Between 7 and 9 holes nothing is written: 8 would be in no level."),
        ({"level_p1": "9 to 17 holes"}, "This overlaps with “9 holes”: 9 would be both."),
        ({"level_p1": "18 holes or more"}, "Another level says the same."),
    ],
)
def test_levels_that_cannot_be_locked_come_back_with_every_word(as_therapist, goal, texts, words):
    reply = post(as_therapist, goal, do="lock", **texts)
    assert reply.status_code == 422
    assert words in visits.words(reply)
    assert "18 holes or more" in reply.content.decode()
    goal.refresh_from_db()
    assert (goal.level_p2, goal.levels_number) == ("", 0)


def test_a_gap_beside_a_level_not_written_yet_is_no_hindrance_to_a_draft(as_therapist, goal):
    assert post(as_therapist, goal, level_m1="1 to 7 holes", level_p2="").status_code == 302


# --- Two people -----------------------------------------------------------------------------------------


def test_two_therapists_do_not_overwrite_each_other_silently(as_therapist, goal, clinic):
    colleague = signed_in(factories.make_therapist(clinic, name="Bea"))
    post(colleague, goal, level_p1="11 to 17 holes", level_p2="")
    reply = post(as_therapist, goal)
    assert reply.status_code == 409
    page = visits.words(reply)
    assert "Better than hoped, stored 11 to 17 holes" in page
    assert ">\n10 to 17 holes</textarea>" in reply.content.decode()
    goal.refresh_from_db()
    assert goal.level_p1 == "11 to 17 holes"
    base = re.search(r'name="base" value="(\d+)"', reply.content.decode())[1]
    assert post(as_therapist, goal, base=base).status_code == 302
    goal.refresh_from_db()
    assert goal.level_p1 == "10 to 17 holes"


def test_pressed_twice_is_one_effect(as_therapist, goal):
    for do, base in (("save", "0"), ("lock", "1")):
        replies = [post(as_therapist, goal, do=do, base=base) for _ in "ab"]
        assert [reply.status_code for reply in replies] == [302, 302]
    goal.refresh_from_db()
    assert goal.levels_number == 2
    assert AuditEvent.objects.filter(action="levels").count() == 2


def test_the_same_words_on_an_old_page_do_not_count_as_the_same_save(goal, therapist):
    actions.finish_levels(goal, TEXTS, base=0, lock=False, by=therapist)
    actions.finish_levels(goal, TEXTS | {"level_p2": "Far"}, base=1, lock=False, by=therapist)
    with pytest.raises(Conflict):
        actions.finish_levels(goal, TEXTS, base=0, lock=False, by=therapist)


# --- What stays as it is --------------------------------------------------------------------------------


def waiting():
    return Goal.objects.current().with_levels_wait().filter(levels_wait=True)


def refused(goal, therapist):
    assert goal not in waiting()
    before = visits.contents()
    with pytest.raises(Refused) as raised:
        actions.finish_levels(goal, TEXTS, base=goal.levels_number, lock=False, by=therapist)
    assert visits.contents() == before
    return str(raised.value)


def test_locked_levels_stay(goal, therapist, as_therapist):
    actions.finish_levels(goal, TEXTS, base=0, lock=True, by=therapist)
    goal.refresh_from_db()
    with pytest.raises(Refused, match="The levels are locked"):
        actions.finish_levels(goal, TEXTS | {"level_p2": "Far"}, base=1, lock=True, by=therapist)
    assert "The levels are locked" in refused(goal, therapist)
    page = as_therapist.get(page_of(goal))
    assert "18 holes or more" in visits.words(page)
    assert "<form method" not in page.content.decode().split("<main")[1]


@pytest.mark.parametrize("level", [-2, 0, 2])
def test_once_the_goal_was_rated_its_levels_stay(goal, therapist, level):
    later = next_visit(goal)
    GoalRating.objects.create(clinic=goal.clinic, goal=goal, consultation=later, level=level)
    assert "Work on this goal has begun" in refused(goal, therapist)


def test_a_later_visit_that_did_not_ask_leaves_the_levels_open(goal, therapist):
    later = next_visit(goal)
    visits.save(later, "timescale", {})
    GoalRating.objects.create(clinic=goal.clinic, goal=goal, consultation=later)
    assert list(waiting()) == [goal]
    actions.finish_levels(goal, TEXTS, base=0, lock=True, by=therapist)


@pytest.mark.parametrize("status", ["achieved", "dropped", "changed"])
def test_a_goal_that_is_over_keeps_its_levels(goal, therapist, status):
    over = {"status": status, "status_reason": "Rain"}
    GoalRating.objects.create(clinic=goal.clinic, goal=goal, consultation=next_visit(goal), **over)
    assert "This goal was changed, reached or let go" in refused(goal, therapist)


def test_without_an_expected_level_there_is_nothing_to_finish(goal, therapist, as_therapist):
    Goal.objects.update(level_0="")
    assert "was not agreed with them" in refused(goal, therapist)
    assert "was not agreed with them" in visits.words(as_therapist.get(page_of(goal)))


def test_while_the_visit_is_open_its_own_step_is_the_place(therapist, as_therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "activities")
    visits.save(visit, "timescale")
    goal = Goal.objects.get()
    assert as_therapist.get(page_of(goal)).url == visits.url(visit, "timescale")
    assert "still open" in refused(goal, therapist)


# --- Who may ------------------------------------------------------------------------------------------


def test_a_stranger_and_a_manager_who_does_not_read_words_find_nothing(as_stranger, as_manager, goal):
    for browser in (as_stranger, as_manager):
        assert browser.get(page_of(goal)).status_code == 404
        assert post(browser, goal, do="lock").status_code == 404
    goal.refresh_from_db()
    assert goal.levels_number == 0
    missing = reverse("goal_levels", args=[uuid.uuid4()])
    assert as_stranger.get(missing).status_code == 404


@pytest.mark.parametrize("base", ["", "x", "-1", "٣", "99999999999"])
def test_a_page_without_a_number_is_not_ours(as_therapist, goal, base):
    assert post(as_therapist, goal, base=base).status_code == 404


def test_the_clients_visits_are_taken_first_as_every_save_takes_them(goal, therapist):
    """A step 7 of a later visit that replaces the goal comes before or after, never in between."""
    with CaptureQueriesContext(connection) as asked:
        actions.finish_levels(goal, TEXTS, base=0, lock=False, by=therapist)
    read = [each["sql"] for each in asked if each["sql"].startswith("SELECT")]
    assert 'FROM "consults_consultation"' in read[0]
    if connection.features.has_select_for_update:
        assert read[0].endswith("FOR NO KEY UPDATE")


@pytest.mark.parametrize("left_out", [*TEXTS, ""])
def test_a_page_that_leaves_a_level_out_empties_nothing(as_therapist, goal, therapist, left_out):
    actions.finish_levels(goal, TEXTS, base=0, lock=False, by=therapist)
    told = {name: "Far" for name in TEXTS if left_out and name != left_out}
    assert as_therapist.post(page_of(goal), {"base": "1"} | told).status_code == 404
    goal.refresh_from_db()
    assert ({name: getattr(goal, name) for name in TEXTS}, goal.levels_number) == (TEXTS, 1)
