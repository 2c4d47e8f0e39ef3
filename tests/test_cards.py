"""Nothing is typed twice: what is heard in step 1 waits as a card until a later step takes it."""

import pytest

from consults.actions.plan_content import plan_content
from consults.models import Belief, Card, CardUse, Consultation
from consults.steps.cards import ideas_in
from tests import visits
from tests.checks import FOLLOW_UP, done, told


@pytest.fixture
def visit(therapist):
    visit = visits.open_gate(visits.begin(therapist))
    more = {
        "remembered": "new1",
        "remembered-new1-words": "A spine like a ladder",
        "remembered-new1-who": "The GP",
    }
    more |= {"effort": "new1", "effort-new1-words": "Heat packs"}
    visits.save(visit, "acknowledge", visits.ANSWERS["acknowledge"] | more)
    return visits.open_gate(visit)


def card(kind, visit=None):
    found = Card.objects.filter(kind=kind)
    return (found.filter(heard_in=visit) if visit else found).get()


def offered(browser, visit, slug):
    """Words of the cards that a page offers to take up."""
    page = browser.get(visits.url(visit, slug)).content.decode()
    return [one.words for one in Card.objects.order_by("id") if f'value="leave:{one.pk}"' in page]


def uses():
    return list(CardUse.objects.order_by("id").values_list("card__words", "slug", "became"))


def test_each_step_is_offered_what_belongs_to_it(as_therapist, visit):
    assert offered(as_therapist, visit, "beliefs") == ["A spine like a ladder", "My discs are worn."]
    assert offered(as_therapist, visit, "activities") == ["Saturday golf"]


def test_a_card_counts_nowhere_until_it_is_taken_up(visit):
    visits.save(visit, "beliefs", {})
    visits.save(visit, "activities", {})
    assert visits.state(visit, "beliefs")[0] == "not_started"
    assert visits.state(visit, "activities")[0] == "not_started"
    assert not Belief.objects.exists()
    told = str(plan_content(visits.change(visit)))
    for words in ("Saturday golf", "A spine like a ladder", "Heat packs", "My discs are worn."):
        assert words not in told


def test_taking_a_card_up_writes_its_words_into_a_new_row(as_therapist, visit):
    loss = card("loss")
    page = visits.send(as_therapist, visit, "activities", {}, do=f"take:activity:{loss.pk}")
    assert visits.value_of(page, "activity-new1-activity") == "Saturday golf"
    assert visits.value_of(page, "activity-new1-card") == str(loss.pk)
    heard = "Heard as what they miss. Write what they will do"
    assert heard in visits.words(page)
    assert heard not in visits.words(visits.send(as_therapist, visit, "activities", {}, do="add:activity"))
    answers = visits.ANSWERS["activities"] | {
        "activity-new1-activity": "Saturday golf",
        "activity-new1-card": str(loss.pk),
    }
    visits.save(visit, "activities", answers)
    assert uses() == [("Saturday golf", "activities", "taken")]
    assert CardUse.objects.get().activity == visit.client.activities.get()
    assert offered(as_therapist, visit, "activities") == []


def test_a_card_left_is_not_offered_again_and_counts_nowhere(as_therapist, visit):
    heard = card("remembered")
    visits.save(visit, "beliefs", {"cards": [f"{heard.pk}:left"]})
    assert uses() == [("A spine like a ladder", "beliefs", "left")]
    assert offered(as_therapist, visit, "beliefs") == ["My discs are worn."]
    assert not Belief.objects.exists()


def test_leaving_can_be_taken_back_before_it_is_saved(as_therapist, visit):
    heard = card("remembered")
    told = {"cards": [f"{heard.pk}:left"]}
    page = visits.send(as_therapist, visit, "beliefs", told, do=f"unleave:{heard.pk}").content.decode()
    assert f'value="leave:{heard.pk}"' in page
    assert not CardUse.objects.exists()


