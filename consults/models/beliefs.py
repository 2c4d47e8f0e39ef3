"""What was heard, what the client believes, what else could be true, and what was tried."""

from django.db import models

from consults.models.base import Addressed, Clinical, in_range, one_of, rating, text, word
from consults.models.consultations import Consultation
from consults.models.people import Client


class Card(Clinical):
    """Something heard in step 1 and not yet taken up: a loss, a remembered sentence, an effort,
    or the client's own explanation. It counts nowhere until a later step takes it."""

    KINDS = ("loss", "remembered", "effort", "explanation")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="cards")
    heard_in = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="cards")
    kind = models.CharField(max_length=12)
    words = models.CharField(max_length=500)
    who = word(120)
    effect = word(300)
    helped = rating()
    comment = word(300)

    class Meta:
        ordering = ["id"]
        constraints = [one_of("card", "kind", ("loss", "remembered", "effort", "explanation"))]


class CardUse(Clinical):
    """What became of a card in the step that met it: taken up, merged into a row, or left."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="uses")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    slug = models.CharField(max_length=20)
    became = models.CharField(max_length=8)
    belief = models.ForeignKey(
        "consults.Belief", on_delete=models.CASCADE, null=True, blank=True, related_name="cards"
    )
    activity = models.ForeignKey(
        "consults.Activity", on_delete=models.CASCADE, null=True, blank=True, related_name="cards"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "slug"], name="card_used_once_a_step"),
            one_of("card_use", "became", ("taken", "merged", "left")),
        ]


class Belief(Addressed):
    """The lasting part of a belief: its words, as the client says them."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="beliefs")
    heard_in = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    statement = models.CharField(max_length=500)
    domain = word(20)
    origin = word(20)
    origin_words = word(300)

    class Meta:
        ordering = ["id"]


class BeliefRating(Clinical):
    """What was asked anew about a belief at one visit."""

    belief = models.ForeignKey(Belief, on_delete=models.CASCADE, related_name="ratings")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="belief_ratings")
    conviction = rating()
    flex_mistaken = rating()
    flex_alternatives = rating()
    flex_contradiction = rating()
    impact = rating()
    # "before" or "after" the explanation, or "again": after step 4 had asked; from the order of saves
    context = word(12)
    first_conviction = rating()  # where it was rated again at this visit; null: once
    first_context = word(12)
    conviction_again = rating()  # asked once more in step 4, after something was tried
    behaviour = text()
    emotion = word(60)
    emotion_strength = rating()
    evidence_for = text()
    exceptions = text()
    said_back = text()
    focus = models.BooleanField(default=False)
    status = models.CharField(max_length=10, default="active")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["belief", "consultation"], name="belief_rated_once_a_visit"),
            one_of("belief", "status", ["active", "loosened", "resolved", "parked"]),
            one_of("belief", "context", ["", "before", "after", "again"]),
            one_of("belief", "first_context", ["", "before", "after", "again"]),
            *in_range("belief", "conviction", "first_conviction", "conviction_again", top=100),
            *in_range(
                "belief",
                "flex_mistaken",
                "flex_alternatives",
                "flex_contradiction",
                "impact",
                "emotion_strength",
            ),
        ]

    @property
    def last_conviction(self):
        """How true it felt when it was asked last at this visit."""
        asked_in_step_4 = self.conviction_again is not None and self.context != "again"
        return self.conviction_again if asked_in_step_4 else self.conviction


class Alternative(Addressed):
    """Another way to see it, in words; whose words they are."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="alternatives")
    heard_in = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    belief = models.ForeignKey(Belief, on_delete=models.PROTECT, related_name="alternatives")
    text = models.CharField(max_length=500)
    author = word(12)
    tied_to_activity = models.ForeignKey(
        "consults.Activity", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [one_of("alternative", "author", ["", "client", "together", "clinician"])]


class AlternativeRating(Clinical):
    alternative = models.ForeignKey(Alternative, on_delete=models.CASCADE, related_name="ratings")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    believability = rating()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alternative", "consultation"], name="alternative_rated_once_a_visit"
            ),
            *in_range("alternative", "believability", top=100),
        ]


class Experiment(Clinical):
    """Something tried: noticed before and after, or predicted and compared."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="experiments")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="experiments")
    belief = models.ForeignKey(
        Belief, on_delete=models.PROTECT, null=True, blank=True, related_name="experiments"
    )
    kind = word(10)  # blank: nobody said how
    date = models.DateField(null=True, blank=True)
    # notice and repeat
    movement = word(300)
    noticed_before = text()
    in_between = word(300)
    noticed_after = text()
    # prediction
    prediction = word(300)
    certainty = rating()
    safety_behaviour_to_drop = word(300)
    what_done = word(300)
    what_happened = text()
    # both
    learnt_client_words = text()
    next = word(300)

    class Meta:
        ordering = ["id"]
        constraints = [
            one_of("experiment", "kind", ["", "notice", "prediction"]),
            *in_range("experiment", "certainty", top=100),
        ]
