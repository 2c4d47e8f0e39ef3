"""Step 7: goals with dates, when to look at them together, and the plan for a bad week."""

import re
from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

from django.utils import timezone

from consults import scoring
from consults.models import FlarePlan, Goal, GoalRating, Review
from consults.steps.activities import FIRST_UNITS, counted
from consults.steps.document import Asks, RowForm, Rows, Step, StepForm
from consults.steps.reframe import activity_options, belief_options, in_focus
from education import library
from painconsult.ui.fields import Choice, Day, Line, Several, Ticked, Whole, Words
from painconsult.ui.sheet import Sheet

BETTER = {"higher": "More is better", "lower": "Less is better"}
BASELINES = {"-1": "Some", "-2": "None yet"}
LEVEL_FIELDS = {-2: "level_m2", -1: "level_m1", 0: "level_0", 1: "level_p1", 2: "level_p2"}
FLARE = ("early_signs", "early_signs_words", "likely_triggers", "first_48h", "first_48h_words", "not_do")
FLARE += ("say_to_self", "who_to_tell", "back_to_plan_rule", "rehearsed")
NEXT = re.compile(r"(visit|call|message)-([0-9]{4}-[0-9]{2}-[0-9]{2})\Z")


class TimescaleForm(StepForm):
    early_signs = Several({}, label="First signs of a bad week")
    early_signs_words = Line(300, label="Other first signs")
    likely_triggers = Line(300, label="What often comes before it")
    first_48h = Several({}, label="The first two days")
    first_48h_words = Line(300, label="Something else that helps")
    not_do = Several({}, label="What to leave out")
    say_to_self = Line(300, label="What they will tell themselves")
    who_to_tell = Line(200, label="Whom they will tell")
    back_to_plan_rule = Line(300, label="The way back to the plan")
    rehearsed = Ticked(label="We went through it once together")
    end_of_care_sign = Words(500, label="How they will know they can carry on alone")

    def fit(self, consultation):
        for name in ("early_signs", "first_48h", "not_do"):
            chips = library.chips(f"flare_{name}")
            self.fields[name].options = {chip.id: chip.label for chip in chips}

    def shown(self):
        plan = FlarePlan.objects.filter(consultation=self.consultation).first()
        return {name: getattr(plan, name, None) for name in FLARE}


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
        for name, sentence in list(overlapping(answers)):
            self.add_error(name, sentence)


def drafted(answers):
    """The five levels as ranges from unit, now and expected (guide B.3): {level: text}, {} without numbers."""
    now, expected, unit = answers["now_amount"], answers["expected_amount"], answers["unit"]
    if now is None or expected is None or not unit:
        return {}
    none_today = now == 0 or str(answers.get("baseline_level")) == "-2"
    levels = scoring.goal_levels(now, expected, better=answers["better"] or "higher", none_today=none_today)
    return {level: range_in_words(*bounds, unit) for level, bounds in levels.items() if bounds}


def range_in_words(low, high, unit):
    """A range as one says it: 1 hole or fewer, 2 to 8 holes, 9 holes or more."""
    if low in (None, 0) and high == 0:
        return f"no {counted(0, unit)[2:]}"
    if high is None:
        return f"{counted(low, unit)} or more"
    if low is None:
        return f"{counted(high, unit)} or fewer"
    return counted(low, unit) if low == high else f"{low} to {counted(high, unit)}"


def overlapping(answers):
    """Yield (field, sentence) where two typed levels claim the same number."""
    ranges = {level: range_of(answers.get(name, "")) for level, name in LEVEL_FIELDS.items()}
    known = sorted((bounds, level) for level, bounds in ranges.items() if bounds)
    for (low, level), (next_low, next_level) in pairwise(known):
        if next_low[0] <= low[1]:
            yield (
                LEVEL_FIELDS[next_level],
                f"This overlaps with “{answers[LEVEL_FIELDS[level]]}”: {next_low[0]} would be both.",
            )


