"""Step 4, trying something out: what rules it out for now, and what the page says then."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from consults.models import Experiment
from painconsult.errors import Refused
from tests import visits
from tests.checks import FOLLOW_UP, done, told
from tests.conftest import signed_in

TRY = {"experiment": "new1", "experiment-new1-movement": "Ten half swings"}
KIND = re.compile(r'<input type="radio"[^>]*name="experiment-new1-kind"[^>]*?( checked)?>')
UNASKED = "A sign that can be an emergency was not asked about. Read that group aloud first."
UNTOUCHED = "Nobody has asked what changes touch or movement today (safety check)."


@pytest.fixture
def hands(therapist):
    return visits.give_hands(therapist)


@pytest.fixture
def visit(hands):
    """A visit in which everything was asked, and hands may be laid on."""
    return visits.change(visits.open_gate(visits.begin(hands)), touch_safe="yes", consent_to_touch="yes")


def may_lay_hands_on(visit):
    reply = signed_in(visit.therapist).get(reverse("hands_on", args=[visit.pk]))
    return reply.status_code == 200


def test_a_movement_is_tried_when_everything_was_asked(visit):
    assert visits.faults_of(visit, "reframe", TRY) == {}
    assert may_lay_hands_on(visit)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"touch_safe": ""}, UNTOUCHED),
        ({"screen": {"yes": [], "none": ["2", "3", "4", "5", "6", "7"]}}, UNASKED),
        ({"screen": {}}, UNASKED),
    ],
)
def test_nothing_new_is_tried_while_a_question_of_safety_is_unasked(visit, hands, columns, why):
    visit = visits.change(visit, **columns)
    for kind in ("notice", "prediction"):
        told = TRY | {"experiment-new1-kind": kind}
        assert why in visits.faults_of(visit, "reframe", told)["new1: movement"]
    assert not may_lay_hands_on(visit)
    page = visits.words(signed_in(hands).get(visits.url(visit, "reframe")))
    assert why in page
    assert "What will they do?" not in page


@pytest.mark.parametrize("outcome", ["", "paused_referred"])
def test_while_the_check_is_open_or_paused_nothing_is_tried(visit, outcome):
    visit = visits.change(visit, outcome=outcome)
    with pytest.raises(Refused):
        visits.save(visit, "reframe", TRY)
    assert not may_lay_hands_on(visit)


def test_where_no_hands_are_laid_on_the_question_about_touch_rules_nothing_out(visit):
    visit = visits.change(visit, scope={}, touch_safe="")
    assert visits.faults_of(visit, "reframe", TRY) == {}


def test_what_was_tried_before_can_still_be_told(visit):
    visits.save(visit, "reframe", TRY)
    tried = Experiment.objects.get()
    visit = visits.change(visit, touch_safe="")
    again = {"experiment": str(tried.pk), f"experiment-{tried.pk}-movement": "Ten half swings"}
    visits.save(
        visit, "reframe", again | {f"experiment-{tried.pk}-learnt_client_words": "Scariest, not sorest"}
    )
    tried.refresh_from_db()
    assert tried.learnt_client_words == "Scariest, not sorest"


def test_what_to_leave_out_today_stands_beside_the_try(visit, hands):
    visit = visits.change(visit, touch_safe="no", touch_words="Blood thinners: no deep pressure")
    page = visits.words(signed_in(hands).get(visits.url(visit, "reframe")))
    assert "Blood thinners: no deep pressure" in page


def test_what_is_open_is_named_where_it_rules_a_try_out_and_nothing_private_is(visit, hands):
    def note():
        page = visits.words(signed_in(hands).get(visits.url(visit, "reframe")))
        return page.partition("Something small, here and now.")[2].partition(
            "The rest of the visit goes on."
        )[0]

    assert "to follow up is open" not in note()
    rung = {"outcome": FOLLOW_UP, "reason": "Rung"}
    visits.save(visit, "safety", told("cancer_weight", "pem_crash", **rung, **done("cancer")))
    assert "is open (General health: past illness, weight, nights). Until a doctor has cleared it," in note()
    private = {"flag": "suicide", "level_found": "U", "level_now": "U", "found_at": timezone.now()}
    visit.findings.create(clinic=visit.clinic, client=visit.client, asked_by=hands, **private)
    assert (
        "is open (General health: past illness, weight, nights). Until a doctor has cleared each of them,"
        in note()
    )


# --- How true it feels after it -----------------------------------------------------------------------


def belief_tried(visit, **columns):
    visits.save(visit, "beliefs")
    return visit.client.beliefs.get()


def test_how_true_it_feels_after_a_try_stands_beside_what_was_said_before(visit, hands):
    belief = belief_tried(visit)
    browser = signed_in(hands)
    page = browser.get(visits.url(visit, "reframe")).content.decode()
    assert f'name="again" value="{belief.pk}"' in page
    assert "Still <b>80</b>, as in step 3" in page
    assert f"And how true does “{belief.statement.rstrip('.')}” feel now?" in unescape(page)
    answers = TRY | {"again": str(belief.pk), f"again-{belief.pk}-conviction": "60"}
    visits.save(visit, "reframe", answers)
    rating = belief.ratings.get()
    assert (rating.conviction, rating.conviction_again, rating.last_conviction) == (80, 60, 60)
    assert "True 80 , then in step 4 60" in visits.words(browser.get(visits.url(visit, "beliefs")))
    record = visits.words(browser.get(reverse("review", args=[visit.pk])))
    assert "True 80 of 100 Then in step 4 60" in record
    visits.save(visit, "beliefs", visits.as_shown(visit, "beliefs"))  # step 3 leaves it alone
    assert belief.ratings.get().conviction_again == 60
    visits.save(visit, "reframe", answers | {f"again-{belief.pk}-conviction": ""})
    assert belief.ratings.get().last_conviction == 80


def test_what_step_3_asks_after_step_4_is_the_last_word(visit, hands):
    belief = belief_tried(visit)
    visits.save(visit, "reframe", {"again": str(belief.pk), f"again-{belief.pk}-conviction": "60"})
    here = visits.as_shown(visit, "beliefs")
    visits.save(visit, "beliefs", here | {f"belief-{belief.pk}-conviction": "30"})
    rating = belief.ratings.get()
    assert (rating.first_conviction, rating.conviction_again, rating.last_conviction) == (80, 60, 30)
    told = visits.words(signed_in(hands).get(visits.url(visit, "beliefs")))
    assert "True 30 , at first 80 , earlier in step 4 60" in told
    record = visits.words(signed_in(hands).get(reverse("review", args=[visit.pk])))
    assert "True 30 of 100 (80 before the explanation) Earlier in step 4 60" in record
    assert "Asked again after step 4" in record


def test_a_belief_that_only_step_4_rated_is_told_and_compared(visit, hands):
    visits.save(visit, "beliefs", {"belief": "new1", "belief-new1-statement": "It only gets worse"})
    belief = visit.client.beliefs.get()
    visits.save(visit, "reframe", {"again": str(belief.pk), f"again-{belief.pk}-conviction": "60"})
    told = visits.words(signed_in(hands).get(visits.url(visit, "beliefs")))
    assert "Not rated today, then in step 4 60" in told
    later = visits.open_gate(visits.begin(hands, visits.completed(visit).client, held_on=date(2026, 4, 14)))
    rated = {"conviction": "40", "flex_mistaken": "5", "flex_alternatives": "5"}
    answers = {"belief": str(belief.pk)} | {
        f"belief-{belief.pk}-{name}": value for name, value in rated.items()
    }
    page = visits.send(
        signed_in(hands),
        later,
        "beliefs",
        answers | {f"belief-{belief.pk}-statement": belief.statement},
        do="show",
    )
    assert "True 40 , was 60" in visits.words(page)


def test_the_next_visit_compares_with_how_true_it_felt_last(visit, hands):
    belief = belief_tried(visit)
    visits.save(visit, "reframe", {"again": str(belief.pk), f"again-{belief.pk}-conviction": "60"})
    later = visits.open_gate(visits.begin(hands, visits.completed(visit).client, held_on=date(2026, 4, 14)))
    answers = {"belief": str(belief.pk), f"belief-{belief.pk}-statement": belief.statement}
    rated = {"conviction": "40", "flex_mistaken": "5", "flex_alternatives": "5"}
    answers |= {f"belief-{belief.pk}-{name}": value for name, value in rated.items()}
    page = visits.send(signed_in(hands), later, "beliefs", answers, do="show")
    assert "True 40 , was 60" in visits.words(page)


def test_only_a_belief_that_is_worked_on_is_asked_about_again(visit, hands):
    two = visits.good("beliefs") | {"belief": ["new1", "new2"], "belief-new2-statement": "It only gets worse"}
    two |= {"belief-new1-focus": "", "belief-new2-focus": "yes", "belief-new2-conviction": "60"}
    visits.save(visit, "beliefs", two)
    second = visit.client.beliefs.order_by("id").last()
    page = signed_in(hands).get(visits.url(visit, "reframe")).content.decode()
    assert re.findall('name="again" value="([^"]+)"', page) == [str(second.pk)]
    with pytest.raises(Refused):
        visits.save(visit, "reframe", {"again": "new1", "again-new1-conviction": "60"})
    gone = {"again": str(second.pk), f"again-{second.pk}-remove": "yes"}
    assert "This belief is taken out in step 3." in str(visits.faults_of(visit, "reframe", gone))


def test_a_page_that_was_open_while_step_3_chose_another_belief_keeps_its_number(visit, hands):
    two = visits.good("beliefs") | {"belief": ["new1", "new2"], "belief-new2-statement": "It only gets worse"}
    two |= {"belief-new1-focus": "yes", "belief-new2-focus": "", "belief-new2-conviction": "60"}
    visits.save(visit, "beliefs", two)
    first, second = visit.client.beliefs.order_by("id")
    typed = TRY | {"again": str(first.pk), f"again-{first.pk}-conviction": "55"}
    visits.send(signed_in(hands), visit, "reframe", typed, do="show")  # a draft
    other = {f"belief-{first.pk}-focus": "", f"belief-{second.pk}-focus": "yes"}
    visits.save(visit, "beliefs", visits.as_shown(visit, "beliefs") | other)
    page = signed_in(hands).get(visits.url(visit, "reframe"))
    rows = re.findall('name="again" value="([^"]+)"', page.content.decode())
    assert rows == [str(first.pk), str(second.pk)]  # what was pressed stays in sight
    visits.save(visit, "reframe", typed)
    assert first.ratings.get().conviction_again == 55


def test_how_to_try_is_pressed_beforehand_only_where_there_is_one_way(visit, hands):
    page = signed_in(hands).get(visits.url(visit, "reframe")).content.decode()
    assert [bool(checked) for checked in KIND.findall(page)] == [False, False]
    visit.scope["movement"] = False
    visits.change(visit, scope=visit.scope)
    page = signed_in(hands).get(visits.url(visit, "reframe")).content.decode()
    assert [bool(checked) for checked in KIND.findall(page)] == [True]


def test_a_try_nobody_said_how_it_went_about_stays_unsaid(visit, hands):
    visits.save(visit, "reframe", {"experiment": "new1", "experiment-new1-learnt_client_words": "Fine."})
    record = visits.words(signed_in(hands).get(reverse("review", args=[visit.pk])))
    assert "Something tried" in record
    assert "Notice and repeat" not in record
    assert Experiment.objects.get().kind == ""
    page = signed_in(hands).get(visits.url(visit, "reframe")).content.decode()
    assert [bool(checked) for checked in re.findall(r'-kind"[^>]*?( checked)?>', page)] == [False, False]
