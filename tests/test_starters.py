"""The sentences to say back: filled from what is on the page, and written as they stand there."""

import re
from html import unescape

import pytest

from tests import visits


@pytest.fixture
def visit(therapist):
    return visits.begin(therapist)


def shown(reply):
    """The sentences that are not hidden, in order."""
    found = re.findall(
        r'<li( hidden)?><button class="starter"[^>]*>(.*?)</button></li>', reply.content.decode()
    )
    return [unescape(re.sub(r"<[^>]+>", "", text)) for hidden, text in found if not hidden]


def said(reply):
    """What stands in "What you said back"."""
    html = reply.content.decode()
    return unescape(re.search(r'(?s)name="validation_given"[^>]*>\n(.*?)</textarea>', html)[1])


def test_at_first_only_the_sentence_without_their_words_is_shown(as_therapist, visit):
    sentences = shown(as_therapist.get(visits.url(visit, "acknowledge")))
    assert len(sentences) == 1
    assert "“" not in sentences[0]


def test_a_loss_and_their_explanation_stand_in_the_sentences(as_therapist, visit):
    visits.save(visit, "acknowledge")
    sentences = shown(as_therapist.get(visits.url(visit, "acknowledge")))
    assert sentences[0].startswith("You told me what you miss: “Saturday golf”.")
    assert sentences[1].startswith("You have been living with this thought: “My discs are worn”.")


@pytest.mark.parametrize(
    "name", ["loss", "explanation", "worry", "effort", "loss_effort", "loss_worry", "plain"]
)
def test_the_sentence_pressed_is_the_sentence_written(as_therapist, visit, name):
    told = {
        "consent_to_record": "yes",
        "client_explanation": "It is worn,\r\n“all of it”.",
        "main_worry": "That it never ends",
        "loss": ["new1", "new2"],
        "loss-new1-words": " ",
        "loss-new2-words": "Choir",
        "effort": "new1",
        "effort-new1-words": "Heat & rest",
        "validation_given": "I hear you.",
    }
    drawn = visits.send(as_therapist, visit, "acknowledge", told, do="show")
    pressed = visits.send(as_therapist, visit, "acknowledge", told, do=f"put:{name}")
    first, sentence = said(pressed).split("\n")
    assert first == "I hear you."
    assert sentence in shown(drawn)
    again = visits.send(
        as_therapist, visit, "acknowledge", told | {"validation_given": sentence}, do=f"put:{name}"
    )
    assert said(again) == sentence


def test_a_sentence_whose_words_are_missing_is_not_written(as_therapist, visit):
    assert said(visits.send(as_therapist, visit, "acknowledge", {}, do="put:loss")) == ""
    assert said(visits.send(as_therapist, visit, "acknowledge", {}, do="put:nothing")) == ""


def test_a_sentence_that_is_said_already_is_not_offered_again(as_therapist, visit):
    plain = shown(as_therapist.get(visits.url(visit, "acknowledge")))[0]
    told = {"validation_given": f"Well. {plain} So."}
    assert shown(visits.send(as_therapist, visit, "acknowledge", told, do="show")) == []


def test_a_loss_taken_off_the_page_is_not_said_back(as_therapist, visit):
    visits.save(visit, "acknowledge")
    loss = str(visit.cards.get(kind="loss").pk)
    told = {"loss": loss, f"loss-{loss}-words": "Saturday golf", f"loss-{loss}-remove": "yes"}
    assert not [
        each
        for each in shown(visits.send(as_therapist, visit, "acknowledge", told, do="show"))
        if "golf" in each
    ]