@pytest.mark.parametrize("stored", [True, False], ids=["a stored belief", "a new belief"])
def test_a_card_is_merged_into_a_belief(visit, stored):
    heard = card("remembered")
    if stored:
        visits.save(visit, "beliefs")
        row_id = str(Belief.objects.get().pk)
        answers = {"belief": row_id, f"belief-{row_id}-statement": "Every swing grinds my discs down."}
    else:
        row_id, answers = "new1", visits.ANSWERS["beliefs"]
    visits.save(visit, "beliefs", answers | {"cards": [f"{heard.pk}:merged:{row_id}"]})
    use = CardUse.objects.get()
    assert (use.became, use.belief) == ("merged", Belief.objects.get())
    assert Belief.objects.get().statement == "Every swing grinds my discs down."


def test_one_card_becomes_one_row(visit):
    heard = str(card("explanation").pk)
    two = {"belief": ["new1", "new2"]}
    for n in (1, 2):
        two |= {f"belief-new{n}-statement": f"Worn {n}", f"belief-new{n}-card": heard}
    visits.save(visit, "beliefs", two)
    assert CardUse.objects.count() == 1
    visits.save(
        visit, "beliefs", {"belief": "new1", "belief-new1-statement": "Again", "belief-new1-card": heard}
    )
    assert CardUse.objects.count() == 1


@pytest.mark.parametrize("do", ["take:belief:{pk}", "leave:{pk}", "merge:{pk}:new1"])
def test_a_card_of_another_client_gives_nothing_away(as_therapist, visit, therapist, stranger, do):
    for user in (therapist, stranger):
        other = visits.begin(user)
        told = {
            "consent_to_record": "yes",
            "remembered": "new1",
            "remembered-new1-words": "Not for your eyes",
        }
        visits.save(other, "acknowledge", told)
        theirs = card("remembered", other)
        reply = visits.send(as_therapist, visit, "beliefs", {}, do=do.format(pk=theirs.pk))
        assert reply.status_code == 200
        assert "Not for your eyes" not in reply.content.decode()
        row = {"belief": "new1", "belief-new1-statement": "Mine", "belief-new1-card": str(theirs.pk)}
        visits.save(visit, "beliefs", row | {"cards": [f"{theirs.pk}:left"]})
    assert not CardUse.objects.exists()


@pytest.mark.parametrize(
    "token",
    ["x", "1", "1:taken", "٣:left", "1:left:", "-1:left", "99999999999999999999:left", "1:merged:../x"],
)
def test_a_token_that_is_none_is_left_out(visit, token):
    visits.save(visit, "beliefs", {"cards": [token]})
    assert not CardUse.objects.exists()


def test_a_posted_card_that_is_no_number_breaks_nothing(visit):
    row = {"belief": "new1", "belief-new1-statement": "Mine", "belief-new1-card": "x1"}
    read = visits.document(visit, "beliefs", row)
    if read.is_valid():
        visits.save(visit, "beliefs", row)
    assert not CardUse.objects.exists()


def test_a_card_of_an_earlier_visit_still_waits(as_therapist, visit, therapist):
    visits.completed(visit)
    later = visits.open_gate(visits.begin(therapist, visit.client))
    assert offered(as_therapist, later, "activities") == ["Saturday golf"]


def test_taking_a_card_back_in_step_1_leaves_what_was_made_of_it(visit):
    heard = card("explanation")
    visits.save(
        visit,
        "beliefs",
        {"belief": "new1", "belief-new1-statement": "Worn", "belief-new1-card": str(heard.pk)},
    )
    visits.save(visit, "acknowledge", {"consent_to_record": "yes"})
    assert Belief.objects.get().statement == "Worn"
    assert not Card.objects.filter(kind="explanation").exists()


def test_their_own_explanation_is_one_card_that_follows_its_words(visit):
    visits.save(visit, "acknowledge", {"consent_to_record": "yes", "client_explanation": "A trapped nerve"})
    assert card("explanation").words == "A trapped nerve"


