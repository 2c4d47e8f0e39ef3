"""The screen turned round: what its buttons do, where it returns to, and what it keeps of the answers."""

import re
from urllib.parse import parse_qs

import pytest
from django.urls import reverse

from consults.actions import drafts
from consults.models import Draft
from tests import visits


@pytest.fixture
def visit(therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "acknowledge")
    return visit


def turn(browser, visit, slug, told, row=""):
    """Press "Turn the screen" and return the address of its run."""
    reply = visits.send(browser, visit, slug, told, do=f"turn:{row}" if row else "turn")
    return reply.url


BELIEF = {"belief": "new1", "belief-new1-statement": "My discs are worn."}
NEXT = 'name="go" value="on">Next'
IDEAS = {"permission": "yes", "messages_used": ["m_protector", "m_volume"]}


def run(browser, visit):
    return turn(browser, visit, "beliefs", BELIEF, "new1")


def kept(visit, name):
    """The answer of this name in the one draft."""
    return parse_qs(Draft.objects.get().body).get(name)


# --- Going on ---------------------------------------------------------------------------------------


def test_every_question_goes_on_by_itself_and_has_next_for_whoever_does_not_press(as_therapist, visit):
    where = run(as_therapist, visit)
    for n in range(5):
        page = as_therapist.get(f"{where}&q={n}").content.decode()
        assert 'hx-trigger="submit, answered delay:450ms"' in page
        assert page.count(NEXT) == 1 and NEXT in page.split("<footer>")[1]


def test_what_enter_presses_is_next(as_therapist, visit):
    page = as_therapist.get(run(as_therapist, visit)).content.decode()
    assert re.findall(r'type="submit" form="question" name="go" value="(\w+)"', page)[0] == "on"


def test_five_less_and_five_more_are_left_to_the_card(as_therapist, visit):
    """The first press goes on: there would be no time for them."""
    where = run(as_therapist, visit)
    as_therapist.post(f"{where}&q=0", {"belief-new1-conviction": "85", "go": "on"})
    page = as_therapist.get(where).content.decode()
    assert "data-step" not in page
    assert re.search(r'value="85" checked', page)
    assert "data-step" in as_therapist.get(f"/consultations/{visit.pk}/beliefs").content.decode()


@pytest.mark.parametrize(
    ("go", "answer"), [("on", ["80"]), ("back", ["80"]), ("home", ["80"]), ("skip", None)]
)
def test_an_answer_that_was_pressed_is_kept_whatever_button_leaves_it_but_skip(
    as_therapist, visit, go, answer
):
    where = run(as_therapist, visit)
    as_therapist.post(f"{where}&q=0", {"belief-new1-conviction": "80", "go": go})
    assert kept(visit, "belief-new1-conviction") == answer


def test_an_answer_is_kept_though_another_card_holds_one_that_cannot_be(as_therapist, visit):
    other = {"belief": ["new1", "new2"], "belief-new2-conviction": "800"}
    where = turn(as_therapist, visit, "beliefs", BELIEF | other, "new1")
    as_therapist.post(f"{where}&q=0", {"belief-new1-conviction": "80", "go": "on"})
    assert kept(visit, "belief-new1-conviction") == ["80"]


def test_an_answer_that_cannot_be_is_not_kept(as_therapist, visit):
    where = run(as_therapist, visit)
    as_therapist.post(f"{where}&q=0", {"belief-new1-conviction": "800", "go": "on"})
    assert kept(visit, "belief-new1-conviction") is None


def test_an_answer_to_a_step_that_was_saved_meanwhile_leads_back_to_it(as_therapist, visit, monkeypatch):
    where, draft_of = run(as_therapist, visit), drafts.draft_of

    def saved_after_it_was_read(*args, **named):
        draft = draft_of(*args, **named)
        visits.save(visit, "beliefs", BELIEF, key=draft.key)
        return draft

    monkeypatch.setattr(drafts, "draft_of", saved_after_it_was_read)
    reply = as_therapist.post(f"{where}&q=0", {"belief-new1-conviction": "80", "go": "on"})
    assert (reply.status_code, reply.url.partition("?")[0]) == (302, visits.url(visit, "beliefs"))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("place", ["9" * 5000, "-1", "x", "٣", ""])
