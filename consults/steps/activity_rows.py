"""Activities that matter: what each is and is for, and what is asked of it anew at each visit."""

from typing import NamedTuple

from django.db.models import F, Prefetch, prefetch_related_objects

from consults.models import Activity, ActivityVisit
from consults.steps import cards
from consults.steps.known import known_activities, today_of
from consults.steps.step import RowForm, Rows, is_answer
from consults.steps.writing import write
from education import library
from painconsult.ui.fields import Choice, Line, Rating, Several, Ticked, Whole, Words

MOST_IN_PLAN = 2
SURE_ENOUGH = 7  # guide G.5: below it, shrink the step or plan for what gets in the way
AMOUNTS = {
    "measured": "We counted it",
    "recalled": "Roughly, from memory",
    "words": "In words, or none of it",
}
AMOUNT_FIELDS = {
    "measured": ("trial_1", "trial_2", "trial_3", "start_amount", "increment"),
    "recalled": ("guess",),
    "words": ("now_words",),
}


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
    confidence_reason = Line(300, label="Going ahead with less than 7, because")
    barriers_chosen = Several({}, label="What could get in the way?")
    in_plan = Ticked(label="In the plan")
    amounts = Choice(AMOUNTS, label="How much can they do now?")
    unit = Choice({}, label="Counted in")
    trial_1 = Whole(0, 9999, label="First try")
    trial_2 = Whole(0, 9999, label="Second try")
    trial_3 = Whole(0, 9999, label="Third try")
    guess = Whole(0, 9999, label="Their guess")
    now_words = Line(300, label="Now, in words")
    start_amount = Whole(0, 9999, label="Start with")
    increment = Whole(0, 9999, label="More each week")
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
        for barrier, name in self.fields["barriers_chosen"].options.items():
            self.fields[plan_field(barrier)] = Line(300, label=f"{name}: what then?")
        if no_weekly_step(consultation):
            del self.fields["increment"]

    def clean(self):
        super().clean()
        answers = self.cleaned_data
        self._plan_for_each_barrier(answers)
        if (answers.get("confidence") or 0) >= SURE_ENOUGH:
            answers["confidence_reason"] = ""  # asked for below it only
        self._keep_one_way_of_counting(answers)
        if self._amount_without_unit(answers):
            self.add_error("unit", "Choose what it is counted in.")

    def _plan_for_each_barrier(self, answers):
        """Each barrier that is chosen needs its own sentence (guide G.5); the others have none."""
        for barrier, name in self.fields["barriers_chosen"].options.items():
            field = plan_field(barrier)
            if barrier not in answers.get("barriers_chosen", []):
                answers[field] = ""
            elif not answers.get(field) and field not in self.errors:
                self.add_error(field, f"{name}: say in a sentence what they will do then.")

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


def plan_field(barrier):
    """The field for what they will do when this gets in the way."""
    return f"barrier_plan_{barrier}"


