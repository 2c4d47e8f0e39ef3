"""Step 4, trying something out: what rules it out for now, and what the page says then."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from consults.models import Experiment
from painconsult.errors import Refused
from tests import visits
from tests.checks import FOLLOW_UP, done, told
from tests.conftest import signed_in

TRY = {"experiment": "new1", "experiment-new1-movement": "Ten half swings"}
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


def rate_again(visit, reply):
    """(the button, the address it leads to) of the first belief a try asks about again."""
    return re.search(r'id="(rate-[^"]+)" name="do" value="(rate:[^"]+)"', reply.content.decode()).groups()


def test_after_a_try_how_true_it_feels_is_asked_where_it_was_rated(visit, hands):
    visits.save(visit, "beliefs")
    browser, here = signed_in(hands), visits.url(visit, "reframe")
    button, do = rate_again(visit, browser.get(here))
    told = TRY | {"experiment-new1-learnt_client_words": "Well, that was all right."}
    reply = visits.send(browser, visit, "reframe", told | {"at": button}, do=do)
    belief = visit.client.beliefs.get()
    assert reply.url == (
        f"{visits.url(visit, 'beliefs')}?back=reframe&back_at={button}&focus=card-{belief.pk}#card-{belief.pk}"
    )
    page = browser.get(reply.url)
    assert f'data-focus="card-{belief.pk}"' in page.content.decode()
    assert "Save, and back to other ways" in visits.words(page)
    ways = {name: visits.value_of(page, name) for name in ("back", "back_at")}
    answers = (
        visits.hidden(page)
        | ways
        | {
            "belief": str(belief.pk),
            f"belief-{belief.pk}-statement": belief.statement,
        }
    )
    saved = browser.post(
        visits.url(visit, "beliefs"), answers | {f"belief-{belief.pk}-conviction": "35", "do": "save"}
    )
    assert saved.url == f"{here}?at={button}#{button}"
    rating = belief.ratings.get()
    assert (rating.first_conviction, rating.conviction) == (80, 35)
    back = browser.get(saved.url)
    assert visits.value_of(back, "experiment-new1-learnt_client_words") == "Well, that was all right."


def test_a_try_asks_about_the_belief_it_tests_else_about_each_that_is_worked_on(visit, hands):
    browser = signed_in(hands)
    assert "How true does it feel now" not in visits.words(browser.get(visits.url(visit, "reframe")))
    two = visits.good("beliefs") | {
        "belief": ["new1", "new2"],
        "belief-new2-statement": "It will only get worse",
    }
    two |= {"belief-new1-focus": "yes", "belief-new2-focus": "yes", "belief-new2-conviction": "60"}
    visits.save(visit, "beliefs", two)
    page = visits.words(browser.get(visits.url(visit, "reframe")))
    beliefs = list(visit.client.beliefs.order_by("id"))
    assert [page.count(f"“{belief.statement}” Ask again") for belief in beliefs] == [1, 1]
    tested = TRY | {"experiment-new1-belief": str(beliefs[1].pk)}
    page = visits.words(visits.send(browser, visit, "reframe", tested, do="show"))
    assert [page.count(f"“{belief.statement}” Ask again") for belief in beliefs] == [0, 1]


def test_how_to_try_is_pressed_beforehand_only_where_there_is_one_way(visit, hands):
    page = signed_in(hands).get(visits.url(visit, "reframe")).content.decode()
    kinds = re.findall(r'<input type="radio"[^>]*name="experiment-new1-kind"[^>]*>', page)
    assert len(kinds) == 2
    assert not any("checked" in kind for kind in kinds)