def test_a_place_that_is_none_is_the_first(as_therapist, visit, place):
    where = run(as_therapist, visit)
    first = visits.words(as_therapist.get(f"{where}&q=0"))
    assert visits.words(as_therapist.get(f"{where}&q={place}")) == first


# --- Turning back -----------------------------------------------------------------------------------


def ways_back(reply):
    return re.findall(r"<(?:a|button)[^>]*>(?:<svg.*?</svg>)?Turn the screen back<", reply.content.decode())


def test_each_screen_of_the_explanation_has_one_way_back(as_therapist, visit):
    where = turn(as_therapist, visit, "explain", IDEAS)
    brain = f"{reverse('brain', args=[visit.pk])}?q=1"
    screens = [as_therapist.get(address) for address in (where, f"{where}?q=1", brain)]
    assert [len(ways_back(screen)) for screen in screens] == [1, 1, 1]
    assert "Next idea" in screens[0].content.decode()
    assert ["govuk-button" in ways_back(screen)[0] for screen in screens] == [False, True, True]


def test_it_returns_to_the_card_or_the_button_where_it_began(as_therapist, visit):
    here = visits.url(visit, "beliefs")
    where = run(as_therapist, visit)
    thanks = as_therapist.get(f"{where}&q=5").content.decode()
    assert f'href="{here}?at=card-new1#card-new1"' in thanks
    assert as_therapist.post(f"{where}&q=2", {"go": "home"}).url == f"{here}?at=card-new1#card-new1"
    page = as_therapist.get(here, {"focus": "card-new1"}).content.decode()
    assert 'data-focus="card-new1"' in page
    assert '<summary id="card-new1">' in page


def test_the_last_answer_can_still_be_changed(as_therapist, visit):
    where = run(as_therapist, visit)
    thanks = as_therapist.get(f"{where}&q=5").content.decode()
    (last,) = re.findall(r'class="quiet" href="([^"]+)"', thanks)
    assert "Question 5 of 5" in as_therapist.get(last.replace("&amp;", "&")).content.decode()


def test_back_from_the_turned_screen_nothing_is_asked_about_the_draft(as_therapist, visit):
    run(as_therapist, visit)
    here = visits.url(visit, "beliefs")
    assert "Everything is here as it was" not in visits.words(as_therapist.get(here, {"at": "card-new1"}))
    elsewhere = as_therapist.get(here)
    assert "Everything is here as it was" in visits.words(elsewhere)
    assert "<summary>Throw it away…</summary>" in elsewhere.content.decode()  # and asked once more


@pytest.mark.parametrize(("slug", "told"), [("explain", IDEAS), ("before-you-go", {})])
def test_a_run_that_is_no_cards_returns_to_its_button(as_therapist, visit, slug, told):
    here = f"{visits.url(visit, slug)}?at=turn#turn"
    where = turn(as_therapist, visit, slug, told)
    if slug == "explain":
        assert f'href="{here}"' in as_therapist.get(where).content.decode()
    else:
        assert as_therapist.post(where, {"go": "home"}).url == here
    assert 'id="turn"' in as_therapist.get(visits.url(visit, slug)).content.decode()


def test_a_row_that_is_none_is_not_written_into_the_way_back(as_therapist, visit):
    run(as_therapist, visit)
    where = reverse("turned", args=[visit.pk, "beliefs"])
    reply = as_therapist.get(where, {"row": '"><b>', "q": "0"})
    assert reply.url == f"{visits.url(visit, 'beliefs')}?at=turn#turn"


# --- Step 1's answer beside the same question ----------------------------------------------------------


OFFER = re.compile(r'<label class="then" for="([^"]+)">.*?Still <b>(\d+)</b>, as ([^<]+)</span></label>')


