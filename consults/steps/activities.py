"""Step 5: what matters, how much of it now, and the first step of a plan the client trusts."""

from fractions import Fraction

from consults import scoring
from consults.models import Activity, ActivityVisit
from consults.steps import cards
from consults.steps.document import Asks, RowForm, Rows, Step, StepForm, is_untouched
from education import library
from painconsult.ui.fields import WHOLE, Choice, Line, Rating, Several, Ticked, Whole, Words
from painconsult.ui.sheet import Sheet, as_posted

KINDS = ("loss",)
MOST_IN_PLAN = 2
SURE_ENOUGH = 7  # guide G.5: below it, shrink the step or plan for what gets in the way
WRONG_ACTIVITY_BELOW = 6  # guide G.5: then something else matters more
AMOUNTS = {"measured": "We have tries", "recalled": "A guess", "words": "No number"}
AMOUNT_FIELDS = {
    "measured": ("trial_1", "trial_2", "trial_3", "start_amount", "increment"),
    "recalled": ("guess",),
    "words": ("now_words",),
}
FIRST_UNITS = 6  # shown before the others


class ActivitiesForm(StepForm):
    cards = cards.CardUses()
    support_between_visits = Words(500, label="Support between visits")


class Times(Rating):
    """How many times a week, up to twice a day. Pressed, not typed."""

    def __init__(self, **kwargs):
        super().__init__(top=14, **kwargs)
        del self.values["0"]


class ActivityForm(RowForm):
    card = cards.card_field()
    activity = Line(200, label="What they want to do more of")
    why_it_matters = Words(500, label="What makes it matter?")
    activity_rating = Rating(label="How well they can do it now")
    importance = Rating(label="How important it is")
    willingness = Rating(label="Discomfort they would be willing to have")
    confidence = Rating(label="How sure they are to do it this week")
    confidence_reason = Line(300, label="Going ahead with less, because")
    barriers_chosen = Several({}, label="What could get in the way?")
    barrier_plan = Line(300, label="And what then?")
    in_plan = Ticked(label="In the plan")
    amounts = Choice(AMOUNTS, label="How much can they do now?")
    unit = Choice({}, label="Counted in")
    trial_1 = Whole(0, 9999, label="First try")
    trial_2 = Whole(0, 9999, label="Second try")
    trial_3 = Whole(0, 9999, label="Third try")
    guess = Whole(0, 9999, label="Their guess")
    now_words = Line(300, label="Now, in words")
    start_amount = Whole(0, 9999, label="Start with")
    increment = Whole(0, 9999, label="Add a week")
    frequency_per_week = Times(label="Times a week")
    if_cue = Line(300, label="When, where, after what")
    then_action = Line(300, label="They will")
    bad_day_version = Line(300, label="On a bad day")
    valued_domain = Choice({}, label="Part of life")
    main, main_missing = "activity", "Say what they want to do more of, or remove it."
    quiet = ("card", "in_plan", "amounts", "unit")

    def fit(self, consultation):
        for name, chips in (
            ("barriers_chosen", "barriers"),
            ("unit", "units"),
            ("valued_domain", "valued_domains"),
        ):
            self.fields[name].options = {chip.id: chip.label for chip in library.chips(chips)}
        if no_weekly_step(consultation):
            del self.fields["increment"]

    def clean(self):
        super().clean()
        answers = self.cleaned_data
        if (
            answers.get("barriers_chosen")
            and not answers.get("barrier_plan")
            and "barrier_plan" not in self.errors
        ):
            self.add_error("barrier_plan", "One sentence: what will they do when that gets in the way?")
        self._keep_one_way_of_counting(answers)
        if self._amount_without_unit(answers):
            self.add_error("unit", "Choose what it is counted in.")

    def _keep_one_way_of_counting(self, answers):
        """Tries, a guess or words: what belongs to the other two is not on the page, so it is not kept.

        After a guess week one is for counting, so there is no start and no weekly step (guide G.2).
        """
        chosen = answers.get("amounts")
        for way, names in AMOUNT_FIELDS.items():
            if chosen and way != chosen:
                for name in names:
                    if name in answers:
                        answers[name] = "" if name == "now_words" else None

    def _amount_without_unit(self, answers):
        counted = [answers.get(name) for name in ("trial_1", "trial_2", "trial_3", "guess")]
        return any(value is not None for value in counted) and not answers.get("unit")