def range_of(text):
    """(low, high) when a level begins with a number or a range such as "10 to 12"; None for words."""
    match = re.match(r"([0-9]{1,4})(?:\s*(?:to|-|–)\s*([0-9]{1,4}))?\s+(\S+)(.*)", text)
    if not match:
        return None
    low, high = int(match[1]), int(match[2] or match[1])
    if re.search(r"\bor more\b", match[4]) or match[4].strip().startswith("or more"):
        high = 9999
    if re.search(r"\bor (fewer|less)\b", match[4]):
        low = 0
    return (low, high) if low <= high else (high, low)


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


class ReviewForm(RowForm):
    due = Day(label="When you will look at it together", first=date(2000, 1, 1))
    mode = Choice(Review.MODES, label="How")
    main, main_missing = "due", "Fill in the day, or remove this review."
    quiet = ("mode",)


class ReviewRows(Rows):
    name, form, most = "review", ReviewForm, 6

    def stored(self, consultation):
        return [
            (str(review.pk), {"due": review.due, "mode": review.mode})
            for review in consultation.reviews.all()
        ]

    def save(self, consultation, row_id, answers, by):
        review = (
            consultation.reviews.get(pk=row_id)
            if row_id
            else Review(
                clinic_id=consultation.clinic_id, client_id=consultation.client_id, booked_in=consultation
            )
        )
        review.due, review.mode = answers["due"], answers["mode"] or "visit"
        review.save()
        return review

    def remove(self, consultation, row_id):
        consultation.reviews.filter(pk=row_id, status="due").delete()

    def check(self, consultation, kept):
        for form in kept:
            if form.cleaned_data.get("due") and form.cleaned_data["due"] < consultation.held_on:
                form.add_error("due", "This day lies before the visit. Choose a later one.")


def due_on(day, horizon):
    """The date of a horizon counted from the visit; calendar months clip to the last day (guide G.3)."""
    if not horizon:
        return None
    chip = next(chip for chip in library.chips("horizons") if chip.id == horizon)
    if not chip.months:
        return day + timedelta(days=chip.days)
    months = day.year * 12 + day.month - 1 + chip.months
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def before(consultation, document, by):
    answers = document.form.cleaned_data
    FlarePlan.objects.update_or_create(
        consultation=consultation,
        defaults={
            "clinic_id": consultation.clinic_id,
            "client_id": consultation.client_id,
            **{name: answers[name] for name in FLARE},
        },
    )


def asks(consultation):
    """Each goal is judged by itself, and the furthest one counts."""
    goals = consultation.client.goals.all()
    plan = FlarePlan.objects.filter(consultation=consultation).first()
    best = max((_goal_asks(goal) for goal in goals), key=_how_far, default=_goal_asks(None))
    enough = [
        *best[:-1],
        ("the next date", consultation.reviews.exists()),
        ("the plan for a bad week", bool(plan and (plan.first_48h or plan.first_48h_words))),
        ("what they will tell themselves", bool(plan and plan.say_to_self)),
    ]
    full = [
        best[-1],
        ("the first signs", bool(plan and (plan.early_signs or plan.early_signs_words))),
    ]
    return Asks(enough, full)


def _how_far(labels):
    return sum(bool(there) for _, there in labels)


def _goal_asks(goal):
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


def draft_of(sheet):
    """The levels drafted from what is on the page; nothing while a number is missing or makes no sense."""
    numbers = [sheet.text(name).strip() for name in ("now_amount", "expected_amount")]
    if not all(re.match(r"[0-9]{1,4}\Z", number) for number in numbers):
        return {}
    if sheet.text("unit") not in sheet.fields["unit"].options:
        return {}
    answers = {name: sheet.text(name) for name in ("unit", "better", "baseline_level")}
    answers |= {"now_amount": int(numbers[0]), "expected_amount": int(numbers[1])}
    try:
        return drafted(answers)
    except ValueError:
        return {}


def fixed(consultation):
    """{id: goal} of goals that stay as they are: locked, or set at an earlier visit."""
    return {
        str(goal.pk): goal
        for goal in consultation.client.goals.select_related("activity", "belief")
        if goal.levels_locked_at is not None or goal.heard_in_id != consultation.pk
    }