def test_how_true_it_felt_in_step_1_is_offered_for_the_same_words_and_never_chosen_already(
    as_therapist, visit
):
    page = visits.send(as_therapist, visit, "beliefs", BELIEF, do="show").content.decode()
    assert OFFER.findall(page) == [("f-belief-new1-conviction-80", "80", "in step 1")]
    assert 'id="f-belief-new1-conviction-80"' in page
    assert "checked" not in page
    turned = as_therapist.get(run(as_therapist, visit)).content.decode()
    assert OFFER.findall(turned) == [("f-belief-new1-conviction-80", "80", "earlier today")]
    assert "checked" not in turned


def test_an_answer_between_two_keys_has_a_key_to_be_pressed(as_therapist, visit):
    visits.save(visit, "acknowledge", visits.good("acknowledge", explanation_conviction="85"))
    page = visits.send(as_therapist, visit, "beliefs", BELIEF, do="show").content.decode()
    assert OFFER.findall(page) == [("f-belief-new1-conviction-85", "85", "in step 1")]
    assert re.search(r'<input class="vh odd"[^>]*id="f-belief-new1-conviction-85" value="85" aria', page)
    chosen = BELIEF | {"belief-new1-conviction": "85"}
    page = visits.send(as_therapist, visit, "beliefs", chosen, do="show").content.decode()
    assert page.count('id="f-belief-new1-conviction-85"') == 1
    assert re.search(r'id="f-belief-new1-conviction-85" value="85" checked', page)


@pytest.mark.parametrize("said", ["Every swing grinds my discs down.", ""])
def test_for_other_words_nothing_is_offered(as_therapist, visit, said):
    told = BELIEF | {"belief-new1-statement": said}
    assert OFFER.findall(visits.send(as_therapist, visit, "beliefs", told, do="show").content.decode()) == []
    where = turn(as_therapist, visit, "beliefs", told, "new1")
    assert OFFER.findall(as_therapist.get(where).content.decode()) == []


def test_without_an_answer_in_step_1_nothing_is_offered(as_therapist, visit):
    visits.save(visit, "acknowledge", visits.good("acknowledge", explanation_conviction=""))
    page = visits.send(as_therapist, visit, "beliefs", BELIEF, do="show").content.decode()
    assert OFFER.findall(page) == []


# --- A card that has its words --------------------------------------------------------------------------


def test_a_card_shows_its_words_once_and_keeps_the_field_behind_change_the_words(as_therapist, visit):
    page = visits.send(as_therapist, visit, "beliefs", BELIEF, do="show").content.decode()
    fold = re.search(r'(?s)<details class="more" id="words-new1">(.*?)</details>', page)[1]
    assert 'name="belief-new1-statement"' in fold
    assert page.count('name="belief-new1-statement"') == 1
    assert "Change the words" in fold


def test_a_card_without_words_asks_for_them_at_once(as_therapist, visit):
    page = visits.send(as_therapist, visit, "beliefs", {}, do="add:belief").content.decode()
    assert 'name="belief-new1-statement"' in page
    assert "Change the words" not in page


def test_an_error_in_the_words_shows_their_field(as_therapist, visit):
    told = BELIEF | {"belief-new1-statement": "x" * 501}
    reply = visits.send(as_therapist, visit, "beliefs", told)
    assert reply.status_code == 422
    assert "Change the words" not in reply.content.decode()


# --- Where it hurts ---------------------------------------------------------------------------------------


def test_where_it_hurts_is_a_line_of_its_own_that_says_what_is_chosen(as_therapist, visit):
    visits.save(visit, "acknowledge", visits.good("acknowledge", pain_sites=["low_back", "left_knee"]))
    page = as_therapist.get(visits.url(visit, "acknowledge")).content.decode()
    line = re.search(r'(?s)<details class="more where" id="where"><summary>(.*?)</summary>', page)[1]
    assert "Where it hurts" in line
    assert "Left knee, Low back" in line
    assert page.index('id="where"') < page.index("What do you think is going on?")
    assert '<details class="more" id="more-story">' in page
