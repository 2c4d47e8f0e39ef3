"""What the client wants to do more of, and how much of it today."""

from django.db import models

from consults.how_often import times_named
from consults.models.base import Addressed, Clinical, in_range, one_of, rating, several, text, word
from consults.models.consultations import Consultation
from consults.models.people import Client


class Activity(Addressed):
    """The lasting part of a valued activity: what it is and what it is for."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="activities")
    heard_in = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    activity = models.CharField(max_length=200)
    valued_domain = word(20)
    why_it_matters = text()

    class Meta:
        ordering = ["id"]


class ActivityVisit(Clinical):
    """What was asked anew at one visit: ratings, and the plan for the days that follow.

    `amounts` says how "how much now" was answered: `measured` (up to three tries), `recalled`
    (a guess, so week one is counting) or `words` (an activity without a number).
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="visits")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="activity_visits")
    activity_rating = rating()
    importance = rating()
    willingness = rating()
    confidence = rating()
    confidence_reason = word(300)
    in_plan = models.BooleanField(default=True)
    amounts = word(10)
    unit = word(20)
    trial_1 = models.PositiveSmallIntegerField(null=True, blank=True)
    trial_2 = models.PositiveSmallIntegerField(null=True, blank=True)
    trial_3 = models.PositiveSmallIntegerField(null=True, blank=True)
    guess = models.PositiveSmallIntegerField(null=True, blank=True)
    now_words = word(300)
    start_amount = models.PositiveSmallIntegerField(null=True, blank=True)
    increment = models.PositiveSmallIntegerField(null=True, blank=True)
    frequency_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    if_cue = word(300)
    then_action = word(300)
    bad_day_version = word(300)
    barriers = several()  # [{"barrier": word, "plan": sentence}]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "consultation"], name="activity_asked_once_a_visit"),
            one_of("activity", "amounts", ["", "measured", "recalled", "words"]),
            *in_range("activity", "activity_rating", "importance", "willingness", "confidence"),
            *in_range("activity", "frequency_per_week", top=14),
        ]

    @property
    def times_a_week(self):
        """What was pressed, else what the cue says; None where neither does."""
        return self.frequency_per_week or times_named(self.if_cue)

    @property
    def trials(self):
        return [trial for trial in (self.trial_1, self.trial_2, self.trial_3) if trial is not None]
