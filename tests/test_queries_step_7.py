"""How often step 7 asks the database: the budget of its page and of its saves, with one goal and with six."""

from datetime import date

import pytest

from tests import visits
from tests.test_goals import taken
from tests.test_queries_steps_4_to_6 import PAGE, SAVE, asked, several

SOME = [1, 6]
PLAN = {"early_signs": ["stiff_mornings"], "not_do": ["scan_hunting"], "end_of_care_sign": "I forget it"}


@pytest.fixture
def visit(therapist):
    """Everything before step 7 is there, and somebody has looked: that trace is written once in 15 minutes."""
    visit = visits.open_gate(visits.begin(therapist))
    for slug in ("acknowledge", "explain", "beliefs", "activities", "resources"):
        visits.save(visit, slug)
    return visits.change(visit)


def goals(visit, count, **more):
    """The answers of a step with so many goals, each of an activity and a belief, in words and levels."""
    told = several("timescale", "goal", count, title=[f"Golf {n}" for n in range(count)])
    named = {"{activity}": visit.client.activities.get().pk, "{belief}": visit.client.beliefs.get().pk}
    told = {
        name: str(named.get(text, text)) if isinstance(text, str) else text for name, text in told.items()
    }
    for n in range(1, count + 1):
        told |= {f"goal-new{n}-belief": str(named["{belief}"]), f"goal-new{n}-level_p1": f"Better {n}"}
    return told | more


def page(browser, visit):
    browser.get(visits.url(visit, "timescale"))
    return asked(lambda: browser.get(visits.url(visit, "timescale")))


def saved(browser, visit, answers):
    told = visits.hidden(browser.get(visits.url(visit, "timescale")))
    return asked(lambda: browser.post(visits.url(visit, "timescale"), told | answers | {"do": "save"}))


def assert_the_same(counts, most):
    assert len({len(found) for found in counts}) == 1, "\n\n".join(map(str, counts))
    assert len(counts[0]) <= most, f"{len(counts[0])}\n{counts[0]}"


def test_the_page_keeps_its_budget_before_the_first_goal(as_therapist, visit):
    found = page(as_therapist, visit)
    assert len(found) <= PAGE, f"{len(found)}\n{found}"


def test_the_page_keeps_its_budget_with_one_goal_and_with_six(as_therapist, visit, therapist):
    counts = []
    for number in SOME:
        client = visits.make_client(therapist)
        each = visits.open_gate(visits.begin(therapist, client))
        for slug in ("acknowledge", "beliefs", "activities", "resources"):
            visits.save(each, slug)
        each = visits.change(each)
        visits.save(each, "timescale", goals(each, number))
        counts.append(page(as_therapist, each))
        later = later_visit(each)
        counts.append(page(as_therapist, later))
    assert_the_same(counts, PAGE)


def later_visit(visit):
    visits.completed(visits.change(visit))
    return visits.open_gate(visits.begin(visit.therapist, visit.client, held_on=date(2026, 4, 14)))


def test_a_first_save_of_everything_keeps_its_budget(as_therapist, therapist):
    counts = []
    for number in SOME:
        visit = visits.open_gate(visits.begin(therapist))
        for slug in ("beliefs", "activities"):
            visits.save(visit, slug)
        counts.append(saved(as_therapist, visit, goals(visits.change(visit), number, **PLAN)))
        assert visit.client.goals.count() == number
    assert_the_same(counts, SAVE)


def test_a_save_that_changes_every_goal_keeps_its_budget(as_therapist, therapist):
    counts = []
    for number in SOME:
        visit = visits.open_gate(visits.begin(therapist))
        for slug in ("beliefs", "activities"):
            visits.save(visit, slug)
        visits.save(visit, "timescale", goals(visits.change(visit), number))
        told = visits.as_shown(visit, "timescale")
        for goal in visit.client.goals.all():
            told |= {f"goal-{goal.pk}-title": f"{goal.title}, better", f"goal-{goal.pk}-baseline_level": "-2"}
        counts.append(saved(as_therapist, visit, told))
        assert visit.client.goals.filter(title__endswith="better", baseline_level=-2).count() == number
    assert_the_same(counts, SAVE)


def test_a_save_that_replaces_a_goal_at_a_later_visit_keeps_its_budget(as_therapist, therapist):
    counts = []
    for number in SOME:
        visit = visits.open_gate(visits.begin(therapist))
        for slug in ("beliefs", "activities"):
            visits.save(visit, slug)
        visits.save(visit, "timescale", goals(visits.change(visit), number))
        later = later_visit(visit)
        told = {"goal": []}
        for n, goal in enumerate(visit.client.goals.all(), start=1):
            row = {name.replace("new1", f"new{n}"): text for name, text in taken(later, goal).items()}
            told |= row | {"goal": [*told["goal"], f"new{n}"], f"goal-new{n}-change_reason": "Rain"}
        counts.append(saved(as_therapist, later, told))
        assert visit.client.goals.exclude(replaces=None).count() == number
    assert_the_same(counts, SAVE)