def next_dates(page):
    """[(token, words, day, how)]: when to look at it together, the likeliest first (guide G.3).

    Visits by default after two and six weeks; a first step for this week is asked after by phone.
    """
    start = page.consultation.held_on
    goals = [sheet for sheet in page.rows["goal"] if not sheet.removed]
    horizon = next((sheet.text("horizon") for sheet in goals if sheet.text("horizon")), "")
    offers = [("In 2 weeks", start + timedelta(days=14), "visit")]
    if horizon in ("today", "this_week"):
        offers.insert(0, ("In a week", start + timedelta(days=7), "call"))
    offers.append(("In 6 weeks", start + timedelta(days=42), "visit"))
    if horizon in ("3_months", "6_months"):
        offers.append(("When the goal is due", due_on(start, horizon), "visit"))
    booked = {day_of(sheet) for sheet in page.rows["review"] if not sheet.removed}
    return [
        (f"{how}-{day.isoformat()}", words, day, Review.MODES[how])
        for words, day, how in offers
        if (day.day, day.month, day.year) not in booked
    ]


def day_of(sheet):
    parts = [sheet.data.get(f"{sheet.name('due')}-{part}") or "" for part in ("day", "month", "year")]
    return tuple(int(part) if re.match(r"[0-9]{1,4}\Z", part) else 0 for part in parts)


def put(consultation, data, what="", *names):
    """Write what the page offers: `review:<mode>-<day>`, `say`, `tell:<n>`, `back:<chip>`, `levels:<goal>`."""
    if what == "review" and names and (found := NEXT.match(names[0])):
        _add_review(data, found[1], found[2].split("-"))
    if what == "say" and consultation.teach_back_client_words:
        data.setlist("say_to_self", [one_line(consultation.teach_back_client_words)])
    if what == "tell" and names:
        allies = {str(n): ally.name for n, ally in enumerate(consultation.client.allies.all())}
        if name := allies.get(names[0]):
            said = (data.get("who_to_tell") or "").strip()
            data.setlist("who_to_tell", [f"{said}, {name}" if said and name not in said else name])
    if what == "back" and names:
        labels = {chip.id: chip.label for chip in library.chips("flare_back_to_plan")}
        if text := labels.get(names[0]):
            data.setlist("back_to_plan_rule", [text])
    if what == "levels" and names:
        _draft_levels(consultation, data, names[0])


def _add_review(data, mode, day):
    taken = set(data.getlist("review"))
    row_id = next(name for n in range(1, 999) if (name := f"new{n}") not in taken)
    data.appendlist("review", row_id)
    for part, text in zip(("year", "month", "day"), day, strict=True):
        data.setlist(f"review-{row_id}-due-{part}", [str(int(text))])
    data.setlist(f"review-{row_id}-mode", [mode])


def _draft_levels(consultation, data, row_id):
    """The four other levels from the numbers, over what stands there."""
    prefix = f"goal-{row_id}"
    draft = draft_of(Sheet(GoalForm(consultation=consultation).fields, data, prefix=prefix))
    for level, text in draft.items():
        if level != 0 or not data.get(f"{prefix}-level_0"):
            data.setlist(f"{prefix}-{LEVEL_FIELDS[level]}", [text])


def one_line(words):
    return " ".join(words.split())


def about(page):
    consultation, clinic = page.consultation, page.consultation.clinic
    teach_back = one_line(consultation.teach_back_client_words)
    allies = [ally.name for ally in consultation.client.allies.all()]
    return {
        "goals": [row_of(page, sheet) for sheet in page.rows["goal"]],
        "next_dates": next_dates(page),
        "teach_back": teach_back if teach_back != page.sheet.text("say_to_self") else "",
        "way_back": library.chips("flare_back_to_plan"),
        "allies": list(enumerate(allies)),
        "help": library.get_help(
            emergency=clinic.emergency_contact,
            crisis=clinic.crisis_contact,
            clinic=clinic.clinic_contact,
            on="flare",
        ),
    }


STEP = Step(
    slug="timescale",
    form=TimescaleForm,
    asks=asks,
    rows=(GoalRows(), ReviewRows()),
    needs_record=False,
    before=before,
    put=put,
    about=about,
)