class ActivityRows(Rows):
    """The client's valued activities. What each is stays fixed once its visit is completed."""

    name, form, most = "activity", ActivityForm, 8
    LASTING = ("activity", "why_it_matters", "valued_domain")
    DERIVED = ("card", "barriers_chosen", "barrier_plan")

    def stored(self, consultation):
        visits = {visit.activity_id: visit for visit in consultation.activity_visits.all()}
        return [
            (str(activity.pk), self._values(activity, visits.get(activity.pk)))
            for activity in consultation.client.activities.all()
        ]

    def _values(self, activity, visit):
        values = {
            name: getattr(activity if name in self.LASTING else visit, name, None)
            for name in ActivityForm.base_fields
            if name not in self.DERIVED
        }
        barriers = visit.barriers if visit else []
        return values | {
            "barriers_chosen": [barrier["barrier"] for barrier in barriers],
            "barrier_plan": barriers[0]["plan"] if barriers else "",
        }

    def save(self, consultation, row_id, answers, by):
        activity = (
            consultation.client.activities.get(pk=row_id)
            if row_id
            else Activity(
                clinic_id=consultation.clinic_id, client_id=consultation.client_id, heard_in=consultation
            )
        )
        if activity.heard_in_id == consultation.pk:
            for name in self.LASTING:
                setattr(activity, name, answers[name])
            activity.save()
        asked = (
            activity.heard_in_id == consultation.pk
            or consultation.activity_visits.filter(activity=activity).exists()
        )
        if not asked and is_untouched(answers, but=(*self.LASTING, "card")):
            return activity
        visit, _ = ActivityVisit.objects.get_or_create(
            activity=activity, consultation=consultation, defaults={"clinic_id": consultation.clinic_id}
        )
        for name, value in answers.items():
            if name not in (*self.LASTING, *self.DERIVED):
                setattr(visit, name, value)
        visit.barriers = [
            {"barrier": barrier, "plan": answers["barrier_plan"]} for barrier in answers["barriers_chosen"]
        ]
        visit.save()
        return activity

    def remove(self, consultation, row_id):
        activity = consultation.client.activities.filter(pk=row_id, heard_in=consultation).first()
        if activity and not activity.goals.exists():
            activity.delete()

    def reason_to_stay(self, consultation, row_id):
        activity = consultation.client.activities.get(pk=row_id)
        if activity.heard_in_id != consultation.pk:
            return "This activity was agreed at an earlier visit. Take it out of the plan instead of removing it."
        return "A goal belongs to this activity. Remove the goal first." if activity.goals.exists() else ""

    def check(self, consultation, kept):
        planned = [form for form in kept if form.cleaned_data.get("in_plan")]
        if len(planned) > MOST_IN_PLAN:
            planned[-1].add_error(
                "in_plan", "Two activities at a time are plenty. Keep the others for later."
            )

    def taken(self, consultation, card_id):
        return {**self.start(consultation), **cards.taken(consultation, card_id, "activity")}

    def start(self, consultation):
        others = consultation.activity_visits.filter(in_plan=True).count()
        return {"in_plan": others < MOST_IN_PLAN, "amounts": "measured"}


def no_weekly_step(consultation):
    """With crashes after small efforts there is no fixed weekly increase (guide E.2 pem, G.2)."""
    return any(finding.flag == "pem" and finding.is_open for finding in consultation.client.findings.all())


def pacing_of(sheet):
    """The arithmetic shown beside the tries on a page: a scoring.Pacing, or None."""
    texts = [sheet.text(name) for name in ("trial_1", "trial_2", "trial_3")]
    trials = [int(text) for text in texts if WHOLE.match(text) and int(text)]
    return scoring.pacing(trials) if trials and sheet.text("amounts") in ("", "measured") else None


def whole_start(pacing):
    """A start amount that can be done: 80 % of the baseline in whole units, at least one."""
    return max(1, int(pacing.start + Fraction(1, 2)))


def whole_step(pacing):
    """A weekly step that can be done: 10 % of the baseline in whole units, at least one."""
    return max(1, int(pacing.step + Fraction(1, 2)))


def has_amount(visit):
    return bool(visit.trials) or visit.guess is not None or bool(visit.now_words)


def is_sure(visit):
    return visit.confidence is not None and (visit.confidence >= SURE_ENOUGH or bool(visit.confidence_reason))


def asks(consultation):
    """Each activity in the plan is judged by itself: two half-filled ones are not one whole."""
    visits = consultation.activity_visits.filter(in_plan=True).select_related("activity")
    judged = [(_enough(visit), _full(visit)) for visit in visits]
    enough, full = max(judged, key=_how_far, default=(_enough(None), []))
    return Asks(enough, full, begun=consultation.activity_visits.exists())


def _how_far(judged):
    return tuple(sum(bool(there) for _, there in labels) for labels in judged)


