"""Goals: what they will be doing by when, in words a stranger could check."""

from django.utils import timezone

from consults.models import Goal, GoalRating
from consults.steps.document import RowForm, Rows
from consults.steps.earlier import activity_options, belief_options, in_focus
from consults.steps.levels import LEVEL_FIELDS, draft_of, drafted, faults
from consults.steps.pacing import FIRST_UNITS
from consults.steps.reviews import due_on
from education import library
from painconsult.ui.fields import Choice, Day, Line, Ticked, Whole
from painconsult.ui.sheet import Sheet

BETTER = {"higher": "More is better", "lower": "Less is better"}
BASELINES = {"-1": "Some", "-2": "None yet"}


class GoalForm(RowForm):
    title = Line(200, label="What they will be doing")
    activity = Choice({}, label="The activity it belongs to")
    purpose = Line(300, label="Or what it is for")
    belief = Choice({}, label="The belief it tests")
    horizon = Choice({}, label="By when")
    due_date = Day(label="On the day")
    level_0 = Line(200, label="As likely as not, by then they will")
    baseline_level = Choice(BASELINES, label="How much of that today?")
    unit = Choice({}, label="Counted in")
    now_amount = Whole(0, 9999, label="Now")
    expected_amount = Whole(0, 9999, label="By then")
    better = Choice(BETTER, label="Better is")
    level_m2 = Line(200, label="Further back")
    level_m1 = Line(200, label="Not there yet")
    level_p1 = Line(200, label="Better than hoped")
    level_p2 = Line(200, label="Much better than hoped")
    importance = Choice({"1": "1", "2": "2", "3": "3"}, label="Importance")
    difficulty = Choice({"1": "1", "2": "2", "3": "3"}, label="Difficulty")
    lock = Ticked(label="The five levels are finished: lock them before work starts")
    main, main_missing = "title", "Say what they will be doing, or remove this goal."
    quiet = ("activity", "better", "unit", "horizon", "lock", "belief")

    def fit(self, consultation):
        self.fields["activity"].options = activity_options(consultation)
        self.fields["belief"].options = belief_options(consultation)
        self.fields["horizon"].options = {chip.id: chip.label for chip in library.chips("horizons")}
        self.fields["unit"].options = {chip.id: chip.label for chip in library.chips("units")}
        if not consultation.clinic.weighs_goals:
            del self.fields["importance"], self.fields["difficulty"]

    def clean(self):
        super().clean()
        answers = self.cleaned_data
        if self.is_blank or self.errors:
            return
        if not answers["activity"] and not answers["purpose"]:
            self.add_error("purpose", "Choose the activity this goal belongs to, or say what it is for.")
        self._check_levels(answers)

    def _check_levels(self, answers):
        texts = [answers[name].casefold() for name in LEVEL_FIELDS.values() if answers[name]]
        if len(set(texts)) < len(texts):
            self.add_error("level_0", "Two levels say the same. Each outcome must fall in exactly one level.")
        if answers["lock"] and len(texts) < len(LEVEL_FIELDS):
            self.add_error("lock", "Write all five levels before they are locked.")
        try:
            drafted(answers)
        except ValueError:
            self.add_error("expected_amount", "Then must be better than now. Change one of the two numbers.")
        for name, sentence in list(faults(answers, locking=answers["lock"])):
            self.add_error(name, sentence)