# --- What they said back in step 2 --------------------------------------------------------------------


SAID_BACK = "The alarm is trigger-happy."
OFFER = 'value="put:own:new1"'


def another_way(browser, visit, do="show", **more):
    """Step 4 with one other way to see it; `more` are its fields."""
    belief = visit.client.beliefs.get().pk
    answers = {
        "alternative": "new1",
        "alternative-new1-belief": belief,
        "alternative-new1-author": "together",
    }
    answers |= {f"alternative-new1-{name}": words for name, words in more.items()}
    return visits.send(browser, visit, "reframe", answers, do=do)


@pytest.fixture
def explained(visit):
    for slug in ("explain", "beliefs"):
        visits.save(visit, slug)
    return visit


def test_what_they_said_back_is_one_press_as_another_way_to_see_it(as_therapist, explained):
    assert OFFER in another_way(as_therapist, explained).content.decode()
    page = another_way(as_therapist, explained, do="put:own:new1")
    assert visits.value_of(page, "alternative-new1-text") == SAID_BACK
    assert 'name="alternative-new1-author" value="client" checked' in page.content.decode()
    assert OFFER not in page.content.decode()


def test_what_they_said_back_is_not_offered_before_it_was_said_nor_while_an_urgent_sign_is_open(
    as_therapist, explained
):
    Consultation.objects.update(teach_back_client_words="")
    assert OFFER not in another_way(as_therapist, explained).content.decode()
    Consultation.objects.update(teach_back_client_words=SAID_BACK)
    assert OFFER in another_way(as_therapist, explained).content.decode()
    visits.save(
        explained, "safety", told("cancer_weight", outcome=FOLLOW_UP, reason="Rung", **done("cancer"))
    )
    assert OFFER not in another_way(as_therapist, explained).content.decode()


def test_a_press_for_a_row_that_is_not_there_writes_nothing(as_therapist, explained):
    page = another_way(as_therapist, explained, do="put:own:new7")
    assert SAID_BACK not in page.content.decode().replace(f"“{SAID_BACK}”", "")


# --- Two ideas in one card --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "ideas"),
    [
        (
            "My hips are crumbling and walking wears them out.",
            ["My hips are crumbling", "Walking wears them out"],
        ),
        (
            "The disc has slipped. Every swing grinds it down.",
            ["The disc has slipped", "Every swing grinds it down"],
        ),
        (
            "It is worn out and old, and bending makes it worse",
            ["It is worn out and old", "Bending makes it worse"],
        ),
        ("Why is it me? It never stops hurting!", ["Why is it me?", "It never stops hurting!"]),
        ("A nerve is trapped\nnobody has found it", ["A nerve is trapped", "Nobody has found it"]),
        (
            "It rubs; it never stops; nobody has found it",
            [],
        ),
        (
            "It rubs there; it never stops hurting; nobody has found it",
            ["It rubs there", "It never stops hurting", "Nobody has found it"],
        ),
        ("The bones are rubbing… and it will get worse", ["The bones are rubbing", "It will get worse"]),
        ("It is worn and crumbling", []),
        ("Both my hips and my knees are worn", []),
        ("The nerve between the hip and the knee is trapped", []),
        ("It hurts because of the cold and the damp in our flat", []),
        ("The bones are rubbing and… I don't know what", []),
        ("My discs are worn. Badly.", []),
        ("My discs are worn.", []),
        ("It is one. It is two now. It is three now. It is four now.", []),
        ("", []),
    ],
)
def test_what_may_be_two_ideas_is_told_apart(words, ideas):
    assert ideas_in(words) == ideas


@pytest.fixture
def two_ideas(visit):
    words = "My hips are crumbling and walking wears them out."
    visits.save(
        visit,
        "acknowledge",
        visits.good("acknowledge", client_explanation=words, explanation_conviction="80"),
    )
    return visits.change(visit)


