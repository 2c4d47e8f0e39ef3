"""How goals are shown: what the numbers give, which day it is, and what can no longer change."""

from consults.steps.activity_rows import no_weekly_step
from consults.steps.goals import GoalForm
from consults.steps.known import activity_options, belief_options, known_activities, known_goals, today_of
from consults.steps.levels import LEVEL_FIELDS, LEVEL_NAMES, draft_of, level_today, numbers_of
from consults.steps.pacing import FIRST_UNITS, reach
from consults.steps.reviews import day_of, due_on
from consults.steps.standing import is_fixed, open_goals
from education import library
from painconsult.ui.fields import WHOLE
from painconsult.ui.sheet import Sheet


def goal_cards(page):
    """The goals of a page. A new version stands right after the goal whose place it takes."""
    consultation, sheets = page.consultation, page.rows["goal"]
    known = {str(goal.pk): goal for goal in known_goals(consultation)}
    fixed = {row_id: goal for row_id, goal in known.items() if is_fixed(goal, consultation)}
    newer = {}
    for sheet in sheets:
        newer.setdefault(sheet.text("replaces"), []).append(sheet)
    cards = []
    for sheet in sheets:
        if sheet.text("replaces") not in fixed:
            cards.append(sheet)
        if sheet.row_id in fixed:
            cards += newer.get(sheet.row_id, [])
    named = (activity_options(consultation), belief_options(consultation))
    return [
        standing_card(page, sheet, fixed[sheet.row_id], newer, named)
        if sheet.row_id in fixed
        else written_card(page, sheet, known.get(sheet.text("replaces")), named)
        for sheet in cards
    ]


def standing_card(page, sheet, goal, newer, named):
    """A goal that stays as it is, and what can still be said of it."""
    activities, beliefs = named
    is_changed = any(not each.removed for each in newer.get(sheet.row_id, []))
    may_change = goal in open_goals(page.consultation) and not is_changed
    return {
        "row": sheet,
        "goal": goal,
        "activity": activities.get(str(goal.activity_id), ""),
        "belief": beliefs.get(str(goal.belief_id), ""),
        "is_changed": is_changed,
        "may_change": may_change,
        "due": goal.due_date if may_change else None,
        "standing": next((one for one in page.rows["standing"] if one.row_id == sheet.row_id), None),
        "to_finish": goal.levels_locked_at is None and bool(goal.level_0),
    }


def written_card(page, sheet, old, named):
    """A goal that is being written: what is drafted from the numbers, and the day of each horizon."""
    activities, beliefs = named
    held_on, own_day = page.consultation.held_on, day_of(sheet, "due_date")
    draft, units = draft_of(sheet), list(sheet.fields["unit"].options.items())
    due = None if sheet.removed else due_of(page.consultation, sheet, old)
    found = reach_of(page.consultation, sheet, due)
    return {
        "row": sheet,
        "old": old,
        "horizons": [
            (chip, due_on(held_on, chip.id), chip.id == sheet.text("horizon"))
            for chip in library.chips("horizons")
        ],
        "activity": activities.get(sheet.text("activity"), ""),
        "belief": beliefs.get(sheet.text("belief"), ""),
        "unit": dict(units).get(sheet.text("unit"), ""),
        "first_units": units[:FIRST_UNITS],
        "other_units": units[FIRST_UNITS:],
        "other_unit_chosen": sheet.text("unit") in dict(units[FIRST_UNITS:]),
        "own_day": own_day or sheet.error("due_date"),
        "due": due,
        "reach": found,
        "reach_offered": found and may_hope_for(found, sheet),
        "today": None if sheet.text("baseline_level") else level_today(numbers_of(sheet)),
        "expected": sheet.text("level_0") or draft.get(0, ""),
        "levels": [
            (name, draft.get(level, "")) for level, name in sorted(LEVEL_FIELDS.items(), reverse=True)
        ],
        "drafted": bool(draft),
        "ladder": [
            (LEVEL_NAMES[name], draft[level])
            for level, name in sorted(LEVEL_FIELDS.items())
            if level > 0 and draft.get(level) and not sheet.text(name)
        ],
        "levels_open": any(sheet.error(name) for name in LEVEL_FIELDS.values()),
    }


def due_of(consultation, sheet, old=None):
    """The day of a goal that is being written: its own, its horizon's, or that of the goal whose place it takes."""
    counted = due_on(consultation.held_on, sheet.text("horizon"))
    return day_of(sheet, "due_date") or counted or (old and old.due_date)


def reach_of(consultation, sheet, due):
    """How far the weekly step of this goal's activity goes by its day; see pacing.reach. After small efforts that
    crash there is no such step (guide E.2, `pem`), whatever was agreed before."""
    activities = {str(each.pk): each for each in known_activities(consultation)}
    activity, numbers = activities.get(sheet.text("activity")), numbers_of(sheet)
    asked = activity and today_of(activity)
    if not (due and asked and asked.in_plan) or due < consultation.held_on or no_weekly_step(consultation):
        return None
    is_alike = numbers and numbers["unit"] == asked.unit and numbers["better"] != "lower"
    return reach(asked, consultation.held_on, due, numbers["expected_amount"] if is_alike else None)


def draft_levels(consultation, data, row_id):
    """The four other levels from the numbers, over what stands there."""
    prefix = f"goal-{row_id}"
    draft = draft_of(Sheet(GoalForm(consultation=consultation).fields, data, prefix=prefix))
    for level, text in draft.items():
        if level != 0 or not data.get(f"{prefix}-level_0"):
            data.setlist(f"{prefix}-{LEVEL_FIELDS[level]}", [text])


def may_hope_for(found, sheet):
    """Whether what the weekly step reaches would do as the number they hope for, where none is written yet."""
    now, unit = sheet.text("now_amount"), sheet.text("unit")
    is_more = WHOLE.match(now) and found["number"] > int(now) and sheet.text("better") != "lower"
    may_stand = found["unit"] and found["number"] <= sheet.fields["expected_amount"].most
    return bool(is_more and may_stand and unit in ("", found["unit"]) and not sheet.text("expected_amount"))


def write_reach(consultation, data, row_id):
    """Write what the weekly step reaches by the day of the goal as the number they hope for."""
    prefix = f"goal-{row_id}"
    sheet = Sheet(GoalForm(consultation=consultation).fields, data, prefix=prefix)
    known = {str(goal.pk): goal for goal in known_goals(consultation)}
    due = due_of(consultation, sheet, known.get(sheet.text("replaces")))
    found = reach_of(consultation, sheet, due)
    if found and may_hope_for(found, sheet):
        data.setlist(f"{prefix}-unit", [found["unit"]])
        data.setlist(f"{prefix}-expected_amount", [str(found["number"])])
