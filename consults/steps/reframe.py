"""Step 4: another way to see it, something tried, and a sign of progress that is about doing."""

from consults import scoring
from consults.models import Alternative, AlternativeRating, Experiment
from consults.steps.beliefs import is_rated, room
from consults.steps.document import Asks, RowForm, Rows, Step, StepForm
from consults.steps.safety import unasked_emergencies, urgent_is_open
from education import library
from painconsult.ui.fields import Choice, Conviction, Day, Line, Words
from painconsult.ui.sheet import Sheet, as_posted

AUTHORS = {"client": "Theirs", "together": "Together", "clinician": "Yours"}
NO_ALTERNATIVE = "meaning_faith"  # listen, and ask who is good to talk to about it; offer nothing instead


class ReframeForm(StepForm):
    progress_marker = Words(500, label="A sign of progress that is about doing")


class AlternativeForm(RowForm):
    belief = Choice({}, label="Which belief")
    text = Line(500, label="Another way to see it")
    author = Choice(AUTHORS, label="Whose words")
    believability = Conviction(label="How believable it is")
    tied_to_activity = Choice({}, label="The activity it helps with")
    main, main_missing = "text", "Write the other way to see it, or remove it."
    quiet = ("belief", "author", "tied_to_activity")

    def fit(self, consultation):
        self.fields["belief"].options = belief_options(consultation)
        self.fields["tied_to_activity"].options = activity_options(consultation)

    def clean(self):
        super().clean()
        if (
            self.cleaned_data.get("text")
            and not self.cleaned_data.get("belief")
            and "belief" not in self.errors
        ):
            self.add_error("belief", "Choose the belief it belongs to.")


class ExperimentForm(RowForm):
    kind = Choice({"notice": "Notice and repeat", "prediction": "Predict and see"}, label="Kind")
    belief = Choice({}, label="Which belief it tests")
    movement = Line(300, label="The movement or activity")
    noticed_before = Words(1000, label="What they noticed before")
    in_between = Line(300, label="In between")
    noticed_after = Words(1000, label="What they noticed after")
    prediction = Line(300, label="What they expect")
    certainty = Conviction(label="How sure are they?")
    safety_behaviour_to_drop = Line(300, label="What to leave out this time")
    what_done = Line(300, label="What they did")
    what_happened = Words(1000, label="What happened")
    learnt_client_words = Words(1000, label="What they make of it")
    next = Line(300, label="What next")
    date = Day(label="When")
    quiet = ("kind", "belief", "date")

    def fit(self, consultation):
        self.fields["belief"].options = belief_options(consultation)


def belief_options(consultation):
    return {str(belief.pk): belief.statement for belief in consultation.client.beliefs.all()}


def activity_options(consultation):
    return {str(activity.pk): activity.activity for activity in consultation.client.activities.all()}


class AlternativeRows(Rows):
    name, form, most = "alternative", AlternativeForm, 8

    def stored(self, consultation):
        rated = {
            rating.alternative_id: rating.believability
            for rating in AlternativeRating.objects.filter(consultation=consultation)
        }
        return [
            (
                str(alternative.pk),
                {
                    "belief": alternative.belief_id,
                    "text": alternative.text,
                    "author": alternative.author,
                    "tied_to_activity": alternative.tied_to_activity_id,
                    "believability": rated.get(alternative.pk),
                },
            )
            for alternative in consultation.client.alternatives.all()
        ]

    def save(self, consultation, row_id, answers, by):
        alternative = (
            consultation.client.alternatives.get(pk=row_id)
            if row_id
            else Alternative(
                clinic_id=consultation.clinic_id, client_id=consultation.client_id, heard_in=consultation
            )
        )
        if alternative.heard_in_id == consultation.pk:
            alternative.belief_id = answers["belief"]
            alternative.text, alternative.author = answers["text"], answers["author"]
            alternative.tied_to_activity_id = answers["tied_to_activity"] or None
            alternative.save()
        AlternativeRating.objects.update_or_create(
            alternative=alternative,
            consultation=consultation,
            defaults={"clinic_id": consultation.clinic_id, "believability": answers["believability"]},
        )
        return alternative

    def remove(self, consultation, row_id):
        consultation.client.alternatives.filter(pk=row_id, heard_in=consultation).delete()

    def reason_to_stay(self, consultation, row_id):
        if consultation.client.alternatives.filter(pk=row_id, heard_in=consultation).exists():
            return ""
        return "This was said at an earlier visit, so it stays. How believable it is can be asked anew."

    def start(self, consultation):
        focus = in_focus(consultation)
        return {"belief": focus[0].belief_id, "author": "client"} if focus else {"author": "client"}

    def taken(self, consultation, belief_id):
        """A new row for this belief; which belief it is comes from the page."""
        known = belief_id in belief_options(consultation)
        return {"belief": belief_id, "author": "client"} if known else {}


