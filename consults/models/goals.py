"""Goals with dates, the reviews that look at them, and the plan for a bad week."""

from django.db import models

from consults.models.activities import Activity
from consults.models.base import Addressed, Clinical, ClinicalQuerySet, one_of, several, word
from consults.models.beliefs import Belief
from consults.models.consultations import Consultation
from consults.models.people import Client
from painconsult.ui import clock

LEVELS = (-2, -1, 0, 1, 2)


class GoalQuerySet(ClinicalQuerySet):
    def current(self, *, at=None, before=None):
        """Those still worked towards: not over, and not replaced by a newer one. As it stood at the visit of
        this number, or before it; without a number, now."""
        over = GoalRating.objects.filter(goal=models.OuterRef("pk")).exclude(status="active")
        newer = Goal.objects.filter(replaces=models.OuterRef("pk"))
        for how, number in (("lte", at), ("lt", before)):
            if number is not None:
                over = over.filter(**{f"consultation__number__{how}": number})
                newer = newer.filter(**{f"heard_in__number__{how}": number})
        return self.exclude(models.Exists(over)).exclude(models.Exists(newer))

    def with_levels_wait(self):
        """`levels_wait` of each: whether its levels can be finished now. Its visit is over, and they are neither
        locked nor rated since. rules.py says in words why others cannot."""
        rated = GoalRating.objects.filter(goal=models.OuterRef("pk"), level__isnull=False)
        rated = rated.exclude(consultation=models.OuterRef("heard_in"))
        waits = models.Q(levels_locked_at=None, heard_in__completed_at__isnull=False)
        waits &= ~models.Q(level_0="") & ~models.Q(models.Exists(rated))
        return self.annotate(levels_wait=models.ExpressionWrapper(waits, models.BooleanField()))


class Goal(Addressed):
    """The lasting part of a goal. Its levels are drafted, then finished and locked before work starts;
    a changed goal is a new one that names the one it replaces, and why. `levels_number` counts how often
    the levels were saved after the visit: two tabs cannot both win."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="goals")
    heard_in = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="goals"
    )
    purpose = word(300)
    belief = models.ForeignKey(Belief, on_delete=models.PROTECT, null=True, blank=True, related_name="goals")
    horizon = word(10)
    due_date = models.DateField(null=True, blank=True)
    unit = word(20)
    better = models.CharField(max_length=6, default="higher")
    now_amount = models.PositiveSmallIntegerField(null=True, blank=True)
    expected_amount = models.PositiveSmallIntegerField(null=True, blank=True)
    level_m2 = word(200)
    level_m1 = word(200)
    level_0 = word(200)
    level_p1 = word(200)
    level_p2 = word(200)
    baseline_level = models.SmallIntegerField(null=True, blank=True)
    importance = models.PositiveSmallIntegerField(null=True, blank=True)
    difficulty = models.PositiveSmallIntegerField(null=True, blank=True)
    levels_locked_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    change_reason = word(300)
    levels_number = models.PositiveIntegerField(default=0)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["replaces"], name="goal_replaced_once"),
            models.CheckConstraint(
                name="changed_goal_says_why",
                condition=models.Q(replaces__isnull=True) | ~models.Q(change_reason=""),
            ),
            one_of("goal", "better", ["higher", "lower"]),
            one_of("goal", "horizon", ["", "today", "this_week", "6_weeks", "3_months", "6_months"]),
            models.CheckConstraint(
                name="goal_baseline_range",
                condition=models.Q(baseline_level__isnull=True) | models.Q(baseline_level__in=[-2, -1]),
            ),
            models.CheckConstraint(
                name="goal_weight_range",
                condition=(models.Q(importance__isnull=True) | models.Q(importance__range=(1, 3)))
                & (models.Q(difficulty__isnull=True) | models.Q(difficulty__range=(1, 3))),
            ),
            models.CheckConstraint(
                name="locked_goal_has_its_levels",
                condition=models.Q(levels_locked_at__isnull=True)
                | ~(
                    models.Q(level_m2="")
                    | models.Q(level_m1="")
                    | models.Q(level_0="")
                    | models.Q(level_p1="")
                    | models.Q(level_p2="")
                ),
            ),
        ]

    @property
    def level_texts(self):
        """The five sentences by level, lowest first; '' where not written yet."""
        return dict(
            zip(
                LEVELS,
                (self.level_m2, self.level_m1, self.level_0, self.level_p1, self.level_p2),
                strict=True,
            )
        )

    @property
    def has_all_levels(self):
        return all(self.level_texts.values())


class GoalRating(Clinical):
    """Where a goal stood at one visit."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="ratings")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, default="active")
    status_reason = word(300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "consultation"], name="goal_rated_once_a_visit"),
            models.CheckConstraint(
                name="goal_level_range",
                condition=models.Q(level__isnull=True) | models.Q(level__range=(-2, 2)),
            ),
            one_of("goal_rating", "status", ["active", "achieved", "changed", "dropped"]),
            models.CheckConstraint(
                name="given_up_goal_says_why",
                condition=models.Q(status__in=["active", "achieved"]) | ~models.Q(status_reason=""),
            ),
        ]


AMONG_HOURS = models.Case(  # a part of a day stands where it begins
    *(models.When(part=part, then=models.Value(begins)) for part, begins in clock.PARTS.items()),
    default=models.F("at"),
    output_field=models.TimeField(),
)
NEXT_FIRST = ("due", AMONG_HOURS.asc(nulls_last=True), "id")


class Review(Clinical):
    """A date to look at it together. A missed one stays visible."""

    MODES = {"visit": "Here", "call": "By phone", "message": "By message"}

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="reviews")
    booked_in = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="reviews")
    due = models.DateField()
    at = models.TimeField(null=True, blank=True)  # by the clinic's clock; None: no hour is agreed
    part = word(9)  # of the day, where no more than that is agreed
    mode = models.CharField(max_length=8, default="visit")
    status = models.CharField(max_length=8, default="due")
    outcome = word(300)

    class Meta:
        ordering = NEXT_FIRST
        constraints = [
            one_of("review", "mode", ["visit", "call", "message"]),
            one_of("review", "status", ["due", "done", "missed", "moved"]),
            one_of("review", "part", ["", *clock.PARTS]),
            models.CheckConstraint(
                name="review_has_an_hour_or_a_part", condition=models.Q(at=None) | models.Q(part="")
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "due"], condition=models.Q(status="due"), name="review_still_due")
        ]

    @property
    def when(self):
        """To sort by, as NEXT_FIRST does: the day, then the hour or where its part of the day begins; those
        without either last."""
        return self.due, clock.begins(self.at, self.part), self.pk

    @property
    def hour_in_words(self):
        return clock.in_words(self.at, self.part)


class FlarePlan(Clinical):
    """The plan for a bad week. When to get help is never typed: it is fixed, from the clinic's settings."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="flare_plans")
    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="flare_plan")
    early_signs = several()
    early_signs_words = word(300)
    likely_triggers = word(300)
    first_48h = several()
    first_48h_words = word(300)
    not_do = several()
    say_to_self = word(300)
    who_to_tell = word(200)
    back_to_plan_rule = word(300)
    rehearsed = models.BooleanField(default=False)
