"""Step 3: beliefs in the client's words, how true they feel and how much room there is."""

from django.utils.text import Truncator

from consults.models import Belief, BeliefRating
from consults.steps import cards
from consults.steps.asks import Ask, Asks
from consults.steps.belief_ratings import (
    FIVE,
    earlier,
    first_rated,
    in_step_4,
    is_rated,
    last_time,
    rated_before,
    room,
    room_of,
)
from consults.steps.known import known_beliefs, rated_today, today_of
from consults.steps.step import RowForm, Rows, Step, StepForm, is_untouched
from consults.steps.writing import write
from education import library
from painconsult.ui.fields import Choice, Conviction, Line, Rating, Ticked, Words

KINDS = ("remembered", "explanation")
MOST_IN_FOCUS = 2
STATUSES = {
    "active": "Still held",
    "loosened": "Held more loosely",
    "resolved": "No longer held",
    "parked": "Set aside for now",
}


class BeliefsForm(StepForm):
    cards = cards.CardUses()


class BeliefForm(RowForm):
    card = cards.card_field()
    statement = Line(500, label="The belief, in their words")
    conviction = Conviction()
    flex_mistaken = Rating()
    flex_alternatives = Rating()
    flex_contradiction = Rating()
    impact = Rating()
    behaviour = Words(1000, label="What does it make them do?")
    focus = Ticked(label="Work on this one")
    domain = Choice({}, label="What it is about")
    origin = Choice({}, label="Where it came from")
    origin_words = Line(300, label="In a few words")
    emotion = Choice({}, label="The feeling that comes with it")
    emotion_strength = Rating(label="How strong is that feeling?")
    evidence_for = Words(1000, label="What speaks for it")
    exceptions = Words(1000, label="When it was not so")
    said_back = Words(1000, label="What you said back", heard="client")
    status = Choice(STATUSES, label="Do they still hold it?")
    main, main_missing = "statement", "Write the belief in their words, or remove it."
    quiet = ("card", "status")

    def fit(self, consultation):
        for name, options in (("origin", "origins"), ("emotion", "feelings")):
            self.fields[name].options = {chip.id: chip.label for chip in library.chips(options)}
        for question in library.questions("belief"):
            self.fields[question.id].label = question.text
        self.fields["domain"].options = {domain.id: domain.name for domain in library.domains()}


class BeliefRows(Rows):
    """The client's beliefs. Their words are fixed once the visit they were heard in is completed."""

    name, form, most = "belief", BeliefForm, 6
    LASTING = ("statement", "domain", "origin", "origin_words")

    def stored(self, consultation):
        return [
            (str(belief.pk), self._values(belief, today_of(belief))) for belief in known_beliefs(consultation)
        ]

    def _values(self, belief, rating):
        return {
            name: getattr(belief if name in self.LASTING else rating, name, None)
            for name in BeliefForm.base_fields
            if name != "card"
        }

    def save_all(self, consultation, told, by):
        """Write what changed. The rows are those the document read: nobody wrote them since."""
        known = {str(belief.pk): belief for belief in known_beliefs(consultation)}
        new = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
        found = [
            (known[row_id] if row_id else Belief(**new, heard_in=consultation), answers)
            for row_id, answers in told
        ]
        rated = [self._rated(consultation, belief, answers) for belief, answers in found]
        write([(belief, self._words(consultation, belief, answers)) for belief, answers in found], ("id",))
        write([each for each in rated if each], ("belief", "consultation"))
        return [belief for belief, _ in found]

    def _words(self, consultation, belief, answers):
        """What lasts; what was said at an earlier visit stays as it was said."""
        if belief.heard_in_id != consultation.pk:
            return {}
        return {name: answers[name] for name in self.LASTING}

    def _rated(self, consultation, belief, answers):
        """(this visit's rating, its values), or None where nothing was asked at this visit."""
        rating = today_of(belief)
        untouched = is_untouched(answers, but=(*self.LASTING, "card", "status"))
        if rating is None and untouched and belief.heard_in_id != consultation.pk:
            return None
        if rating is None:
            rating = BeliefRating(clinic_id=consultation.clinic_id, belief=belief, consultation=consultation)
        values = {name: value for name, value in answers.items() if name not in (*self.LASTING, "card")}
        values["status"] = answers["status"] or "active"
        if answers["conviction"] != rating.conviction:
            values |= self._rated_first(rating)
            values["context"] = self._context(consultation, rating)
        return rating, values

    def _context(self, consultation, rating):
        if rating.conviction_again is not None:
            return "again"
        return "after" if consultation.messages_used else "before"

    def _rated_first(self, rating):
        """What to keep of a conviction that gives way to another of the same visit: the first one stays told."""
        if rating.first_conviction is not None:
            return {}
        return {"first_conviction": rating.conviction, "first_context": rating.context}

    def remove(self, consultation, row_id):
        """Take a belief back: only one heard at this visit, and only while nothing else hangs on it."""
        belief = consultation.client.beliefs.filter(pk=row_id, heard_in=consultation).first()
        if belief and not belief.alternatives.exists() and not belief.goals.exists():
            belief.experiments.update(belief=None)
            belief.delete()

    def reason_to_stay(self, consultation, row_id):
        belief = consultation.client.beliefs.get(pk=row_id)
        if belief.heard_in_id != consultation.pk:
            return (
                "This belief was heard at an earlier visit, so it stays. Choose “Set aside for now” instead."
            )
        if belief.alternatives.exists() or belief.goals.exists():
            return "Another way to see it, or a goal, belongs to this belief. Remove that first."
        return ""

    def check(self, consultation, kept):
        focused = [form for form in kept if form.cleaned_data.get("focus")]
        if len(focused) > MOST_IN_FOCUS:
            focused[-1].add_error(
                "focus", "Two at a time are plenty. Take one of them off the list for today."
            )

    def taken(self, consultation, card_id):
        return cards.taken(consultation, card_id, "statement")

    def taken_apart(self, consultation, card_id):
        return cards.taken_apart(consultation, card_id, "statement")


