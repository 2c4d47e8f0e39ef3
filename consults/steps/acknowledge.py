"""Step 1: the story, what was lost, and the sentence that says: I believe you."""

from consults.models import Card
from consults.steps.asks import Ask, Asks
from consults.steps.page import StepPage
from consults.steps.step import RowForm, Rows, Step, StepForm
from education import library
from painconsult.ui.fields import Choice, Conviction, Line, Months, Rating, Several, Words, YesNo

NOTHING_KEPT = "They said no, so nothing of the story may be kept. Clear what is written below, or ask again."


class AcknowledgeForm(StepForm):
    consent_to_record = YesNo(
        label="May I keep a record of what we talk about?",
        required=True,
        missing="Ask first, and choose yes or no.",
    )
    story_client_words = Words(6000, label="Their story, in their words")
    client_explanation = Words(500, label="What do they think is going on?")
    explanation_conviction = Conviction(label="How true does that feel?")
    validation_given = Words(1000, label="What you said back", heard="client")
    pain_sites = Several({}, most=60, label="Where it hurts")
    duration_months = Months(label="How long")
    pattern = Words(1000, label="Its pattern")
    aggravates = Words(1000, label="What makes it worse")
    eases = Words(1000, label="What eases it")
    felt_disbelieved = Choice(
        {"yes": "Yes", "no": "No", "not_said": "Prefers not to say"},
        label="Has anyone made them feel they were not believed?",
    )
    main_worry = Words(500, label="What worries them most")
    expectation_today = Words(500, label="What would make today useful")

    def fit(self, consultation):
        self.fields["pain_sites"].options = {
            region.id: region.label for region in library.chips("body_regions")
        }

    def clean(self):
        if self.cleaned_data.get("consent_to_record") == "no" and self._told():
            self.add_error(
                "consent_to_record",
                NOTHING_KEPT,
            )

    def _told(self):
        quiet = {"consent_to_record", "not_appropriate_reason", "pain_sites"}
        return any(
            value not in (None, "", []) for name, value in self.cleaned_data.items() if name not in quiet
        ) or bool(self.cleaned_data.get("pain_sites"))


class CardForm(RowForm):
    words = Line(500, label="In their words")
    main = "words"
    main_missing = "Say in their words what it is, or remove this line."


class LossForm(CardForm):
    pass


class RememberedForm(CardForm):
    who = Line(120, label="Who said it")
    effect = Line(300, label="What it did")


class EffortForm(CardForm):
    helped = Rating(label="How much did it help?")
    comment = Line(300, label="What they learnt from it")


class CardRows(Rows):
    """Things heard at this visit. Rows that a later step took up keep their words there."""

    def __init__(self, name, form, offered=0):
        self.name, self.form, self.offered = name, form, offered

    def stored(self, consultation):
        return [
            (
                str(card.pk),
                {name: getattr(card, name) for name in self.form.base_fields if hasattr(card, name)},
            )
            for card in consultation.cards.all()
            if card.kind == self.name
        ]

    def save(self, consultation, row_id, answers, by):
        card = (
            consultation.cards.get(pk=row_id, kind=self.name)
            if row_id
            else Card(
                clinic_id=consultation.clinic_id,
                client_id=consultation.client_id,
                heard_in=consultation,
                kind=self.name,
            )
        )
        for name, value in answers.items():
            setattr(card, name, value)
        card.save()
        return card

    def remove(self, consultation, row_id):
        consultation.cards.filter(pk=row_id, kind=self.name).delete()


def check(document):
    """A no covers the rows too: what was lost, remembered and tried is part of the story."""
    form = document.form
    if form.cleaned_data.get("consent_to_record") != "no":
        return
    removed = {(rows.name, row_id) for rows, row_id, row in document.rows if row is None}
    stored = {
        (rows.name, row_id) for rows in document.step.rows for row_id, _ in rows.stored(document.consultation)
    }
    if any(document.kept.values()) or stored - removed:
        form.add_error("consent_to_record", NOTHING_KEPT)


def after(consultation, document, saved, by):
    """The client's own explanation is a card too: step 3 offers it as a belief."""
    words = consultation.client_explanation
    card = consultation.cards.filter(kind="explanation").first()
    if words:
        card = card or Card(
            clinic_id=consultation.clinic_id,
            client_id=consultation.client_id,
            heard_in=consultation,
            kind="explanation",
        )
        card.words = words
        card.save()
    elif card:
        card.delete()
    client, told_on = consultation.client, consultation.client.consent_to_record_on
    # A visit that is entered late does not take back what was said since.
    if consultation.consent_to_record and (told_on is None or consultation.held_on >= told_on):
        client.consent_to_record = consultation.consent_to_record
        client.consent_to_record_on = consultation.held_on
        client.save(update_fields=["consent_to_record", "consent_to_record_on"])


def asks(consultation):
    kinds = {card.kind for card in consultation.cards.all()}
    enough = [
        Ask("consent to record", consultation.consent_to_record, "consent_to_record"),
        Ask("their story", consultation.story_client_words, "story_client_words"),
        Ask("what they think is going on", consultation.client_explanation, "client_explanation"),
        Ask("what they miss most", "loss" in kinds, "words", rows="loss"),
        Ask("what you said back", consultation.validation_given, "validation_given"),
    ]
    afterwards = [
        Ask("its pattern", consultation.pattern, at="f-pattern"),
        Ask("what they have tried, as they told it", "effort" in kinds, at="effort-rows"),
    ]
    return Asks(
        enough,
        [Ask("how understood they felt", consultation.felt_understood is not None)],
        afterwards=[] if consultation.consent_to_record == "no" else afterwards,
    )


def starters(page):
    """Sentences to say back, filled from what is on the page; static/room.js fills them while it is typed."""
    said = {name: page.sheet.text(name) for name in ("main_worry", "client_explanation")}
    for kind in ("loss", "effort"):
        words = [row.text("words") for row in page.rows[kind] if not row.removed]
        said[kind] = next(filter(library.quote, words), "")
    return library.starters(**said)


def put(consultation, data, name="", *_):
    """Write the starter of this name under what was already said."""
    page = StepPage(STEP, consultation, None, data=data)
    found = next((one.sentence for one in starters(page) if one.id == name and one.ready), "")
    said = (data.get("validation_given") or "").strip()
    if found and found not in said:
        data.setlist("validation_given", [f"{said}\n{found}".strip()])


MORE = (
    "duration_months",
    "pattern",
    "aggravates",
    "eases",
    "felt_disbelieved",
    "main_worry",
    "expectation_today",
)


def about(page):
    regions, chosen = library.chips("body_regions"), page.sheet.texts("pain_sites")
    return {
        "starters": starters(page),
        "told_more": any(page.sheet.text(name) for name in MORE)
        or page.rows["remembered"]
        or page.rows["effort"],
        "regions": regions,
        "sites": ", ".join(region.label for region in regions if region.id in chosen),
        "conviction_question": library.question("explanation_conviction"),
    }


STEP = Step(
    slug="acknowledge",
    form=AcknowledgeForm,
    asks=asks,
    rows=(
        CardRows("loss", LossForm, offered=1),
        CardRows("remembered", RememberedForm),
        CardRows("effort", EffortForm),
    ),
    needs_gate=False,
    needs_record=False,
    check=check,
    after=after,
    put=put,
    about=about,
)
