"""Step 5: what matters, how much of it now, and the first step of a plan the client trusts."""

from dataclasses import replace

from consults.how_often import times_named
from consults.steps import cards
from consults.steps.activity_rows import SURE_ENOUGH, ActivityRows, agreed_before, no_weekly_step, plan_field
from consults.steps.asks import Ask, Asks, furthest
from consults.steps.pacing import (
    FIRST_UNITS,
    action_offered,
    arithmetic,
    counted_action,
    guessed_action,
    half_offered,
    pacing_of,
    whole_start,
    whole_step,
)
from consults.steps.step import Step, StepForm
from education import library
from painconsult.ui.fields import Words
from painconsult.ui.sheet import Sheet, as_posted

KINDS = ("loss",)
RATINGS = ("activity_rating", "importance", "willingness", "confidence")


class ActivitiesForm(StepForm):
    cards = cards.CardUses()
    support_between_visits = Words(500, label="Support between visits")


def has_amount(visit):
    return bool(visit.trials) or visit.guess is not None or bool(visit.now_words)


def is_sure(visit):
    return visit.confidence is not None and (visit.confidence >= SURE_ENOUGH or bool(visit.confidence_reason))


def asks(consultation):
    visits = list(consultation.activity_visits.select_related("activity"))
    best = furthest([activity_asks(visit) for visit in visits if visit.in_plan] or [activity_asks(None)])
    return replace(best, begun=bool(visits))


def activity_asks(visit):
    """What is asked of one activity; None: there is none yet."""
    there = visit is not None
    why = there and visit.activity.why_it_matters
    rated = there and _is_rated(visit)
    ready = rated and _is_ready(visit)
    first_step = there and visit.if_cue and visit.then_action
    start = there and (visit.start_amount is not None or visit.now_words)
    enough = [
        Ask("one activity", there, "activity", rows="activity"),
        Ask("what makes it matter", why, "why_it_matters", rows="activity"),
        Ask("the four ratings", rated, *RATINGS, rows="activity"),
        Ask("a plan for what gets in the way", ready, "barriers_chosen", rows="activity"),
        Ask("how much now", there and has_amount(visit), "amounts", rows="activity"),
        Ask("the first step", first_step, "if_cue", "then_action", rows="activity"),
        Ask("times a week", there and visit.times_a_week, "frequency_per_week", rows="activity"),
    ]
    full = [
        Ask("a start amount", start),
        Ask("confidence of 7, or why less will do", there and is_sure(visit)),
    ]
    return Asks(enough, full)


def _is_rated(visit):
    return all(getattr(visit, name) is not None for name in RATINGS)


def _is_ready(visit):
    return visit.confidence >= SURE_ENOUGH or bool(visit.barriers) or bool(visit.confidence_reason)


def row_of(page, sheet):
    """One activity as the template reads it: the arithmetic beside the tries, and what is offered."""
    pacing, earlier = pacing_of(sheet), agreed_before(page.consultation).get(sheet.row_id)
    units = sheet.fields["unit"].options
    return {
        "row": sheet,
        "pacing": arithmetic(sheet, pacing) if pacing else None,
        "unit": units.get(sheet.text("unit"), ""),
        "first_units": list(units.items())[:FIRST_UNITS],
        "other_units": list(units.items())[FIRST_UNITS:],
        "other_unit_chosen": sheet.text("unit") in list(units)[FIRST_UNITS:],
        "times": times(sheet),
        "named": times_named(sheet.text("if_cue")),
        "barriers": barriers(sheet),
        "action": counted_action(sheet),
        "guessed": guessed_action(sheet),
        "half": half_offered(sheet),
        "fixed": earlier is not None,
        "was": earlier.before if earlier else None,
        "carried": earlier is not None and earlier.now is None and earlier.before is not None,
    }


def barriers(sheet):
    """[(id, name, chosen, the field for what then)]"""
    chosen = sheet.texts("barriers_chosen")
    options = sheet.fields["barriers_chosen"].options
    return [(id, name, id in chosen, plan_field(id)) for id, name in options.items()]


def times(sheet):
    """[(posted value, words, chosen, whether the cue says it)]: one to seven, twice a day, and what was chosen besides."""
    chosen, named = sheet.text("frequency_per_week"), str(times_named(sheet.text("if_cue")))
    shown = [(str(number), str(number)) for number in range(1, 8)]
    if chosen in sheet.fields["frequency_per_week"].values and 7 < int(chosen) < 14:
        shown.append((chosen, chosen))
    shown.append(("14", "Twice a day"))
    return [(value, words, value == chosen, not chosen and value == named) for value, words in shown]


def open_row(page):
    """A blank first activity, when nothing heard earlier waits to be taken up."""
    rows, prefix = page.step.rows[0], "activity-new1"
    fields = page.blank["activity"]
    data = as_posted(fields, rows.start(page.consultation), prefix)
    return Sheet(fields, data, prefix=prefix, kind="activity", row_id="new1", stored=False, removed=False)


def put(consultation, data, what="", row_id="", *_):
    """Write what the page offers into one activity: `pace`, `action` or `half`."""
    rows, prefix = ActivityRows(), f"activity-{row_id}"
    sheet = Sheet(rows.form(consultation=consultation).fields, data, prefix=prefix)
    if what == "pace" and (pacing := pacing_of(sheet)):
        data.setlist(f"{prefix}-amounts", ["measured"])
        data.setlist(f"{prefix}-start_amount", [str(whole_start(pacing))])
        if "increment" in sheet:
            data.setlist(f"{prefix}-increment", [str(whole_step(pacing))])
        if not sheet.text("then_action").strip():
            data.setlist(f"{prefix}-then_action", [action_offered(sheet)])
    if what == "action" and action_offered(sheet):
        data.setlist(f"{prefix}-then_action", [action_offered(sheet)])
    if what == "half" and half_offered(sheet):
        data.setlist(f"{prefix}-bad_day_version", [half_offered(sheet)])


def about(page):
    waiting, sheets = cards.waiting(page, KINDS, "activity"), page.rows["activity"]
    if page.data is None and not sheets and not any(not became for _, became in waiting):
        sheets = [open_row(page)]
    return {
        "cards": [(card, became, ()) for card, became in waiting],
        "questions": {question.id: question for question in library.questions("activity")},
        "activities": [row_of(page, sheet) for sheet in sheets],
        "no_weekly_step": no_weekly_step(page.consultation),
    }


def after(consultation, document, saved, by):
    cards.use(consultation, document, saved, KINDS, "activity")


STEP = Step(
    slug="activities",
    form=ActivitiesForm,
    asks=asks,
    rows=(ActivityRows(),),
    needs_record=False,
    after=after,
    put=put,
    about=about,
)
