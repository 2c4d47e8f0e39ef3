"""Goals as they stand: those agreed before, what became of them, and which can be changed."""

from consults.models import GoalRating
from consults.steps.known import known_goals, today_of
from consults.steps.step import RowForm, Rows
from consults.steps.writing import write_over
from painconsult.errors import Refused
from painconsult.ui.fields import Choice, Line

OVER = ("achieved", "dropped")


class StandingForm(RowForm):
    status = Choice(
        {"active": "Going on", "achieved": "Reached", "dropped": "Let go"}, label="Where is it now?"
    )
    status_reason = Line(300, label="In a few words")

    def clean(self):
        answers = self.cleaned_data
        if answers.get("status") == "dropped" and not answers.get("status_reason"):
            self.add_error("status_reason", "Say in a few words why they let it go.")


class StandingRows(Rows):
    """Goals of earlier visits: reached, let go or going on. Nothing else about them changes."""

    name, form = "standing", StandingForm

    def stored(self, consultation):
        """What this visit said of them; a goal that is changed says so by the one in its place."""
        earlier = [goal for goal in known_goals(consultation) if goal.heard_in_id != consultation.pk]
        said = {goal: today_of(goal) for goal in earlier if status_of(goal) not in ("", "changed")}
        return [
            (str(goal.pk), {name: getattr(said.get(goal), name, "") for name in StandingForm.base_fields})
            for goal in earlier
        ]

    def save_all(self, consultation, told, by):
        if any(row_id is None for row_id, _ in told):
            raise Refused("This page names something that is not part of this consultation.", status=404)
        known = {str(goal.pk): goal for goal in known_goals(consultation)} if told else {}
        said = [self._said(consultation, known[row_id], answers) for row_id, answers in told]
        write_over([each for each in said if each], ("goal", "consultation"), ["status", "status_reason"])
        return [known[row_id] for row_id, _ in told]

    def _said(self, consultation, goal, answers):
        """What is written of one goal; None where nothing was said, or nothing new."""
        status = answers["status"] or status_of(goal)
        reason = answers["status_reason"] if status in OVER else ""
        today = today_of(goal)
        before = (today.status, today.status_reason) if today else ("active", "")
        if status == "changed" or (status or "active", reason) == before:
            return None
        return GoalRating(
            clinic_id=consultation.clinic_id,
            goal=goal,
            consultation=consultation,
            status=status,
            status_reason=reason,
        )

    def reason_to_stay(self, consultation, row_id):
        return "This goal was agreed at an earlier visit, so it stays."


def status_of(goal):
    """What this visit said of a goal; '' when it said nothing."""
    today = today_of(goal)
    return today.status if today else ""


def is_fixed(goal, consultation):
    """Whether a goal stays as it is: locked, or agreed at an earlier visit."""
    return goal.levels_locked_at is not None or goal.heard_in_id != consultation.pk


def open_goals(consultation):
    """Goals worked towards from this visit on."""
    return [
        goal
        for goal in known_goals(consultation)
        if status_of(goal) in ("", "active") and not goal.is_replaced
    ]


def changeable_goals(consultation):
    """{id: goal} of goals that can only be changed by a new one in their place."""
    return {str(goal.pk): goal for goal in open_goals(consultation) if is_fixed(goal, consultation)}