def _enough(visit):
    """The row of guide A.9 for one activity; None: there is none yet."""
    there = visit is not None
    rated = there and _is_rated(visit)
    return [
        ("one activity", there),
        ("what makes it matter", there and visit.activity.why_it_matters),
        ("the four ratings", rated),
        ("a plan for what gets in the way", rated and _is_ready(visit)),
        ("how much now", there and has_amount(visit)),
        ("the first step", there and visit.if_cue and visit.then_action),
        ("times a week", there and visit.frequency_per_week),
    ]


def _full(visit):
    return [
        ("a start amount", visit.start_amount is not None or visit.now_words),
        ("confidence of 7, or why less will do", is_sure(visit)),
    ]


def _is_rated(visit):
    names = ("activity_rating", "importance", "willingness", "confidence")
    return all(getattr(visit, name) is not None for name in names)


def _is_ready(visit):
    return visit.confidence >= SURE_ENOUGH or bool(visit.barriers) or bool(visit.confidence_reason)


def row_of(page, sheet):
    """One activity as the template reads it: the arithmetic beside the tries, and what is offered."""
    pacing = pacing_of(sheet)
    units = sheet.fields["unit"].options
    confidence, importance = sheet.text("confidence"), sheet.text("importance")
    return {
        "row": sheet,
        "pacing": arithmetic(sheet, pacing) if pacing else None,
        "unit": units.get(sheet.text("unit"), ""),
        "first_units": list(units.items())[:FIRST_UNITS],
        "other_units": list(units.items())[FIRST_UNITS:],
        "other_unit_chosen": sheet.text("unit") in list(units)[FIRST_UNITS:],
        "times": times(sheet),
        "unsure": bool(WHOLE.match(confidence)) and int(confidence) < SURE_ENOUGH,
        "elsewhere": bool(WHOLE.match(importance)) and int(importance) < WRONG_ACTIVITY_BELOW,
        "action": action_offered(sheet),
        "half": half_offered(sheet),
        "fixed": sheet.row_id in fixed(page.consultation),
    }


def arithmetic(sheet, pacing):
    """Baseline, start and weekly step as they are shown, with what each becomes in whole units."""
    start, step = whole_start(pacing), whole_step(pacing)
    return {
        "baseline": scoring.shown(pacing.baseline),
        "start": scoring.shown(pacing.start),
        "step": scoring.shown(pacing.step),
        "whole_start": start,
        "whole_step": step,
        "start_way": way(pacing.start, start),
        "step_way": way(pacing.step, step),
        "used": (sheet.text("start_amount"), sheet.text("increment") if "increment" in sheet else str(step))
        == (str(start), str(step)),
    }


def way(exact, whole):
    """Which way a number was rounded, in words; nothing when it was whole already."""
    if exact == whole:
        return ""
    return "rounded up" if whole > exact else "rounded down"


def times(sheet):
    """[(posted value, words, chosen)]: one to seven, twice a day, and what was chosen besides."""
    chosen = sheet.text("frequency_per_week")
    shown = [(str(number), str(number)) for number in range(1, 8)]
    if chosen in sheet.fields["frequency_per_week"].values and 7 < int(chosen) < 14:
        shown.append((chosen, chosen))
    return [(value, words, value == chosen) for value, words in [*shown, ("14", "Twice a day")]]


def action_offered(sheet):
    """What they will do, from the activity and its amount; nothing while there is no activity."""
    what, amount = sheet.text("activity").strip(), amount_in_words(sheet)
    if not what:
        return ""
    if sheet.text("amounts") == "recalled":
        return f"{what}: an ordinary try, counted"
    return f"{what}: {amount}, then stop" if amount else what


def half_offered(sheet):
    """The half-size version for a bad day, on the same days; in words when there is no number."""
    number = sheet.text("start_amount")
    if WHOLE.match(number) and int(number) > 1 and sheet.text("unit"):
        return f"Half: {counted((int(number) + 1) // 2, sheet.text('unit'))}, on the same days"
    return f"Half of {sheet.text('activity')}, on the same days" if sheet.text("activity") else ""


def amount_in_words(sheet):
    number, unit = sheet.text("start_amount"), sheet.text("unit")
    if sheet.text("amounts") not in ("", "measured") or not unit:
        return ""
    return counted(int(number), unit) if WHOLE.match(number) else ""


def counted(number, unit_id):
    """A number with its unit: 1 minute, 16 minutes."""
    unit = next((unit for unit in library.chips("units") if unit.id == unit_id), None)
    return f"{number} {unit.one if number == 1 else unit.label}" if unit else str(number)


def fixed(consultation):
    """Ids of activities heard at an earlier visit: what they are and what they are for stays."""
    earlier = consultation.client.activities.exclude(heard_in=consultation.pk)
    return {str(pk) for pk in earlier.values_list("pk", flat=True)}


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
        "cards": waiting,
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
    restates=("timescale",),
    after=after,
    put=put,
    about=about,
)