class GoalRows(Rows):
    """The client's goals. Locked levels stay as they are; a changed goal is a new one with a reason."""

    name, form, most, offered = "goal", GoalForm, 6, 1

    def stored(self, consultation):
        goals = consultation.client.goals.all()
        return [(str(goal.pk), self._values(goal)) for goal in goals]

    def _values(self, goal):
        values = {name: getattr(goal, name, None) for name in GoalForm.base_fields}
        return values | {
            "activity": goal.activity_id,
            "belief": goal.belief_id,
            "lock": goal.levels_locked_at is not None,
        }

    def save(self, consultation, row_id, answers, by):
        goal = (
            consultation.client.goals.get(pk=row_id)
            if row_id
            else Goal(
                clinic_id=consultation.clinic_id, client_id=consultation.client_id, heard_in=consultation
            )
        )
        if goal.heard_in_id == consultation.pk and goal.levels_locked_at is None:
            self._write(goal, answers, consultation)
        GoalRating.objects.update_or_create(
            goal=goal,
            consultation=consultation,
            defaults={"clinic_id": consultation.clinic_id, "level": goal.baseline_level},
        )
        return goal

    def _write(self, goal, answers, consultation):
        """Write a goal. What was drafted from the old numbers or counted from the old horizon follows the new."""
        counted = due_on(consultation.held_on, goal.horizon)
        before, draft = drafted(vars(goal)), drafted(answers)
        for name in ("title", "purpose", "horizon", "unit", "now_amount", "expected_amount"):
            setattr(goal, name, answers[name])
        goal.activity_id, goal.belief_id = answers["activity"] or None, answers["belief"] or None
        goal.better = answers["better"] or "higher"
        own_day = answers["due_date"] if answers["due_date"] != counted else None
        goal.due_date = own_day or due_on(consultation.held_on, answers["horizon"])
        goal.baseline_level = int(answers["baseline_level"]) if answers["baseline_level"] else None
        for name in ("importance", "difficulty"):
            setattr(goal, name, int(answers[name]) if answers.get(name) else None)
        for level, name in LEVEL_FIELDS.items():
            typed = answers[name] if answers[name] != before.get(level) else ""
            setattr(goal, name, typed or draft.get(level, answers[name]))
        if answers["lock"]:
            goal.levels_locked_at = timezone.now()
        goal.save()

    def remove(self, consultation, row_id):
        goal = consultation.client.goals.filter(pk=row_id, heard_in=consultation).first()
        if goal and goal.levels_locked_at is None:
            goal.delete()

    def reason_to_stay(self, consultation, row_id):
        goal = consultation.client.goals.get(pk=row_id)
        if goal.heard_in_id != consultation.pk:
            return "This goal was agreed at an earlier visit, so it stays."
        return "The levels of this goal are locked, so it stays." if goal.levels_locked_at else ""

    def start(self, consultation):
        """A goal begins with the activity in the plan that has none yet."""
        visits = consultation.activity_visits.filter(in_plan=True, activity__goals__isnull=True)
        visit = visits.select_related("activity").order_by("activity_id").first()
        focus = in_focus(consultation)
        belief = focus[0].belief_id if len(focus) == 1 else ""
        if visit is None:
            return {"better": "higher", "belief": belief}
        amount = visit.trials and round(sum(visit.trials) / len(visit.trials)) or visit.guess
        return {
            "title": visit.activity.activity,
            "activity": visit.activity_id,
            "unit": visit.unit,
            "now_amount": amount,
            "better": "higher",
            "belief": belief,
        }


def how_far(labels):
    return sum(bool(there) for _, there in labels)


def goal_asks(goal):
    """What one goal has; its other levels, which are asked for after the visit, come last."""
    there = goal is not None
    return [
        ("one goal", there),
        ("by when", there and goal.due_date),
        ("what they hope for, in words", there and goal.level_0),
        ("where they stand today", there and goal.baseline_level is not None),
        ("the other levels", there and goal.has_all_levels),
    ]


def row_of(page, sheet):
    """One goal as the template reads it: what is drafted from the numbers, and what can no longer change."""
    consultation, units = page.consultation, sheet.fields["unit"].options
    draft = draft_of(sheet)
    goal = fixed(consultation).get(sheet.row_id)
    return {
        "row": sheet,
        "goal": goal,
        "horizons": [
            (chip, due_on(consultation.held_on, chip.id), chip.id == sheet.text("horizon"))
            for chip in library.chips("horizons")
        ],
        "activity": activity_options(consultation).get(sheet.text("activity"), ""),
        "belief": belief_options(consultation).get(sheet.text("belief"), ""),
        "unit": units.get(sheet.text("unit"), ""),
        "first_units": list(units.items())[:FIRST_UNITS],
        "other_units": list(units.items())[FIRST_UNITS:],
        "other_unit_chosen": sheet.text("unit") in list(units)[FIRST_UNITS:],
        "expected": sheet.text("level_0") or draft.get(0, ""),
        "levels": [
            (name, draft.get(level, "")) for level, name in sorted(LEVEL_FIELDS.items(), reverse=True)
        ],
        "drafted": bool(draft),
        "levels_open": any(sheet.error(name) for name in (*LEVEL_FIELDS.values(), "lock")),
    }


def fixed(consultation):
    """{id: goal} of goals that stay as they are: locked, or set at an earlier visit."""
    return {
        str(goal.pk): goal
        for goal in consultation.client.goals.select_related("activity", "belief")
        if goal.levels_locked_at is not None or goal.heard_in_id != consultation.pk
    }


def draft_levels(consultation, data, row_id):
    """The four other levels from the numbers, over what stands there."""
    prefix = f"goal-{row_id}"
    draft = draft_of(Sheet(GoalForm(consultation=consultation).fields, data, prefix=prefix))
    for level, text in draft.items():
        if level != 0 or not data.get(f"{prefix}-level_0"):
            data.setlist(f"{prefix}-{LEVEL_FIELDS[level]}", [text])
