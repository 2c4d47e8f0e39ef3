"""What the client takes home: versions that were published, and the links that open them."""

from django.db import models
from django.db.models.functions import Now

from consults.models.base import Addressed, Clinical, both_or_neither, one_of, several
from consults.models.consultations import Consultation
from consults.models.people import Client
from painconsult.accounts.models import User


class Plan(Addressed):
    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="plan")


class PlanVersion(Clinical):
    """What was published, as words and ids: never HTML, never changed."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    schema = models.PositiveSmallIntegerField(default=1)
    content = models.JSONField()
    struck = several()
    agreed_on = models.DateField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="version_once_a_plan")]


class PlanLink(Addressed):
    """One way to open a plan. Only a keyed hash of its secret is kept."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="links")
    secret_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60)
    audience = models.CharField(max_length=8, default="client")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    times_opened = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            one_of("link", "audience", ["client", "ally"]),
            both_or_neither("revoked_is_a_pair", "revoked_at", "revoked_by"),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "-created_at"],
                condition=models.Q(last_opened_at__isnull=True, revoked_at__isnull=True),
                name="link_never_opened",
            )
        ]

    @classmethod
    def live(cls):
        """The condition of a link that still opens, by the database's own clock."""
        return models.Q(revoked_at__isnull=True, expires_at__gt=Now())
