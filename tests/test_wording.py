"""Advice on the clinician's own words, where they are typed: it advises, and nothing else."""

import pytest

from consults.models import Alternative, Belief, Draft
from tests import visits

HARSH = "Your discs are worn. I believe you."
BETTER = "Your back is having a hard time and can still change."


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


def show(browser, visit, slug, answers, do="show"):
    return visits.send(browser, visit, slug, {"consent_to_record": "yes"} | answers, do=do)


def advice_of(reply):
    return visits.words(reply).count("You could say")


def test_what_the_client_might_hear_in_it_is_said_under_the_field(as_therapist, visit):
    reply = show(as_therapist, visit, "acknowledge", {"validation_given": HARSH})
    assert "“discs are worn”: A picture of a broken body" in visits.words(reply)
    assert f"You could say “{BETTER}”" in visits.words(reply)
    html = reply.content.decode()
    assert 'aria-describedby="f-validation_given-say"' in html


def test_before_the_safety_check_it_says_that_the_other_wording_waits(as_therapist, therapist):
    visit = visits.begin(therapist)
    reply = show(as_therapist, visit, "acknowledge", {"validation_given": HARSH})
    assert f"You could say, once the safety check is done, “{BETTER}”" in visits.words(reply)


def test_it_never_stops_a_save_and_what_is_saved_is_not_brought_up_again(as_therapist, visit):
    answers = {"consent_to_record": "yes", "validation_given": HARSH}
    assert visits.send(as_therapist, visit, "acknowledge", answers).status_code == 302
    assert visits.change(visit).validation_given == HARSH
    assert advice_of(show(as_therapist, visit, "acknowledge", answers | {"main_worry": "Another flare"})) == 0
    more = {"validation_given": f"{HARSH} You must never lift again."}
    assert advice_of(show(as_therapist, visit, "acknowledge", more)) == 1


def test_the_clients_words_are_never_touched(as_therapist, visit):
    told = dict.fromkeys(("story_client_words", "client_explanation", "main_worry"), HARSH)
    assert advice_of(show(as_therapist, visit, "acknowledge", told)) == 0


@pytest.mark.parametrize(("author", "found"), [("client", 0), ("together", 1), ("clinician", 1)])
def test_another_way_to_see_it_is_read_unless_it_is_the_clients(as_therapist, visit, author, found):
    visits.save(visit, "beliefs")
    belief = Belief.objects.get()
    row = {"belief": belief.pk, "text": HARSH, "author": author}
    told = {"alternative": "new1"} | {f"alternative-new1-{name}": value for name, value in row.items()}
    assert advice_of(show(as_therapist, visit, "reframe", told)) == found
    assert not Alternative.objects.exists()


@pytest.mark.parametrize(("words", "found"), [(HARSH, 0), ("She is non-compliant.", 1)])
def test_private_notes_are_read_only_for_words_that_blame(as_therapist, visit, words, found):
    assert advice_of(show(as_therapist, visit, "acknowledge", {"private_notes": words})) == found


def test_the_other_wording_is_added_and_takes_nothing_away(as_therapist, visit):
    words = "It is real.\nYour discs are worn. I believe you!"
    reply = show(
        as_therapist, visit, "acknowledge", {"validation_given": words}, "wording:add:validation_given:0"
    )
    assert visits.value_of(reply, "validation_given") == f"{words} {BETTER}"


def test_a_phrase_that_is_kept_is_left_alone_while_the_page_is_typed(as_therapist, visit):
    words = f"{HARSH} You must never lift again."
    answers = {"validation_given": words}
    reply = show(as_therapist, visit, "acknowledge", answers, "wording:keep:validation_given:0")
    assert visits.value_of(reply, "validation_given") == words
    assert "“discs are worn”:" not in visits.words(reply)
    assert "“You must never lift”:" in visits.words(reply)
    assert 'name="kept_wording" value="discs are worn"' in reply.content.decode()
    assert "kept_wording=discs+are+worn" in Draft.objects.get().body
    assert "“discs are worn”:" not in visits.words(as_therapist.get(visits.url(visit, "acknowledge")))


def test_while_something_urgent_is_open_no_other_wording_is_offered(as_therapist, therapist):
    visit = visits.begin(therapist)
    urgent = {"yes": ["cancer_weight"], "outcome": "proceed_with_follow_up", "outcome_reason": "Friday"}
    urgent |= {"finding": "cancer", "finding-cancer-action": "Rang Dr Reid"}
    visits.save(visit, "safety", visits.good("safety", **urgent))
    reply = show(as_therapist, visit, "acknowledge", {"validation_given": HARSH})
    assert "“discs are worn”:" in visits.words(reply)
    assert advice_of(reply) == 0
    pressed = show(
        as_therapist, visit, "acknowledge", {"validation_given": HARSH}, "wording:add:validation_given:0"
    )
    assert visits.value_of(pressed, "validation_given") == HARSH


@pytest.mark.parametrize(
    "do",
    ["wording:add", "wording:add:validation_given:9", "wording:add:story_client_words:0", "wording:x:y:z"],
)
def test_a_press_on_advice_that_is_not_there_changes_nothing(as_therapist, visit, do):
    reply = show(as_therapist, visit, "acknowledge", {"validation_given": HARSH}, do)
    assert reply.status_code == 200
    assert visits.value_of(reply, "validation_given") == HARSH


def test_a_phrase_is_named_once_and_at_most_three_are(as_therapist, visit):
    words = "Your discs are worn. Your discs are worn. You must never lift again. You are a bit tight here. Your spine is crumbling. Your pelvis is out of place."
    reply = show(as_therapist, visit, "acknowledge", {"validation_given": words})
    assert advice_of(reply) == 3
    assert visits.words(reply).count("“discs are worn”: ") == 1
