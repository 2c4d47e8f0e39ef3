"""One consultation: its answers, its steps, what was saved when, and what is still being typed."""

from django.db import models

from consults.models.base import (
    Addressed,
    Clinical,
    both_or_neither,
    choices,
    in_range,
    one_of,
    rating,
    several,
    text,
    word,
)
from consults.models.people import Client
from painconsult.accounts.models import User

SLUGS = (
    "safety",
    "acknowledge",
    "explain",
    "beliefs",
    "reframe",
    "activities",
    "resources",
    "timescale",
    "before-you-go",
)
OUTCOMES = {
    "": "Not decided yet",
    "clear_to_proceed": "Clear to go on",
    "proceed_with_follow_up": "Go on, with follow-up",
    "paused_referred": "Paused, referred",
}


class Consultation(Addressed):
    """A visit. Columns hold the single answers, grouped by step; what repeats has rows of its own."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consultations")
    therapist = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consultations")
    kind = models.CharField(max_length=10, default="first")
    number = models.PositiveSmallIntegerField()
    held_on = models.DateField()
    started_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    scope = models.JSONField(default=dict)

    # safety
    # {"yes": [line ids], "none": [numbers of groups read aloud to the end]}; a line in neither was not asked
    screen = models.JSONField(default=dict, blank=True)
    suicide_answer = choices()
    home_unsafe = choices()
    child_night_or_limp = choices()
    touch_safe = choices()
    touch_words = word(300)
    consent_to_touch = choices()
    outcome = choices(24)
    outcome_reason = text()
    outcome_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome_at = models.DateTimeField(null=True, blank=True)

    # 1 acknowledge
    consent_to_record = choices()
    story_client_words = text()
    pain_sites = several()
    duration_months = models.PositiveSmallIntegerField(null=True, blank=True)
    pattern = text()
    aggravates = text()
    eases = text()
    client_explanation = text()
    explanation_conviction = rating()
    felt_disbelieved = choices()
    main_worry = text()
    expectation_today = text()
    validation_given = text()

    # 2 explain
    permission = choices()
    prior_knowledge = text()
    messages_used = several()
    metaphor = word(40)
    metaphor_own = word(300)
    personal_link = text()
    uncertainty_said = choices()
    uncertainty_which = word(300)
    teach_back_client_words = text()
    fits_me = rating()
    questions_left = text()
    education_dose_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    # 4 reframe
    progress_marker = text()

    # 5 activities
    support_between_visits = text()

    # 6 resources
    ally_answer = choices()
    unhelpful_influences = text()

    # 7 timescale
    end_of_care_sign = text()

    # before you go
    felt_understood = rating()
    makes_sense = rating()
    what_we_missed = text()

    class Meta:
        ordering = ["client", "number"]
        constraints = [
            models.UniqueConstraint(fields=["client", "number"], name="visit_number_once_a_client"),
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(completed_at__isnull=True), name="one_open_consultation"
            ),
            both_or_neither("completed_is_a_pair", "completed_at", "completed_by"),
            both_or_neither("outcome_is_signed", "outcome_by", "outcome_at"),
            models.CheckConstraint(
                name="outcome_has_a_signature",
                condition=models.Q(outcome="") | models.Q(outcome_by__isnull=False),
            ),
            one_of("visit", "kind", ["first", "review", "closing"]),
            one_of("visit", "outcome", OUTCOMES),
            one_of("visit", "consent_to_record", ["", "yes", "no"]),
            *in_range("visit", "explanation_conviction", top=100),
            *in_range("visit", "fits_me", "felt_understood", "makes_sense"),
        ]
        indexes = [
            models.Index(fields=["clinic", "completed_at", "held_on"], name="visit_by_day"),
            models.Index(fields=["client", "-held_on"], name="visit_latest"),
            models.Index(
                fields=["clinic", "therapist", "-held_on"],
                condition=models.Q(completed_at__isnull=True),
                name="visit_still_open",
            ),
            models.Index(
                fields=["clinic", "-completed_at"],
                condition=models.Q(number=1, completed_at__isnull=False),
                name="visit_first_done",
            ),
        ]

    def __str__(self):
        return f"Visit {self.number}"

    @property
    def is_first(self):
        """By its number: a visit that is entered late takes its place, and what was the first is none any more."""
        return self.number == 1

    @property
    def is_completed(self):
        return self.completed_at is not None

    @property
    def is_paused(self):
        return self.outcome == "paused_referred"

    @property
    def does_hands_on(self):
        return bool(self.scope.get("hands_on"))


class Step(Clinical):
    """Where one step of one consultation stands. `number` counts its saves: two tabs cannot both win."""

    STATES = {
        "not_started": "Not started",
        "begun": "Begun",
        "enough": "Enough for today",
        "full": "All asked",
        "not_appropriate": "Not today",
    }
    THIN = ("not_started", "begun")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="steps")
    slug = models.CharField(max_length=20)
    number = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, default="not_started")
    missing = several()
    afterwards = several()  # [[what, id of its field]]: it needs no client, and waits until they have left
    not_appropriate_reason = word(300)
    client_words = text()
    private_notes = text()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "slug"], name="step_once_a_consultation"),
            one_of("step", "slug", SLUGS),
            one_of("step", "state", ["not_started", "begun", "enough", "full", "not_appropriate"]),
            both_or_neither("step_saved_is_a_pair", "saved_by", "saved_at"),
            models.CheckConstraint(
                name="not_appropriate_says_why",
                condition=~models.Q(state="not_appropriate") | ~models.Q(not_appropriate_reason=""),
            ),
        ]

    @property
    def is_thin(self):
        return self.state in self.THIN

    @property
    def is_settled(self):
        """Saved, with enough for today, or said not to be for today."""
        return self.saved_at is not None and not self.is_thin


class StepEntry(Clinical):
    """One save, as it was: appended, never changed. Its key makes a repeated save one effect."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="entries")
    slug = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    key = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64)
    answers = models.JSONField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "slug", "number"], name="entry_number_once_a_step"
            )
        ]
        ordering = ["id"]


