"""A yes to a record that becomes a no in the same visit: what goes, what stays, and what the page says."""

import uuid

import pytest
from django.urls import reverse

from consults.actions import consultations as actions
from consults.actions import drafts
from consults.models import Belief, Card, Draft
from consults.steps import BY_SLUG
from tests import visits
from tests.factories import make_therapist


@pytest.fixture
def visit(therapist):
    """Step 1 and step 3 are saved under a yes."""
    visit = visits.begin(therapist)
    for slug in ("acknowledge", "safety", "beliefs"):
        visits.save(visit, slug)
    return visits.change(visit)


def type_in(visit, slug, by):
    drafts.keep_draft(visit, BY_SLUG[slug], key=uuid.uuid4(), base=0, body="private_notes=CANARY", by=by)


def say_no(visit):
    losses = {str(card.pk) for card in Card.objects.filter(kind="loss")}
    gone = {f"loss-{pk}-remove": "yes" for pk in losses}
    visits.save(visit, "acknowledge", {"consent_to_record": "no", "loss": sorted(losses)} | gone)
    return visits.change(visit)


def test_the_story_is_no_longer_in_step_1_and_the_save_under_the_yes_is_still_known(visit):
    after = say_no(visit)
    assert (after.story_client_words, after.client_explanation, after.validation_given) == ("", "", "")
    assert not Card.objects.exists()
    first, second = after.entries.filter(slug="acknowledge").order_by("number")
    assert first.answers["answers"]["story_client_words"] == "Three people, three explanations."
    assert "Three people" not in str(second.answers)


def test_what_was_saved_in_steps_2_to_4_stays_and_is_closed(as_therapist, visit):
    after = say_no(visit)
    assert Belief.objects.get().statement == "Every swing grinds my discs down."
    for slug in ("explain", "beliefs", "reframe"):
        page = as_therapist.get(visits.url(after, slug))
        assert 'name="key"' not in page.content.decode()
        assert "They said no to a record" in visits.words(page)


def test_words_of_the_story_that_nobody_saved_go_and_those_of_the_plan_stay(visit, therapist, clinic):
    for slug in ("acknowledge", "explain", "beliefs", "activities"):
        for by in (therapist, make_therapist(clinic)):
            type_in(visit, slug, by)
    say_no(visit)
    assert set(Draft.objects.values_list("slug", flat=True)) == {"activities"}


def test_a_note_on_its_way_when_the_no_was_saved_is_not_kept(visit, therapist):
    before = visits.change(visit)
    say_no(visit)
    type_in(before, "activities", therapist)  # as a request that read the visit before the no
    assert [draft.body for draft in Draft.objects.all()] == [""]


def test_words_that_can_no_longer_be_saved_do_not_keep_the_visit_open(visit, therapist):
    type_in(visit, "explain", therapist)
    after = say_no(visit)
    actions.complete(after, by=therapist, seen=actions.version_of(after))
    assert visits.change(visit).is_completed


def test_a_yes_again_opens_the_steps_with_what_was_saved(as_therapist, visit):
    say_no(visit)
    visits.save(visit, "acknowledge", {"consent_to_record": "yes"})
    page = as_therapist.get(visits.url(visit, "beliefs")).content.decode()
    assert "Every swing grinds my discs down." in page


def test_the_page_says_what_a_no_after_a_yes_does_before_it_is_saved(as_therapist, therapist, visit):
    says = "What was saved under the yes stays in the record"
    assert says in visits.words(as_therapist.get(visits.url(visit, "acknowledge")))
    new = visits.begin(therapist, visits.make_client(therapist))
    assert says not in visits.words(as_therapist.get(visits.url(new, "acknowledge")))


# --- Closed by a pause ------------------------------------------------------------------------


def test_words_kept_in_a_step_that_a_pause_closed_can_be_thrown_away_there(as_therapist, therapist, visit):
    type_in(visit, "reframe", therapist)
    visit = visits.change(visit, outcome="paused_referred")
    page = visits.words(as_therapist.get(visits.url(visit, "reframe")))
    assert "is kept and not saved" in page
    assert "CANARY" not in page
    seen = actions.version_of(visit)
    complete = reverse("complete", args=[visit.pk])
    assert as_therapist.post(complete, {"seen": seen}).status_code == 409
    as_therapist.post(visits.url(visit, "reframe"), {"do": "discard"})
    assert not Draft.objects.exists()
    assert "is kept and not saved" not in visits.words(as_therapist.get(visits.url(visit, "reframe")))
    assert as_therapist.post(complete, {"seen": seen}).status_code == 302
