"""Step 2 shows first the three ideas that touch on what this client said, and the pictures that go with them."""

import re

import pytest

from consults.steps.explain import by_fit, going_with, offered
from education import library
from tests import visits

HEALING = "m_healing"  # the idea that nothing is broken any more


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


def told(visit, **answers):
    """The visit after these answers of step 1."""
    visits.save(visit, "acknowledge", {"consent_to_record": "yes"} | answers)
    return visits.change(visit)


def known(visit, condition):
    visit.client.known_condition = condition
    visit.client.save()
    return visits.change(visit)


def first(visit):
    return [message.id for message in by_fit(visit, offered(visit))[:3]]


def parts(reply):
    """(values of the ideas before the fold, behind it, and the same of the pictures)."""
    html = reply.content.decode()
    found = []
    for name, end in (("messages_used", "turn-line"), ("metaphor", "picture-words")):
        shown, _, rest = html.partition(f'name="{name}"')[2].partition('rest" id=')
        found += [
            re.findall(r'value="(\w+)"', f'name="{name}"' + shown),
            re.findall(r'value="(\w+)"', rest.partition(end)[0]),
        ]
    return found


# --- The rule ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "ideas"),
    [
        ({}, ["m_real", "m_protector", "m_hurt_harm"]),  # nothing heard: the order of the file
        ({"client_explanation": "The scan shows it."}, ["m_scan", "m_real", "m_protector"]),
        ({"client_explanation": "It’s the stress."}, ["m_volume", "m_real", "m_protector"]),
        ({"loss": "new1", "loss-new1-words": "My choir"}, ["m_people", "m_real", "m_protector"]),
        (
            {"remembered": "new1", "remembered-new1-words": "A spine like a ladder"},
            ["m_scan", "m_real", "m_protector"],
        ),
        # their own explanation counts twice what they miss counts
        (
            {"client_explanation": "I stay in", "loss": "new1", "loss-new1-words": "Lifting my son"},
            ["m_people", "m_move", "m_real"],
        ),
        ({"felt_disbelieved": "yes", "main_worry": "Another flare"}, ["m_real", "m_flare", "m_protector"]),
        # wear, in the words most people have for it
        (
            {"client_explanation": "My hips are crumbling. If I walk more I wear them out."},
            ["m_protector", "m_hurt_harm", "m_scan"],
        ),
        # what was tried is no explanation
        ({"effort": "new1", "effort-new1-words": "A scan"}, ["m_real", "m_protector", "m_hurt_harm"]),
    ],
)
def test_the_three_nearest_to_what_was_said_come_first(visit, said, ideas):
    assert first(told(visit, **said)) == ideas


def test_words_are_heard_from_their_beginning_and_whatever_the_apostrophe():
    assert library.message("m_scan").is_heard_in("The SCANS said so")
    assert not library.message("m_scan").is_heard_in("We had to rescan the tickets")
    assert library.message("m_real").is_heard_in("They can’t see it")


def test_every_idea_hears_something_and_none_but_its_own_words_on_a_bare_page():
    assert all(message.hears for message in library.messages())
    assert not any(message.is_heard_in("") for message in library.messages())


def test_with_a_known_condition_what_holds_as_well_as_it_comes_first(visit):
    assert first(known(visit, "Rheumatoid arthritis")) == ["m_protector", "m_volume", "m_flare"]


def test_with_a_known_condition_no_idea_that_nothing_is_broken_however_well_it_fits(visit, as_therapist):
    visit = told(visit, client_explanation="It never healed after the accident and the operation.")
    assert first(visit)[0] == HEALING
    visit = known(visit, "Rheumatoid arthritis")
    assert HEALING not in [message.id for message in by_fit(visit, offered(visit))]
    page = as_therapist.get(visits.url(visit, "explain")).content.decode()
    assert HEALING not in page
    assert 'value="guard"' not in page


def test_what_was_said_to_others_counts_for_nobody_else(visit, therapist):
    told(visits.open_gate(visits.begin(therapist)), client_explanation="The scan shows it.")
    assert first(visit) == ["m_real", "m_protector", "m_hurt_harm"]


def test_pictures_come_in_the_order_of_their_ideas():
    ideas = [library.message(id) for id in ("m_learn", "m_pace", "m_volume")]
    pictures = going_with(ideas, library.pictures())
    assert [picture.id for picture in pictures[:4]] == ["grass_path", "radio", "savings", "water_plant"]


# --- The page ---------------------------------------------------------------------------------------


def test_three_ideas_and_three_pictures_stand_before_the_fold(as_therapist, visit):
    told(visit, client_explanation="The scan shows it.")
    reply = as_therapist.get(visits.url(visit, "explain"))
    ideas, more_ideas, pictures, more_pictures = parts(reply)
    assert ideas == ["m_scan", "m_real", "m_protector"]
    assert pictures == ["grey_hair", "wind_door", "alarm_toaster"]
    assert (len(more_ideas), len(more_pictures)) == (10, 11)
    said = visits.words(reply)
    assert "10 more ideas" in said
    assert "11 more pictures" in said


def test_a_chosen_idea_is_always_visible_and_its_picture_comes_first(as_therapist, visit):
    visits.save(
        visit,
        "explain",
        {"permission": "yes", "messages_used": ["m_unsure", "m_people"], "metaphor": "storm_harbour"},
    )
    ideas, more_ideas, pictures, more_pictures = parts(as_therapist.get(visits.url(visit, "explain")))
    assert ideas == ["m_real", "m_protector", "m_hurt_harm", "m_people", "m_unsure"]
    assert pictures == ["torch", "map_blank", "wind_door", "storm_harbour"]
    assert (len(more_ideas), len(more_pictures)) == (8, 10)


def test_the_order_is_offered_as_a_convenience_and_not_as_what_works(as_therapist, visit):
    said = visits.words(as_therapist.get(visits.url(visit, "explain")))
    assert "Nearest to their own words first." in said
    for claim in ("recommended", "best for", "most effective", "evidence"):
        assert claim not in said.lower()


def test_the_page_asks_the_database_no_oftener_for_much_that_was_said(
    as_therapist, visit, django_assert_max_num_queries
):
    rows = [f"new{n}" for n in range(1, 7)]
    told(
        visit, remembered=rows, **{f"remembered-{row}-words": f"A spine like a ladder, {row}" for row in rows}
    )
    as_therapist.get(visits.url(visit, "explain"))
    with django_assert_max_num_queries(12):
        as_therapist.get(visits.url(visit, "explain"))
