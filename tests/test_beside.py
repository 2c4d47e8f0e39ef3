"""Beside the conversation stands what to ask: nothing that the page itself asks, and nothing that cannot be answered."""

import re
from html import unescape

import pytest

from tests import visits
from tests.conftest import signed_in

SINCE = "Anything new since last time?"


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


def beside(reply):
    """(what the page lists beside, what its form says)."""
    html = reply.content.decode()
    listed = re.findall(r"<li>(.*?)</li>", "".join(re.findall(r'<ul class="ask">.*?</ul>', html)))
    form = html.partition('id="step-form"')[2].partition("</form>")[0]
    return [unescape(prompt) for prompt in listed], unescape(re.sub(r"<[^>]+>", " ", form))


@pytest.mark.parametrize("slug", ["acknowledge", "explain", "beliefs"])
def test_what_the_page_asks_is_not_listed_beside_it_again(as_therapist, visit, slug):
    listed, form = beside(as_therapist.get(visits.url(visit, slug)))
    assert len(listed) >= 3
    assert [prompt for prompt in listed if prompt in form] == []


def test_what_is_listed_beside_the_story_is_what_is_left_to_ask(as_therapist, visit):
    listed, _ = beside(as_therapist.get(visits.url(visit, "acknowledge")))
    assert listed == [
        "Which important things does it limit or stop?",
        "What has been said to you about it so far, and which of those sentences stuck?",
        "Did I get that right? What did I miss?",
        "What have you already tried, and what did you learn from it?",
    ]


def test_a_first_visit_is_not_asked_what_is_new_since_the_last(as_therapist, visit):
    listed, _ = beside(as_therapist.get(visits.url(visit, "safety")))
    assert listed == []  # the page asks the rest itself
    assert SINCE not in visits.words(as_therapist.get(visits.url(visit, "safety")))


def test_a_second_visit_is_asked_what_is_new_since_the_last(as_therapist, visit, therapist):
    visits.completed(visit)
    second = visits.open_gate(visits.begin(therapist, visit.client))
    listed, _ = beside(as_therapist.get(visits.url(second, "safety")))
    assert SINCE in listed


HINT = "For when your client sees this screen, too."


def is_away(browser, visit):
    return "along" in re.search(r'<html[^>]* class="([^"]*)"', page_of(browser, visit))[1].split()


def page_of(browser, visit):
    return browser.get(visits.url(visit, "acknowledge")).content.decode()


def test_what_is_for_the_therapist_stays_away_from_one_session_to_the_next(as_therapist, therapist, visit):
    assert not is_away(as_therapist, visit)
    as_therapist.post("/reads-along", {"along": "yes"})
    assert is_away(as_therapist, visit)
    assert is_away(signed_in(therapist), visit)
    as_therapist.post("/reads-along", {"along": ""})
    assert not is_away(signed_in(therapist), visit)


def test_it_is_changed_by_a_press_only(as_therapist, therapist):
    assert as_therapist.get("/reads-along?along=yes").status_code == 405
    therapist.refresh_from_db()
    assert therapist.reads_along is None


def test_a_colleague_decides_that_alone(as_therapist, colleague, visit):
    as_therapist.post("/reads-along", {"along": "yes"})
    assert not is_away(signed_in(colleague), visit)


def test_what_the_switch_is_for_is_said_until_it_was_pressed_once(as_therapist, visit):
    assert HINT in page_of(as_therapist, visit)
    as_therapist.post("/reads-along", {"along": ""})
    assert HINT not in page_of(as_therapist, visit)


ASKED = "Will Graham see your screen?"


@pytest.mark.parametrize(("answer", "away"), [("yes", True), ("no", False)])
def test_a_first_visit_asks_beforehand_whether_they_see_the_screen(as_therapist, therapist, answer, away):
    client = visits.make_client(therapist)
    of_client = f"/clients/{client.pk}"
    assert ASKED in as_therapist.get(of_client).content.decode()
    as_therapist.post(f"{of_client}/start", {"along": answer})
    assert is_away(as_therapist, client.consultations.get()) is away
    another = visits.make_client(therapist, preferred_name="Marisol")
    assert "see your screen?" not in as_therapist.get(f"/clients/{another.pk}").content.decode()


def test_whether_they_see_the_screen_may_stay_unanswered(as_therapist, therapist):
    client = visits.make_client(therapist)
    as_therapist.post(f"/clients/{client.pk}/start", {})
    therapist.refresh_from_db()
    assert therapist.reads_along is None
    assert not is_away(as_therapist, client.consultations.get())