def suggested(consultation):
    """[(belief, index, words)] of rated beliefs in the order of guide C.2: an opening first (flexibility of
    at least 3), then by impact plus flexibility. Only a suggestion: the client chooses."""
    rated = [(belief, *room(belief.today)) for belief in rated_today(consultation) if is_rated(belief.today)]
    return sorted(rated, key=lambda found: (found[1] < 3, -(found[0].today.impact + found[1])))


def asks(consultation):
    asked = rated_today(consultation)
    rated = [belief for belief in asked if is_rated(belief.today)]
    done = [belief.today.behaviour for belief in rated or asked]
    enough = [
        Ask("one belief in their words", asked, "statement", rows="belief"),
        Ask("the five questions", rated, *FIVE, rows="belief"),
        Ask("what it makes them do", any(done), "behaviour", rows="belief"),
    ]
    full = [Ask("what it is about", any(belief.domain for belief in rated), alone=True)]
    heard = [belief for belief in asked if belief.heard_in_id == consultation.pk]
    return Asks(enough, full, afterwards=[ask for belief in heard for ask in _afterwards(belief)])


def _afterwards(belief):
    words, prefix = Truncator(belief.statement.rstrip(".")).chars(32), f"f-belief-{belief.pk}"
    return [
        Ask(f"the topic of “{words}”", belief.domain, at=f"{prefix}-domain-0"),
        Ask(f"where “{words}” came from", belief.origin, at=f"{prefix}-origin-0"),
    ]


def to_open(sheets):
    """The one belief that stands open: one with an error, else the last new one that lacks an answer, or the first."""
    there = [sheet for sheet in sheets if not sheet.removed]
    wrong = [sheet for sheet in there if sheet.errors]
    thin = [
        sheet
        for sheet in there
        if not all(sheet.text(name) for name in ("statement", "conviction", "impact", "behaviour"))
    ]
    return (wrong[:1] or [sheet for sheet in thin if not sheet.stored][-1:] or thin[:1] or [None])[0]


def apart(page, card):
    """The ideas this card may be taken apart into: not where one of them stands on the page already, nor where the
    page has no room for them."""
    ideas, there = cards.ideas_in(card.words), [sheet.text("statement") for sheet in page.rows["belief"]]
    return [] if set(ideas) & set(there) or len(there) + len(ideas) > BeliefRows.most else ideas


def about(page):
    before = rated_before(page.consultation)
    opened = to_open(page.rows["belief"])
    return {
        "cards": [(card, became, apart(page, card)) for card, became in cards.waiting(page, KINDS, "belief")],
        "questions": {question.id: question for question in library.questions("belief")},
        "suggested": suggested(page.consultation)[:3] if not page.document else [],
        "beliefs": [
            belief_card(page, sheet, before.get(sheet.row_id), sheet is opened)
            for sheet in page.rows["belief"]
        ],
        "help": library.belief_help(),
    }


def belief_card(page, sheet, before, is_open):
    """One belief as the template reads it; `before` is its newest rating from an earlier visit, or None."""
    now, was = room_of(sheet), last_time(sheet, before)
    known = {str(belief.pk): today_of(belief) for belief in known_beliefs(page.consultation)}
    rating = known.get(sheet.row_id)
    first, _ = first_rated(rating)
    return {
        "row": sheet,
        "room": now,
        "was": was,
        "zones": [
            (zone.label, zone.label == now[1], zone.label == was["words"])
            for zone in library.belief_help().flexibility_words
        ],
        "earlier": earlier(page.consultation, sheet.text("statement"), first),
        "again": first is not None,
        "step_4": in_step_4(rating),
        "open": is_open,
        "fixed": before is not None,  # heard at another visit: the words stay as they were said
    }


def after(consultation, document, saved, by):
    cards.use(consultation, document, saved, KINDS, "belief")


STEP = Step(
    slug="beliefs",
    form=BeliefsForm,
    asks=asks,
    rows=(BeliefRows(),),
    restates=("reframe",),
    after=after,
    about=about,
)
