"""Goals: what they will be doing by when, in words a stranger could check."""

from fractions import Fraction
from functools import partial
from uuid import UUID

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from consults.models import Goal, GoalRating
from consults.steps.known import (
    activity_options,
    belief_options,
    goal_options,
    in_focus,
    known_activities,
    known_goals,
    today_of,
)
from consults.steps.levels import LEVEL_FIELDS, LEVEL_NAMES, check_levels, drafted, level_today
from consults.steps.reviews import due_on
from consults.steps.standing import changeable_goals, is_fixed
from consults.steps.step import NEW, RowForm, Rows
from consults.steps.writing import write, write_over
from education import library
from painconsult.ui.fields import Choice, Day, Line, Ticked, Whole

BETTER = {"higher": "More", "lower": "Less"}
BASELINES = {"-1": "Some", "-2": "None yet"}
WORDS = ("title", "purpose", "horizon", "unit", "now_amount", "expected_amount")
# What a changed goal takes over from the old one. What is so today is asked anew.
TAKEN = ("title", "purpose", "unit", "expected_amount", "better", "importance", "difficulty")
TAKEN += tuple(LEVEL_FIELDS.values())


class GoalForm(RowForm):
    title = Line(200, label="The goal, in short")
    replaces = Choice({}, label="The goal it takes the place of")
    change_reason = Line(300, label="Why does it change?")
    activity = Choice({}, label="The activity it belongs to")
    purpose = Line(300, label="Or what it is for")
    belief = Choice({}, label="The belief it tests")
    horizon = Choice({}, label="By when")
    due_date = Day(label="On the day")
    level_0 = Line(200, label="By then they will")
    baseline_level = Choice(BASELINES, label="How much of that today?")
    unit = Choice({}, label="Counted in")
    now_amount = Whole(0, 9999, label="Today")
    expected_amount = Whole(0, 9999, label="By then")
    better = Choice(BETTER, label="Which way is better?")
    level_m2 = Line(200, label=LEVEL_NAMES["level_m2"])
    level_m1 = Line(200, label=LEVEL_NAMES["level_m1"])
    level_p1 = Line(200, label=LEVEL_NAMES["level_p1"])
    level_p2 = Line(200, label=LEVEL_NAMES["level_p2"])
    importance = Choice({"1": "1", "2": "2", "3": "3"}, label="Importance")
    difficulty = Choice({"1": "1", "2": "2", "3": "3"}, label="Difficulty")
    lock = Ticked(label="The five levels are finished: lock them")
    main, main_missing = "title", "Say what they will be doing, or remove this goal."
    quiet = ("activity", "better", "unit", "horizon", "lock", "belief")

    def fit(self, consultation):
        # read only where they are shown or one of them is chosen
        offered = {"activity": activity_options, "belief": belief_options, "replaces": goal_options}
        for name, options in offered.items():
            self.fields[name].options = SimpleLazyObject(partial(options, consultation))
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
        old = self._old(answers)
        replaces = answers["replaces"] if self.is_new else old and old.replaces_id
        if replaces and not answers["change_reason"]:
            self.add_error("change_reason", "Say in a few words why the goal changes.")
        self._check_numbers(answers)
        if not self.errors:
            check_levels(self, levels_of(old, answers), locking=answers["lock"])

    def _old(self, answers):
        """The goal as it is stored; of a new one the goal whose place it takes, None if it takes none."""
        row_id = answers["replaces"] if self.is_new else self.prefix.partition("-")[2]
        known = known_goals(self.consultation) if row_id else []
        return next((goal for goal in known if str(goal.pk) == row_id), None)

    def _check_numbers(self, answers):
        """Levels are drafted from today's number, the one hoped for, and what is counted: from all three or none."""
        now, then, unit = (answers[name] for name in ("now_amount", "expected_amount", "unit"))
        if then is None:
            return
        if now is None:
            self.add_error("now_amount", "How much is it today? Or empty “By then”.")
        if not unit:
            self.add_error("unit", "Choose what is counted.")
        if unit and now is not None and not is_better(then, now, answers["better"]):
            self.add_error("expected_amount", "It must be better than today. Change one of the two numbers.")


