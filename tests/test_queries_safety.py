"""How often the safety check asks the database: the same with ten findings as with none."""

import pytest

from tests import visits
from tests.checks import E_LINES, FOLLOW_UP, PAUSED, R_LINES, U_LINES, done, told
from tests.test_queries_steps_4_to_6 import PAGE, SAVE, asked

TEN = {flag: line for flag, (line, _) in list(E_LINES.items())[:4]} | dict(list(U_LINES.items())[:3])
TEN |= dict(list(R_LINES.items())[:3])
NOTHING = told(outcome=FOLLOW_UP, reason="Uneasy about the nights", touch_safe="yes")


def ten(**more):
    cards = {name: value for flag in TEN for name, value in done(flag, **more).items()}
    return told(*TEN.values(), outcome=PAUSED, **cards | {"finding": list(TEN)})


@pytest.fixture
def visit(therapist):
    visit = visits.begin(therapist)
    visits.save(visit, "acknowledge")
    return visit


@pytest.mark.parametrize("answers", [NOTHING, ten()], ids=["nothing", "ten findings"])
def test_the_safety_page_keeps_its_budget(as_therapist, visit, answers):
    visits.save(visit, "safety", answers)
    as_therapist.get(visits.url(visit, "safety"))  # the first look of the hour is audited
    found = asked(lambda: as_therapist.get(visits.url(visit, "safety")))
    assert len(found) <= PAGE, str(found)


@pytest.mark.parametrize("answers", [NOTHING, ten()], ids=["nothing", "ten findings"])
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_saving_the_check_keeps_its_budget(as_therapist, visit, answers, again):
    if again:
        visits.save(visit, "safety", answers)
    posted = (
        visits.hidden(as_therapist.get(visits.url(visit, "safety"))) | answers | {"outcome_reason": "New"}
    )
    found = asked(lambda: as_therapist.post(visits.url(visit, "safety"), posted))
    assert len(found) <= SAVE, str(found)


def test_drawing_what_to_do_about_ten_signs_keeps_its_budget(as_therapist, visit):
    posted = visits.hidden(as_therapist.get(visits.url(visit, "safety"))) | ten() | {"do": "show"}
    found = asked(lambda: as_therapist.post(visits.url(visit, "safety"), posted))
    assert len(found) <= SAVE, str(found)
