"""A row that was removed can be put back until the page is saved, also one that never was."""

import re
from html import unescape

import pytest

from consults.models import Activity, Ally, Belief, Card, Experiment, Goal, Review
from tests import visits

INPUT = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


def posted(page):
    """What the page would post of its hidden fields; of a removed row that is all it holds."""
    told = {}
    for name, text in INPUT.findall(page.content.decode()):
        told.setdefault(unescape(name), []).append(unescape(text))
    return told


def listed(texts):
    return texts if isinstance(texts, list) else [texts]


def press(browser, visit, slug, told, do):
    return browser.post(visits.url(visit, slug), told | {"do": do})


BELIEF = {
    "belief": "new1",
    "belief-new1-statement": "It will snap",
    "belief-new1-conviction": "80",
    "belief-new1-emotion": "fear",
    "belief-new1-behaviour": "I let Len lift.",
}
REMOVED = [
    (
        "acknowledge",
        "loss",
        {"loss": ["new1", "new2"], "loss-new1-words": "Golf", "loss-new2-words": "The choir"},
    ),
    ("beliefs", "belief", BELIEF),
    ("reframe", "experiment", {"experiment": "new1", "experiment-new1-movement": "Pick up a shoe"}),
    (
        "activities",
        "activity",
        {"activity": "new1", "activity-new1-activity": "Golf", "activity-new1-trial_1": "x"},
    ),
    ("resources", "ally", {"ally": "new1", "ally-new1-name": "Len", "ally-new1-may_know": ["plan", "helps"]}),
    ("timescale", "goal", {"goal": "new1", "goal-new1-title": "Golf", "goal-new1-due_date-day": "31"}),
    (
        "timescale",
        "review",
        {f"review-new1-due-{part}": text for part, text in (("day", "2"), ("month", "9"), ("year", "2030"))}
        | {"review": "new1", "review-new1-mode": "call"},
    ),
]


@pytest.mark.parametrize(("slug", "kind", "typed"), REMOVED)
def test_a_row_that_was_never_saved_comes_back_as_it_was_typed(as_therapist, visit, slug, kind, typed):
    row = listed(typed[kind])[-1]
    page = visits.send(as_therapist, visit, slug, typed, do=f"remove:{kind}:{row}")
    assert f'value="back:{kind}:{row}"' in page.content.decode()
    gone = posted(page)
    assert gone[f"{kind}-{row}-remove"] == ["yes"]
    page = press(as_therapist, visit, slug, gone, f"back:{kind}:{row}")
    assert f'value="back:{kind}:{row}"' not in page.content.decode()
    shown = page.context["page"].rows[kind]
    sheet = next(sheet for sheet in shown if sheet.row_id == row)
    told = {name: listed(texts) for name, texts in typed.items() if name.startswith(f"{kind}-{row}-")}
    assert {name: sheet.data.getlist(name) for name in told} == told


LONG = [row for row in REMOVED if row[1] in ("belief", "experiment", "activity", "goal")]


@pytest.mark.parametrize(("slug", "kind", "typed"), LONG)
def test_a_long_card_is_removed_at_its_top(as_therapist, visit, slug, kind, typed):
    """At its end Next came under the finger that had removed it."""
    two = typed | {kind: [typed[kind], "new2"]}
    page = visits.send(as_therapist, visit, slug, two, do="show").content.decode()
    above, _, below = page.partition(f'value="remove:{kind}:{typed[kind]}"')
    field = re.compile(rf'<(?:textarea|input(?! type="hidden"))[^>]* name="{kind}-{typed[kind]}-(\w+)')
    assert set(field.findall(above)) <= {"statement"}  # a belief's words, folded
    assert len(set(field.findall(below))) > 5


@pytest.mark.parametrize(("slug", "kind", "typed"), REMOVED)
def test_a_removed_row_that_was_never_saved_is_not_written(as_therapist, visit, slug, kind, typed):
    row = listed(typed[kind])[-1]
    gone = posted(visits.send(as_therapist, visit, slug, typed, do=f"remove:{kind}:{row}"))
    gone = typed | gone | {"consent_to_record": "yes"}
    assert press(as_therapist, visit, slug, gone, "save").status_code == 302
    for model in (Belief, Experiment, Activity, Ally, Goal, Review):
        assert not model.objects.exists()
    assert "The choir" not in Card.objects.values_list("words", flat=True)
    page = as_therapist.get(visits.url(visit, slug))
    assert f'value="back:{kind}:{row}"' not in page.content.decode()