class GoalRows(Rows):
    """The client's goals. Locked levels stay as they are; a changed goal is a new one with a reason."""

    name, form, most, offered = "goal", GoalForm, 6, 1

    def stored(self, consultation):
        return [(str(goal.pk), self._values(goal, consultation)) for goal in known_goals(consultation)]

    def _values(self, goal, consultation):
        """What a goal's fields hold; what was counted from another answer was not typed."""
        names = [name for name in GoalForm.base_fields if name not in ("activity", "belief", "replaces")]
        values = {name: getattr(goal, name, None) for name in names}
        if goal.due_date == due_on(consultation.held_on, goal.horizon):
            values["due_date"] = None
        if goal.baseline_level == level_today(values):
            values["baseline_level"] = None
        return values | {
            "activity": goal.activity_id,
            "belief": goal.belief_id,
            "replaces": goal.replaces_id,
            "lock": goal.levels_locked_at is not None,
        }

    def check(self, consultation, kept):
        """One goal takes the place of one other."""
        taken = set()
        for form in kept:
            old = form.cleaned_data.get("replaces")
            if old and NEW.match(form.row_id) and (old in taken or old not in changeable_goals(consultation)):
                form.add_error("change_reason", "That goal is changed already. Remove one of the two.")
            taken.add(old)

    def save_all(self, consultation, told, by):
        known = (
            {str(goal.pk): goal for goal in known_goals(consultation)} if any(id for id, _ in told) else {}
        )
        new = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
        found = [(known[id] if id else Goal(**new, heard_in=consultation), answers) for id, answers in told]
        open_ = [(goal, answers) for goal, answers in found if not is_fixed(goal, consultation)]
        write([(goal, self._columns(goal, answers, consultation)) for goal, answers in open_], ("id",))
        self._rate([goal for goal, _ in open_], consultation)
        return [goal for goal, _ in found]

    def _columns(self, goal, answers, consultation):
        """What is written of a goal. What was drafted from the old numbers follows the new ones."""
        old, day = goal, None
        baseline = answers["baseline_level"] or level_today(answers)
        if baseline is None and goal.baseline_level == level_today(vars(goal)):
            baseline = goal.baseline_level  # it was not on the page: the numbers that told it are emptied now
        if goal._state.adding and answers["replaces"]:
            old = changeable_goals(consultation)[answers["replaces"]]
            goal.replaces_id, day = old.pk, old.due_date
        return (
            {name: answers[name] for name in WORDS}
            | levels_of(old, answers)
            | {
                "activity_id": UUID(answers["activity"]) if answers["activity"] else None,
                "belief_id": UUID(answers["belief"]) if answers["belief"] else None,
                "better": answers["better"] or "higher",
                "due_date": answers["due_date"] or due_on(consultation.held_on, answers["horizon"]) or day,
                "baseline_level": None if baseline is None else int(baseline),
                "importance": int(answers["importance"]) if answers.get("importance") else None,
                "difficulty": int(answers["difficulty"]) if answers.get("difficulty") else None,
                "change_reason": answers["change_reason"] if goal.replaces_id else "",
                "levels_locked_at": timezone.now() if answers["lock"] else None,
            }
        )

    def _rate(self, goals, consultation):
        """Today's level of a goal agreed today is where it starts; the goal whose place it takes is changed."""
        said = {goal: (goal.baseline_level, "active", "") for goal in goals}
        if reasons := {goal.replaces_id: goal.change_reason for goal in goals if goal.replaces_id}:
            for old in known_goals(consultation):
                if old.pk in reasons:
                    said[old] = (level_rated(old), "changed", reasons[old.pk])
        names = ("level", "status", "status_reason")
        asked = {"clinic_id": consultation.clinic_id, "consultation": consultation}
        ratings = [
            GoalRating(**asked, goal=goal, **dict(zip(names, told, strict=True)))
            for goal, told in said.items()
            if told != said_today(goal)
        ]
        write_over(ratings, ("goal", "consultation"), names)

    def remove(self, consultation, row_id):
        goal = next(goal for goal in known_goals(consultation) if str(goal.pk) == row_id)
        if is_fixed(goal, consultation):
            return
        if goal.replaces_id:
            said = GoalRating.objects.filter(goal=goal.replaces_id, consultation=consultation)
            said.update(status="active", status_reason="")
        goal.delete()

    def reason_to_stay(self, consultation, row_id):
        goal = next(goal for goal in known_goals(consultation) if str(goal.pk) == row_id)
        if goal.heard_in_id != consultation.pk:
            return "This goal was agreed at an earlier visit, so it stays."
        return "The levels of this goal are locked, so it stays." if goal.levels_locked_at else ""

    def start(self, consultation, besides=()):
        """A goal begins with the activity in the plan that has none yet; `besides`: activities of goals on the page."""
        aimed = {goal.activity_id for goal in known_goals(consultation)} | set(besides)
        focus = in_focus(consultation)
        values = {"better": "higher", "belief": focus[0].pk if len(focus) == 1 else ""}
        for activity in known_activities(consultation):
            today = today_of(activity)
            if today and today.in_plan and activity.pk not in aimed:
                named = {"title": activity.activity, "activity": activity.pk}
                return values | named | {"unit": today.unit, "now_amount": now_of(today)}
        return values

    def another(self, consultation, data):
        """What the first goal is about, and what it tests, a second one need not."""
        kept = [id for id in data.getlist("goal") if data.get(f"goal-{id}-remove") != "yes"]
        posted = {data.get(f"goal-{id}-activity") for id in kept}
        besides = [each.pk for each in known_activities(consultation) if str(each.pk) in posted]
        return self.start(consultation, besides) | ({"belief": ""} if kept else {})

    def taken(self, consultation, goal_id):
        """A new version of a goal: its words. Today's amount and level are asked anew."""
        old = changeable_goals(consultation).get(goal_id)
        if old is None:
            return {}
        values = {name: getattr(old, name) for name in TAKEN}
        named = {"replaces": old.pk, "activity": old.activity_id, "belief": old.belief_id}
        return values | named | {"now_amount": None}


def is_better(then, now, better):
    return then < now if better == "lower" else then > now


def levels_of(old, answers):
    """The five texts: what was typed, and the new draft where the old one stood."""
    before, draft = drafted(vars(old)) if old else {}, drafted(answers)
    texts = {}
    for level, name in LEVEL_FIELDS.items():
        typed = answers[name] if answers[name] != before.get(level) else ""
        texts[name] = typed or draft.get(level, answers[name])
    return texts


def now_of(asked):
    """How much of an activity they can do now, in whole units; None when that was told in words."""
    if not asked.trials:
        return asked.guess
    return int(Fraction(sum(asked.trials), len(asked.trials)) + Fraction(1, 2))


def level_rated(goal):
    today = today_of(goal)
    return today.level if today else None


def said_today(goal):
    """(level, status, reason) as this visit has it of a goal; of one it asked nothing about, as it is by default."""
    today = today_of(goal)
    return (today.level, today.status, today.status_reason) if today else (None, "active", "")