class ExperimentRows(Rows):
    name, form, most, offered = "experiment", ExperimentForm, 6, 1

    def check(self, consultation, kept):
        """A sign that can be an emergency and was not asked about rules out trying movements (guide E.2)."""
        if kept and unasked_emergencies(consultation, consultation.screen or {}):
            kept[0].add_error(
                "movement",
                "First read the rest of the safety check aloud: a sign that can be an emergency was not asked about.",
            )

    def stored(self, consultation):
        return [
            (
                str(experiment.pk),
                {
                    name: getattr(experiment, "belief_id" if name == "belief" else name)
                    for name in ExperimentForm.base_fields
                },
            )
            for experiment in consultation.experiments.all()
        ]

    def save(self, consultation, row_id, answers, by):
        experiment = (
            consultation.experiments.get(pk=row_id)
            if row_id
            else Experiment(
                clinic_id=consultation.clinic_id,
                client_id=consultation.client_id,
                consultation=consultation,
            )
        )
        for name, value in answers.items():
            if name == "belief":
                experiment.belief_id = value or None
            else:
                setattr(experiment, name, value)
        experiment.kind = answers["kind"] or "notice"
        experiment.save()
        return experiment

    def remove(self, consultation, row_id):
        consultation.experiments.filter(pk=row_id).delete()

    def start(self, consultation):
        focus = in_focus(consultation)
        belief = focus[0].belief_id if len(focus) == 1 else ""
        return {"kind": "notice", "date": consultation.held_on, "belief": belief}


def in_focus(consultation):
    """Ratings of the beliefs worked on at this visit: those in focus, or the only one there is."""
    ratings = list(consultation.belief_ratings.select_related("belief").order_by("belief_id"))
    focus = [rating for rating in ratings if rating.focus]
    return focus or (ratings if len(ratings) == 1 else [])


def may_wait(rating):
    """Whether a focus belief can do without an alternative: firmly held, or a matter of meaning."""
    index, _ = room(rating)
    firmly = index is not None and is_rated(rating) and index * 3 <= 10
    return firmly or rating.belief.domain == NO_ALTERNATIVE


def asks(consultation):
    focus = in_focus(consultation)
    answered = set(consultation.client.alternatives.values_list("belief_id", flat=True))
    experiments = list(consultation.experiments.all())
    tried = bool(experiments)
    believable = AlternativeRating.objects.filter(
        consultation=consultation, believability__isnull=False
    ).exists()
    waits = bool(focus) and all(may_wait(rating) for rating in focus)
    enough = [
        ("another way to see it", bool(answered) or (waits and tried)),
        ("how believable it is", believable or (waits and tried)),
        ("a sign of progress", bool(consultation.progress_marker)),
    ]
    each = all(rating.belief_id in answered or may_wait(rating) for rating in focus)
    full = [("one for each belief you work on", bool(focus) and each), ("something tried or planned", tried)]
    return Asks(enough, full, begun=tried)


