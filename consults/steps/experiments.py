"""What was tried: noticed before and after, or predicted and compared."""

from uuid import UUID

from django.db.models import prefetch_related_objects

from consults.models import Experiment
from consults.steps.known import belief_options, in_focus, rated_today
from consults.steps.screen import unasked_emergencies
from consults.steps.step import NEW, RowForm, Rows
from consults.steps.writing import write
from painconsult.errors import Refused
from painconsult.ui.fields import Choice, Conviction, Day, Line, Words

KINDS = {"notice": "Notice and repeat", "prediction": "Predict and see"}
BY_MOVING = ("movement", "noticed_before", "in_between", "noticed_after")


class ExperimentForm(RowForm):
    kind = Choice(KINDS, label="Kind")
    belief = Choice({}, label="Which belief it tests")
    movement = Line(300, label="The movement or activity")
    noticed_before = Words(1000, label="What they noticed before")
    in_between = Line(300, label="In between")
    noticed_after = Words(1000, label="What they noticed after")
    prediction = Line(300, label="What they expect")
    certainty = Conviction(label="How sure are they?")
    safety_behaviour_to_drop = Line(300, label="What they left out this time")
    what_done = Line(300, label="What they did")
    what_happened = Words(1000, label="What happened")
    learnt_client_words = Words(1000, label="What they make of it")
    next = Line(300, label="What next")
    date = Day(label="When")
    quiet = ("kind", "belief", "date")

    def fit(self, consultation):
        self.fields["belief"].options = belief_options(consultation)
        if not may_move(consultation):
            self.fields["kind"].options = {"prediction": KINDS["prediction"]}
            for name in BY_MOVING:
                del self.fields[name]


class ExperimentRows(Rows):
    name, form, most, offered = "experiment", ExperimentForm, 6, 1

    def check(self, consultation, kept):
        """What was tried before may still be told; nothing new is tried while there is a reason against it."""
        new = [form for form in kept if NEW.match(form.row_id)]
        for reason in reasons_against_movement(consultation) if new else []:
            new[0].add_error("movement" if may_move(consultation) else "prediction", reason)

    def stored(self, consultation):
        return [
            (
                str(experiment.pk),
                {
                    name: getattr(experiment, "belief_id" if name == "belief" else name)
                    for name in ExperimentForm.base_fields
                },
            )
            for experiment in experiments_of(consultation)
        ]

    def save_all(self, consultation, told, by):
        known = {str(experiment.pk): experiment for experiment in experiments_of(consultation)}
        new = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
        return write(
            [
                (
                    known[row_id] if row_id else Experiment(**new, consultation=consultation),
                    values_of(answers),
                )
                for row_id, answers in told
            ]
        )

    def remove(self, consultation, row_id):
        consultation.experiments.filter(pk=row_id).delete()

    def start(self, consultation):
        focus = in_focus(consultation)
        belief = focus[0].pk if len(focus) == 1 else ""
        kind = "" if may_move(consultation) else "prediction"  # pressed, unless there is only one
        return {"kind": kind, "date": consultation.held_on, "belief": belief}


class AgainForm(RowForm):
    conviction = Conviction(label="How true it feels now")


class AgainRows(Rows):
    """Beliefs asked once more after something was tried. The number stands beside the one of step 3, which step 3
    alone writes."""

    name, form = "again", AgainForm

    def stored(self, consultation):
        """Of every belief rated today: step 3 may change which are worked on while a page of this one is open."""
        return [
            (str(belief.pk), {"conviction": belief.today.conviction_again})
            for belief in rated_today(consultation)
        ]

    def save_all(self, consultation, told, by):
        if any(row_id is None for row_id, _ in told):
            raise Refused("This page names something that is not part of this consultation.", status=404)
        known = {str(belief.pk): belief for belief in rated_today(consultation)} if told else {}
        write(
            [(known[row_id].today, {"conviction_again": answers["conviction"]}) for row_id, answers in told]
        )
        return [known[row_id] for row_id, _ in told]

    def reason_to_stay(self, consultation, row_id):
        return "This belief is taken out in step 3."


def may_move(consultation):
    """Whether movements may be tried here: a scope profile can leave only what is talked about (guide E.4)."""
    return consultation.scope.get("movement", True)


def reasons_against_movement(consultation):
    """Why nothing may be tried by moving now (guide E.2: a sign not asked about; E.2b: every visit's question)."""
    reasons = []
    if unasked_emergencies(consultation, consultation.screen or {}):
        reasons.append("A sign that can be an emergency was not asked about. Read that group aloud first.")
    if consultation.does_hands_on and not consultation.touch_safe:
        reasons.append("Nobody has asked what changes touch or movement today (safety check).")
    return reasons


def experiments_of(consultation):
    """What was tried at this visit: read once a page."""
    prefetch_related_objects([consultation], "experiments")
    return consultation.experiments.all()


def values_of(answers):
    """Columns of an experiment."""
    belief = answers["belief"]
    told = {name: value for name, value in answers.items() if name != "belief"}
    return told | {"belief_id": UUID(belief) if belief else None}
