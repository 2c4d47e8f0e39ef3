"""After a no to a record: the check and the plan are kept, and nothing else of what was said."""

import uuid

import pytest

from consults.models import Draft
from consults.steps import STEPS
from tests import visits

NOTES = {
    "private_notes": "Tense about his brother",
    "client_words": "Nobody ever asked me that",
    "unhelpful_influences": "The brother carries everything",
    "what_we_missed": "That I have nobody to ask",
}
BY = {step.slug: set(step.form.base_fields) for step in STEPS}
KEPT = [
    step.slug for step in STEPS if step.slug != "acknowledge" and not (step.needs_gate and step.needs_record)
]


@pytest.fixture
def visit(therapist):
    return visits.change(visits.open_gate(visits.begin(therapist)), consent_to_record="no")


@pytest.mark.parametrize("slug", KEPT)
def test_notes_are_not_offered_after_a_no(as_therapist, visit, slug):
    page = as_therapist.get(visits.url(visit, slug)).content.decode()
    assert 'name="key"' in page
    assert [name for name in NOTES if f'name="{name}"' in page] == []
    assert "Private notes" not in page


@pytest.mark.parametrize("slug", KEPT)
def test_notes_of_a_page_opened_before_the_no_are_refused_in_words_and_kept_nowhere(
    as_therapist, visit, slug
):
    answers = visits.good(slug, visit)
    for name in BY[slug] & set(NOTES):
        told = answers | {name: NOTES[name]}
        reply = visits.send(as_therapist, visit, slug, told)
        assert reply.status_code == 422
        assert "private notes and their words are not kept" in visits.words(reply)
        assert NOTES[name] not in reply.content.decode()
    assert visits.send(as_therapist, visit, slug, answers).status_code == 302
    assert not any(words in str(visits.contents()) for words in NOTES.values())


@pytest.mark.parametrize("slug", KEPT)
def test_notes_are_in_no_draft_after_a_no(as_therapist, visit, slug):
    notes = {name: NOTES[name] for name in BY[slug] & set(NOTES)} | {"not_appropriate_reason": "Late"}
    told = visits.hidden(as_therapist.get(visits.url(visit, slug))) | notes
    assert as_therapist.post(visits.url(visit, slug) + "/draft", told).status_code == 200
    body = Draft.objects.get(key=uuid.UUID(told["key"])).body
    assert body == "not_appropriate_reason=Late"


@pytest.mark.parametrize("slug", KEPT)
def test_notes_typed_before_the_no_go_from_every_draft_and_the_rest_stays(as_therapist, visit, slug):
    visit = visits.change(visit, consent_to_record="")
    notes = {name: NOTES[name] for name in BY[slug] & set(NOTES)} | {"not_appropriate_reason": "Late"}
    told = visits.hidden(as_therapist.get(visits.url(visit, slug))) | notes
    assert as_therapist.post(visits.url(visit, slug) + "/draft", told).status_code == 200
    visits.save(visit, "acknowledge", {"consent_to_record": "no"})
    assert Draft.objects.get(key=uuid.UUID(told["key"])).body == "not_appropriate_reason=Late"


def test_what_becomes_the_plan_is_kept_after_a_no(visit):
    for slug in ("activities", "resources", "timescale"):
        visits.save(visit, slug)
    assert visit.activity_visits.get().if_cue == "Coffee is finished"
    assert visit.client.allies.get().will_do == "Walk three holes"
    assert visit.client.goals.get().title == "Golf again"


def test_notes_are_offered_and_kept_after_a_yes(as_therapist, visit):
    visit = visits.change(visit, consent_to_record="yes")
    visits.save(visit, "activities", visits.good("activities", private_notes="Tense about his brother"))
    assert "Tense about his brother" in as_therapist.get(visits.url(visit, "activities")).content.decode()
