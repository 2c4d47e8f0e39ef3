"""Step 7: goals with dates, when to look at them together, and the plan for a bad week."""

from django.utils.text import Truncator

from consults.models import FlarePlan
from consults.models.question import Question
from consults.steps.asks import Ask, Asks, furthest
from consults.steps.findings import urgent_is_open
from consults.steps.goal_cards import draft_levels, goal_cards, write_reach
from consults.steps.goals import GoalRows
from consults.steps.known import known_activities, known_allies, known_goals, teach_back, today_of
from consults.steps.levels import LEVEL_FIELDS
from consults.steps.reviews import (
    A_DAY,
    NEXT,
    ReviewRows,
    add_review,
    date_in_words,
    move_review,
    next_dates,
    week_of,
)
from consults.steps.standing import OVER, StandingRows
from consults.steps.step import Step, StepForm
from consults.steps.writing import write
from education import library
from painconsult.ui.fields import Line, Several, Ticked, Words

FLARE = ("early_signs", "early_signs_words", "likely_triggers", "first_48h", "first_48h_words", "not_do")
FLARE += ("say_to_self", "who_to_tell", "back_to_plan_rule", "rehearsed")


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
        plan = plan_of(self.consultation)
        return {name: getattr(plan, name, None) for name in FLARE}


def plan_of(consultation):
    """What this visit wrote for a bad week; None while nothing was."""
    return getattr(consultation, "flare_plan", None)


def before(consultation, document, by):
    answers = document.form.cleaned_data
    known = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
    plan = plan_of(consultation) or FlarePlan(**known, consultation=consultation)
    write([(plan, {name: answers[name] for name in FLARE})])


def check(document):
    """A goal is changed, or it is over: not both."""
    over = {form.row_id for form in document.kept["standing"] if form.cleaned_data.get("status") in OVER}
    for form in document.kept["goal"]:
        if form.cleaned_data.get("replaces") in over:
            form.add_error(
                "change_reason", "That goal is marked as reached or let go. It is one or the other."
            )
    gone = {row_id for rows, row_id, form in document.rows if rows.name == "goal" and form is None}
    changed = {
        str(goal.replaces_id)
        for goal in (known_goals(document.consultation) if document.kept["standing"] else ())
        if goal.replaces_id and str(goal.pk) not in gone
    }
    for form in document.kept["standing"]:
        if form.row_id in changed and form.cleaned_data.get("status"):
            form.add_error("status", "This goal has a new version. It is one or the other.")


def _asked(visit):
    goals = visit.client.goals.filter(heard_in__number__lte=visit.number)
    return {
        "goals": goals.current(at=visit.number),
        "reviews": visit.reviews.all(),
        "plans": FlarePlan.objects.filter(consultation=visit),
    }


STANDS = Question(_asked)


def asks(consultation):
    found = STANDS.ask(consultation)
    plan = next(iter(found.plans), None)
    best = furthest([goal_asks(goal) for goal in found.goals or [None]])
    enough = [
        *best.enough,
        Ask("the next date", found.reviews, at="h-next"),
        Ask("the plan for a bad week", plan and (plan.first_48h or plan.first_48h_words), "first_48h"),
        Ask("what they will tell themselves", plan and plan.say_to_self, "say_to_self"),
    ]
    full = [*best.full, Ask("the first signs", plan and (plan.early_signs or plan.early_signs_words))]
    today = [goal for goal in found.goals if goal.heard_in_id == consultation.pk]
    return Asks(enough, full, afterwards=[other_levels(goal) for goal in today])


def goal_asks(goal):
    """What is asked of one goal; None: there is none yet."""
    there = goal is not None
    stands = there and goal.baseline_level is not None
    enough = [
        Ask("one goal", there, "title", rows="goal"),
        Ask("by when", there and goal.due_date, "horizon", rows="goal"),
        Ask("what they hope for, in words", there and goal.level_0, "level_0", rows="goal"),
        Ask("where they stand today", stands, "baseline_level", rows="goal"),
    ]
    return Asks(enough, [Ask("the levels above and below", there and goal.has_all_levels, alone=True)])


def other_levels(goal):
    """What is asked of a goal when the client has left."""
    best_first = [name for _, name in sorted(LEVEL_FIELDS.items(), reverse=True) if name != "level_0"]
    empty = [name for name in best_first if not getattr(goal, name)]
    label = f"the levels above and below “{Truncator(goal.title).chars(48)}”"
    return Ask(label, not empty, at=f"f-goal-{goal.pk}-{(empty or best_first)[0]}")


def put(consultation, data, what="", *names):
    """Write what the page offers: `review:<mode>-<day>`, `day:<review>:<day>`, `say`, `tell:<n>`, `back:<chip>`, `levels:<goal>`,
    `then:<goal>`."""
    if what == "review" and names and (found := NEXT.match(names[0])):
        add_review(data, found[1], found[2])
    if what == "day" and len(names) == 2 and names[0] in data.getlist("review") and A_DAY.match(names[1]):
        move_review(data, *names)
    if what == "say" and (words := teach_back(consultation)):
        data.setlist("say_to_self", [words])
    if what == "tell" and names:
        allies = {str(n): ally.name for n, ally in enumerate(known_allies(consultation))}
        if name := allies.get(names[0]):
            said = (data.get("who_to_tell") or "").strip()
            data.setlist("who_to_tell", [f"{said}, {name}" if said and name not in said else name])
    if what == "back" and names:
        labels = {chip.id: chip.label for chip in library.chips("flare_back_to_plan")}
        if text := labels.get(names[0]):
            data.setlist("back_to_plan_rule", [text])
    if what == "levels" and names:
        draft_levels(consultation, data, names[0])
    if what == "then" and names:
        write_reach(consultation, data, names[0])


def bad_days(consultation):
    """What was agreed for a bad day at this visit, of the activities that go on the plan."""
    asked = [today_of(activity) for activity in known_activities(consultation)]
    return [today.bad_day_version for today in asked if today and today.in_plan and today.bad_day_version]


def about(page):
    consultation, clinic = page.consultation, page.consultation.clinic
    words = teach_back(consultation)
    allies = [ally.name for ally in known_allies(consultation)]
    goals = goal_cards(page)
    return {
        "goals": goals,
        "reviews": [
            (sheet, *date_in_words(sheet, consultation.held_on), week_of(sheet, consultation.held_on))
            for sheet in page.rows["review"]
        ],
        "next_dates": next_dates(page, goals),
        "teach_back": words if words != page.sheet.text("say_to_self") else "",
        "bad_days": bad_days(consultation),
        "way_back": library.chips("flare_back_to_plan"),
        "allies": list(enumerate(allies)),
        "own_words_wait": urgent_is_open(consultation),
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
    rows=(GoalRows(), StandingRows(), ReviewRows()),
    needs_record=False,
    joined=("flare_plan",),
    before=before,
    check=check,
    put=put,
    about=about,
)
