"""Consent to share with somebody: an answer to the question and the yes on a card never say different things."""

import re
from datetime import date

import pytest

from consults.actions.plan_content import plan_content
from consults.models import Ally
from education import library
from tests import visits

NOT_NOW = pytest.mark.parametrize(
    ("answer", "said"), [("declined", "Rather not"), ("later", "Perhaps later")]
)
ERROR = "Above it says “{}”. One of the two answers changes."


@pytest.fixture
def visit(therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "resources")
    return visits.change(visit)


def card(ally, **changed):
    told = {"name": ally.name, "will_do": ally.will_do, "consent": ally.consent, "may_know": ally.may_know}
    row = {f"ally-{ally.pk}-{name}": value for name, value in (told | changed).items()}
    return {"ally": str(ally.pk)} | row


def helpers(visit):
    return [line["name"] for line in plan_content(visits.change(visit))["lines"] if line["section"] == "who"]


@NOT_NOW
def test_a_yes_on_a_card_does_not_stay_under_another_answer(as_therapist, visit, answer, said):
    told = card(Ally.objects.get()) | {"ally_answer": answer}
    reply = visits.send(as_therapist, visit, "resources", told)
    assert reply.status_code == 422
    assert ERROR.format(said) in visits.words(reply)
    assert helpers(visit)


@NOT_NOW
def test_with_no_on_the_card_the_answer_is_kept_and_the_plan_names_nobody(as_therapist, visit, answer, said):
    told = card(Ally.objects.get(), consent="no") | {"ally_answer": answer}
    assert visits.send(as_therapist, visit, "resources", told).status_code == 302
    assert helpers(visit) == []
    assert visits.change(visit).ally_answer == answer


def test_a_card_that_is_removed_holds_nothing_up(as_therapist, visit):
    ally = Ally.objects.get()
    told = card(ally) | {f"ally-{ally.pk}-remove": "yes", "ally_answer": "later"}
    assert visits.send(as_therapist, visit, "resources", told).status_code == 302
    assert not Ally.objects.exists()


def test_a_yes_of_an_earlier_visit_holds_up_no_later_answer(as_therapist, visit):
    visits.completed(visit)
    later = visits.open_gate(visits.begin(visit.therapist, visit.client, held_on=date(2026, 4, 14)))
    told = card(Ally.objects.get()) | {"ally_answer": "later"}
    assert visits.send(as_therapist, later, "resources", told).status_code == 302
    assert Ally.objects.get().consent == "yes"


def test_a_card_that_the_page_does_not_carry_counts_too(as_therapist, visit):
    reply = visits.send(as_therapist, visit, "resources", {"ally_answer": "later"})
    assert "Dave has a yes to sharing. Change that first." in visits.words(reply)


def test_a_stored_card_is_seen_under_every_answer(as_therapist, visit):
    """look.css hides blank cards after another answer; one with a head has a person in it."""
    visits.completed(visit)
    later = visits.open_gate(visits.begin(visit.therapist, visit.client, held_on=date(2026, 4, 14)))
    page = as_therapist.get(visits.url(later, "resources")).content.decode()
    assert '<div class="entry-head"><h3>Dave</h3>' in page


def test_an_offer_that_was_taken_keeps_its_place(as_therapist, visit):
    """It was gone, and the next one came under the finger that had pressed it."""
    row = {"ally_answer": "yes", "ally": "new1", "ally-new1-name": "Dave"}
    offered = re.compile(r'class="offer"[^>]*>(?:<svg.*?</svg>)([^<]+)<')
    before = visits.send(as_therapist, visit, "resources", row, do="show").content.decode()
    chip = library.chips("ally_helps_less")[1]
    page = visits.send(
        as_therapist, visit, "resources", row, do=f"put:will_stop:new1:{chip.id}"
    ).content.decode()
    assert offered.findall(page) == offered.findall(before) != []
    assert f'value="put:will_stop:new1:{chip.id}"' in before
    assert f'value="put:will_stop:new1:{chip.id}"' not in page
