"""What a scope profile leaves out of a consultation is not asked, not offered and not taken (guide E.4)."""

import pytest

from consults.models import Experiment
from consults.steps.experiments import BY_MOVING, ExperimentForm
from painconsult.accounts.models import ScopeProfile
from tests import visits


@pytest.fixture
def talk_only(therapist):
    therapist.scope = ScopeProfile.objects.create(
        clinic=therapist.clinic, name="Talk", profession="Nurse", does_movement_experiments=False
    )
    therapist.save()
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "beliefs")
    return visits.change(visit)


def test_without_movement_in_scope_nothing_is_tried_by_moving(as_therapist, talk_only):
    page = as_therapist.get(visits.url(talk_only, "reframe")).content.decode()
    for name in BY_MOVING:
        assert f"experiment-new1-{name}" not in page
    assert "Notice and repeat" not in page
    assert "experiment-new1-prediction" in page


def test_what_is_out_of_scope_is_not_taken_when_it_is_posted_all_the_same(talk_only):
    told = {"experiment": "new1", "experiment-new1-movement": "Ten swings", "progress_marker": "Holes played"}
    told |= {"experiment-new1-kind": "prediction", "experiment-new1-prediction": "They will laugh at me"}
    visits.save(talk_only, "reframe", told)
    stored = Experiment.objects.get()
    assert (stored.kind, stored.movement, stored.prediction) == ("prediction", "", "They will laugh at me")


def test_a_kind_out_of_scope_is_refused(talk_only):
    told = {"experiment": "new1", "experiment-new1-kind": "notice", "experiment-new1-prediction": "x"}
    assert "new1: kind" in visits.faults_of(talk_only, "reframe", told)


def test_a_movement_that_was_kept_before_the_scope_changed_stays_stored(therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "beliefs")
    told = {"experiment": "new1", "experiment-new1-kind": "notice", "experiment-new1-movement": "Ten swings"}
    visits.save(visit, "reframe", told)
    visit, row = visits.change(visit, scope={"movement": False}), str(Experiment.objects.get().pk)
    again = {"experiment": row, f"experiment-{row}-kind": "prediction", f"experiment-{row}-next": "On grass"}
    visits.save(visit, "reframe", again)
    stored = Experiment.objects.get()
    assert (stored.movement, stored.next) == ("Ten swings", "On grass")


def test_with_no_word_about_it_movement_is_in_scope(therapist):
    form = ExperimentForm(consultation=visits.begin(therapist))
    assert set(BY_MOVING) <= set(form.fields)


def test_without_hands_on_work_step_4_says_why_nobody_asked_for_consent_to_touch(as_therapist, therapist):
    why = "Hands-on work is not part of your scope in this clinic"
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "beliefs")
    page = visits.send(as_therapist, visit, "reframe", {}, do="add:experiment")
    assert why in visits.words(page)
    assert "Hands-on now" not in visits.words(page)
    visits.change(visit, scope=visit.scope | {"hands_on": True})
    page = visits.send(as_therapist, visit, "reframe", {}, do="add:experiment")
    assert why not in visits.words(page)