def groups(page):
    """What the page shows for each belief: the words, how firmly it is held, and the rows under it.

    A belief in focus comes first, with an open row when it has no alternative yet. A belief of the
    past is listed when it has one, so that it can be rated again.
    """
    consultation, sheets = page.consultation, page.rows["alternative"]
    focus = in_focus(consultation)
    found, last = [], len(sheets)
    for rating in focus:
        faith = rating.belief.domain == NO_ALTERNATIVE
        rows = rows_of(sheets, rating.belief_id)
        if page.data is None and not rows and not faith:
            last += 1
            rows = [open_row(consultation, f"new{last}", rating.belief_id)]
        index, words = room(rating)
        found.append(
            {
                "belief": rating.belief,
                "conviction": rating.conviction,
                "index": "" if index is None else scoring.shown(index),
                "words": words,
                "firmly": may_wait(rating) and not faith,
                "faith": faith,
                "rows": rows,
                "others_say": suggestions(consultation, rating.belief),
            }
        )
    in_hand = {rating.belief_id for rating in focus}
    for belief in consultation.client.beliefs.all():
        rows = rows_of(sheets, belief.pk)
        if rows and belief.pk not in in_hand:
            found.append({"belief": belief, "rows": rows, "others_say": suggestions(consultation, belief)})
    return found


def rows_of(sheets, belief_id):
    return [sheet for sheet in sheets if sheet.text("belief") == str(belief_id)]


def open_row(consultation, row_id, belief_id):
    """A blank row for one belief; left blank, it is not saved."""
    rows, prefix = AlternativeRows, f"alternative-{row_id}"
    fields = rows.form(consultation=consultation).fields
    data = as_posted(fields, {"belief": belief_id, "author": "client"}, prefix)
    return Sheet(fields, data, prefix=prefix, kind=rows.name, row_id=row_id, stored=False, removed=False)


def suggestions(consultation, belief):
    """What other people found, for staff; nothing that reassures while an urgent sign is open."""
    if not belief.domain or belief.domain == NO_ALTERNATIVE:
        return ()
    domain = library.domain(belief.domain)
    withheld = domain.alternatives_withheld_when_urgent and urgent_is_open(consultation)
    return () if withheld else domain.alternatives


def markers(consultation):
    """Signs of progress that are about doing, offered from the activity or from what is missed."""
    activities = [activity.activity for activity in consultation.client.activities.all()]
    losses = [card.words for card in consultation.client.cards.all() if card.kind == "loss"]
    what = next(iter(activities or losses), "")
    return (
        [(chip, f"{what}: {chip.label[0].lower()}{chip.label[1:]}") for chip in yardsticks()] if what else []
    )


def yardsticks():
    return library.chips("yardsticks")


def put(consultation, data, what="", *names):
    """`marker:<yardstick>` writes a sign of progress; `text:<row>:<number>` another way to see it."""
    if what == "marker" and names:
        offered = {chip.id: text for chip, text in markers(consultation)}
        said = (data.get("progress_marker") or "").strip()
        if text := offered.get(names[0]):
            data.setlist("progress_marker", [f"{said}\n{text}".strip()])
    if what == "text" and len(names) == 2:
        prefix = f"alternative-{names[0]}"
        beliefs = {str(belief.pk): belief for belief in consultation.client.beliefs.all()}
        belief = beliefs.get(data.get(f"{prefix}-belief", ""))
        offered = suggestions(consultation, belief) if belief else ()
        if text := {str(n): words for n, words in enumerate(offered)}.get(names[1]):
            data.setlist(f"{prefix}-text", [text])
            data.setlist(f"{prefix}-author", ["clinician"])


def about(page):
    consultation = page.consultation
    found = groups(page)
    grouped = {sheet.row_id for group in found for sheet in group["rows"]}
    return {
        "groups": found,
        "loose": [sheet for sheet in page.rows["alternative"] if sheet.row_id not in grouped],
        "others": [
            belief
            for belief in consultation.client.beliefs.all()
            if belief not in [group["belief"] for group in found]
        ],
        "fixed": {
            str(pk)
            for pk in consultation.client.alternatives.exclude(heard_in=consultation.pk).values_list(
                "pk", flat=True
            )
        },
        "questions": {question.id: question for question in library.questions("alternative")},
        "markers": markers(consultation),
    }


STEP = Step(
    slug="reframe",
    form=ReframeForm,
    asks=asks,
    rows=(AlternativeRows(), ExperimentRows()),
    put=put,
    about=about,
)