class ActivityRows(Rows):
    """The client's valued activities. What each is stays fixed once its visit is completed."""

    name, form, most = "activity", ActivityForm, 8
    LASTING = ("activity", "why_it_matters", "valued_domain")
    AGREED = ("in_plan", "amounts", "unit", "start_amount", "increment", "frequency_per_week")
    AGREED += ("if_cue", "then_action", "bad_day_version")  # holds until something else is agreed
    DERIVED = ("card", "barriers_chosen")

    def stored(self, consultation):
        return [(str(known.activity.pk), self._values(known)) for known in activities_of(consultation)]

    def _values(self, known):
        """What lasts, what is agreed, and this visit's answers."""
        places = dict.fromkeys(self.LASTING, known.activity) | dict.fromkeys(self.AGREED, known.agreed)
        values = {
            name: getattr(places.get(name, known.now), name, None)
            for name in ActivityForm.base_fields
            if name not in self.DERIVED
        }
        barriers = known.agreed.barriers if known.agreed else []
        values["barriers_chosen"] = [told["barrier"] for told in barriers]
        return values | {plan_field(told["barrier"]): told["plan"] for told in barriers}

    def save_all(self, consultation, told, by):
        stored = {str(known.activity.pk): known for known in activities_of(consultation)}
        new = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
        found = [
            (stored[row_id] if row_id else Known(Activity(**new, heard_in=consultation)), answers)
            for row_id, answers in told
        ]
        asked = [self._asked(consultation, known, answers) for known, answers in found]
        write(
            [(known.activity, self._words(consultation, known, answers)) for known, answers in found], ("id",)
        )
        write([each for each in asked if each], ("activity", "consultation"))
        return [known.activity for known, _ in found]

    def _words(self, consultation, known, answers):
        """What lasts; what was agreed at an earlier visit stays as it was said."""
        if known.activity.heard_in_id != consultation.pk:
            return {}
        return {name: answers[name] for name in self.LASTING}

    def _asked(self, consultation, known, answers):
        """(this visit's row, its values), or None where nothing was asked anew and nothing else was agreed."""
        is_new = known.activity.heard_in_id == consultation.pk
        if known.now is None and not is_new and self._is_as_agreed(self._values(known), answers):
            return None
        columns = set(ActivityForm.base_fields) - {*self.LASTING, *self.DERIVED}
        values = {name: value for name, value in answers.items() if name in columns}
        values["barriers"] = [
            {"barrier": barrier, "plan": answers[plan_field(barrier)]}
            for barrier in answers["barriers_chosen"]
        ]
        new = {"clinic_id": consultation.clinic_id, "activity": known.activity, "consultation": consultation}
        return known.now or ActivityVisit(**new), values

    def _is_as_agreed(self, agreed, answers):
        asked = {name: value for name, value in answers.items() if name not in (*self.LASTING, "card")}
        return all(
            value == agreed.get(name) or not (is_answer(value) or is_answer(agreed.get(name)))
            for name, value in asked.items()
        )

    def remove(self, consultation, row_id):
        activity = consultation.client.activities.filter(pk=row_id, heard_in=consultation).first()
        if activity and not activity.goals.exists():
            activity.delete()

    def reason_to_stay(self, consultation, row_id):
        if row_id in agreed_before(consultation):
            return "This activity was agreed at an earlier visit. Take it out of the plan instead of removing it."
        if consultation.client.goals.filter(activity=row_id).exists():
            return "A goal belongs to this activity. Remove the goal first."
        return ""

    def check(self, consultation, kept):
        planned = [form for form in kept if form.cleaned_data.get("in_plan")]
        if len(planned) > MOST_IN_PLAN:
            planned[-1].add_error(
                "in_plan", "Two activities at a time are plenty. Keep the others for later."
            )

    def taken(self, consultation, card_id):
        return {**self.start(consultation), **cards.taken(consultation, card_id, "activity")}

    def start(self, consultation):
        others = sum(known.agreed.in_plan for known in activities_of(consultation) if known.agreed)
        return {"in_plan": others < MOST_IN_PLAN}


class Known(NamedTuple):
    """An activity, what was asked about it at this visit, and at the last one before that asked about it."""

    activity: Activity
    now: ActivityVisit | None = None
    before: ActivityVisit | None = None

    @property
    def agreed(self):
        return self.now or self.before


def activities_of(consultation):
    """The client's activities, oldest first: read once a page."""
    activities = known_activities(consultation)
    if not consultation.is_first:
        asked = ActivityVisit.objects.filter(consultation__number__lt=consultation.number)
        asked = asked.annotate(on=F("consultation__held_on")).order_by("consultation__number")
        prefetch_related_objects(activities, Prefetch("visits", asked, to_attr="before"))
    return [
        Known(activity, today_of(activity), next(reversed(getattr(activity, "before", ())), None))
        for activity in activities
    ]


def agreed_before(consultation):
    """{id: Known} of activities of an earlier visit: what they are and what they are for stays."""
    return {
        str(known.activity.pk): known
        for known in activities_of(consultation)
        if known.activity.heard_in_id != consultation.pk
    }


def no_weekly_step(consultation):
    """With crashes after small efforts there is no fixed weekly increase (guide E.2 pem, G.2)."""
    prefetch_related_objects([consultation], "client__findings")
    return any(finding.flag == "pem" and finding.is_open for finding in consultation.client.findings.all())