class Draft(Clinical):
    """What is being typed: the raw form, neither validated nor part of the record."""

    key = models.UUIDField(primary_key=True)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="drafts")
    slug = models.CharField(max_length=20)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    base = models.PositiveIntegerField()
    body = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["consultation", "slug", "user"], name="draft_of_a_step")]


class Addendum(Clinical):
    """Something added to a completed consultation: who, when, and why."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="addenda")
    words = models.TextField()
    reason = models.CharField(max_length=300)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class SafetyFinding(Clinical):
    """A yes in the safety check. Only a clearance closes it: a date, by whom, in what words."""

    LEVELS = {"E": "Emergency now", "U": "Urgent", "R": "Medical review"}

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="findings")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="findings")
    flag = models.CharField(max_length=20)
    answer = word(12)
    level_found = models.CharField(max_length=1)
    level_now = models.CharField(max_length=1)
    level_reason = word(300)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    action = text()
    contacted = word(200)
    contacted_at = word(60)
    reply_due = models.DateField(null=True, blank=True)
    cleared_on = models.DateField(null=True, blank=True)
    cleared_by = word(200)
    cleared_words = text()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "flag"], name="finding_once_a_consultation"),
            one_of("finding", "level_found", ["E", "U", "R"]),
            one_of("finding", "level_now", ["E", "U", "R"]),
            models.CheckConstraint(
                name="lower_level_says_why",
                condition=models.Q(level_now=models.F("level_found")) | ~models.Q(level_reason=""),
            ),
            models.CheckConstraint(
                name="clearance_is_whole",
                condition=models.Q(cleared_on__isnull=True, cleared_by="", cleared_words="")
                | (
                    models.Q(cleared_on__isnull=False)
                    & ~models.Q(cleared_by="")
                    & ~models.Q(cleared_words="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "reply_due"],
                condition=models.Q(cleared_on__isnull=True),
                name="finding_open",
            )
        ]

    @property
    def is_open(self):
        return self.cleared_on is None