def test_a_blank_row_is_removed_without_a_trace(as_therapist, visit):
    typed = {
        "belief": ["new1", "new2"],
        "belief-new1-statement": "It will snap",
        "belief-new2-statement": " ",
    }
    page = visits.send(as_therapist, visit, "beliefs", typed, do="remove:belief:new2").content.decode()
    assert "back:belief:new2" not in page
    assert 'value="new2"' not in page


@pytest.mark.parametrize("rated", [{}, {"belief-new1-conviction": "80"}])
def test_a_card_waits_again_once_its_row_is_gone_and_not_while_the_row_can_be_put_back(
    as_therapist, visit, rated
):
    """Taken up by mistake, its row goes at once. With more told of it there is one way back, or it would count twice."""
    visits.save(visit, "acknowledge")
    visits.open_gate(visit)
    card = Card.objects.get(kind="explanation")
    typed = {"belief": "new1", "belief-new1-statement": card.words, "belief-new1-card": str(card.pk)}
    page = visits.send(as_therapist, visit, "beliefs", typed | rated, do="remove:belief:new1")
    html = page.content.decode()
    assert (f"take:belief:{card.pk}" in html) == (not rated)
    assert ("back:belief:new1" in html) == bool(rated)


def test_removing_the_only_goal_begins_no_other(as_therapist, visit):
    """A goal that the page offers is not blank: it begins with an activity of the plan."""
    activities = [visits.make_activity(visit, activity=name) for name in ("Golf", "Choir")]
    told = {"goal": "new1", "goal-new1-title": "Golf", "goal-new1-activity": str(activities[0].pk)}
    visits.save(visit, "timescale", told)
    goal = str(Goal.objects.get().pk)
    page = visits.send(as_therapist, visit, "timescale", {}, do=f"remove:goal:{goal}")
    assert [sheet.row_id for sheet in page.context["rows"]["goal"]] == [goal]
    assert press(as_therapist, visit, "timescale", posted(page), "save").status_code == 302
    assert not Goal.objects.exists()


def test_a_second_goal_that_was_not_touched_is_removed_without_a_trace(as_therapist, visit):
    golf, _ = (visits.make_activity(visit, activity=name) for name in ("Golf", "Choir"))
    told = {"goal": "new1", "goal-new1-title": "Golf", "goal-new1-activity": str(golf.pk)}
    page = visits.send(as_therapist, visit, "timescale", told, do="add:goal")
    begun = {name: text for name, text in page.context["rows"]["goal"][1].data.items() if "new2" in name}
    assert begun["goal-new2-title"] == "Choir"
    both = told | begun | {"goal": ["new1", "new2"]}
    gone = visits.send(as_therapist, visit, "timescale", both, do="remove:goal:new2").content.decode()
    assert "back:goal:new2" not in gone
    changed = both | {"goal-new2-level_0": "sings every week"}
    kept = visits.send(as_therapist, visit, "timescale", changed, do="remove:goal:new2").content.decode()
    assert "back:goal:new2" in kept


def test_a_removed_row_that_was_never_saved_is_no_difference_between_two_pages(
    as_therapist, visit, colleague
):
    told = visits.hidden(as_therapist.get(visits.url(visit, "beliefs")))
    visits.save(visit, "beliefs", {"private_notes": "Hers"}, by=colleague)
    gone = BELIEF | {"belief-new1-remove": "yes"}
    page = as_therapist.post(
        visits.url(visit, "beliefs"), told | gone | {"do": "save", "private_notes": "Mine"}
    )
    assert page.status_code == 409
    assert [label for label, *_ in page.context["conflict"]["differs"]] == ["Private notes"]


def test_more_rows_than_a_page_may_hold_are_refused_in_words(as_therapist, visit):
    typed = {"review": [f"new{n}" for n in range(1, 102)]}
    page = visits.send(as_therapist, visit, "timescale", typed, do="put:review:visit-2030-09-02")
    assert page.status_code == 422
    assert "Remove one first." in visits.words(page)