def test_two_ideas_are_taken_up_each_by_itself(as_therapist, two_ideas):
    explanation = card("explanation")
    do = f"apart:belief:{explanation.pk}"
    assert f'value="{do}"' in as_therapist.get(visits.url(two_ideas, "beliefs")).content.decode()
    page = visits.send(as_therapist, two_ideas, "beliefs", {}, do=do)
    assert visits.value_of(page, "belief-new1-statement") == "My hips are crumbling"
    assert visits.value_of(page, "belief-new2-statement") == "Walking wears them out"
    told = visits.words(page)
    assert told.count("True 80 for all of it in step 1, not asked again yet") == 2
    assert "Still 80" not in told  # it is no answer to one of them
    answers = {"belief": ["new1", "new2"]} | {
        name: visits.value_of(page, name)
        for name in (
            "belief-new1-statement",
            "belief-new1-card",
            "belief-new2-statement",
            "belief-new2-card",
        )
    }
    visits.save(two_ideas, "beliefs", answers)
    assert list(Belief.objects.order_by("id").values_list("statement", flat=True)) == [
        "My hips are crumbling",
        "Walking wears them out",
    ]
    assert uses() == [(explanation.words, "beliefs", "taken")]
    assert CardUse.objects.get().belief.statement == "My hips are crumbling"


def test_whichever_idea_is_kept_has_taken_the_card_up(as_therapist, two_ideas):
    explanation = card("explanation")
    page = visits.send(as_therapist, two_ideas, "beliefs", {}, do=f"apart:belief:{explanation.pk}")
    cards_of_rows = [visits.value_of(page, f"belief-new{n}-card") for n in (1, 2)]
    assert cards_of_rows == [str(explanation.pk)] * 2
    answers = {
        "belief": ["new1", "new2"],
        "belief-new1-remove": "yes",
        "belief-new1-card": str(explanation.pk),
    }
    answers |= {"belief-new2-statement": "Walking wears them out", "belief-new2-card": str(explanation.pk)}
    visits.save(two_ideas, "beliefs", answers)
    assert uses() == [(explanation.words, "beliefs", "taken")]
    assert offered(as_therapist, two_ideas, "beliefs") == ["A spine like a ladder"]
    assert Belief.objects.get().statement == "Walking wears them out"


def test_an_idea_that_stands_on_the_page_is_not_offered_again(as_therapist, two_ideas):
    here = {"belief": "new1", "belief-new1-statement": "Walking wears them out"}
    page = visits.send(as_therapist, two_ideas, "beliefs", here, do="show").content.decode()
    assert f'value="take:belief:{card("explanation").pk}"' in page
    assert 'value="apart:' not in page


def test_a_card_that_is_left_is_not_offered_in_parts(as_therapist, two_ideas):
    do = f"leave:{card('explanation').pk}"
    page = visits.send(as_therapist, two_ideas, "beliefs", {}, do=do).content.decode()
    assert 'value="unleave:' in page
    assert 'value="apart:' not in page


def test_ideas_that_find_no_room_are_not_offered(as_therapist, two_ideas):
    for count, is_offered in ((4, True), (5, False)):
        rows = [f"new{n}" for n in range(1, count + 1)]
        here = {"belief": rows} | {f"belief-{row}-statement": f"Belief {row}" for row in rows}
        page = visits.send(as_therapist, two_ideas, "beliefs", here, do="show").content.decode()
        assert ('value="apart:' in page) is is_offered


def test_one_idea_is_not_offered_in_parts(as_therapist, visit):
    assert 'value="apart:' not in as_therapist.get(visits.url(visit, "beliefs")).content.decode()


def test_a_card_that_cannot_be_taken_apart_changes_nothing(as_therapist, visit):
    for asked in (f"belief:{card('explanation').pk}", "belief:77", "activity:1", "nothing:1", "belief"):
        page = visits.send(as_therapist, visit, "beliefs", {}, do=f"apart:{asked}")
        assert page.status_code == 200
        assert "belief-new1" not in page.content.decode()
