"""What every clinical row has: a clinic, and one way to be read."""

from django.db import models

from painconsult.accounts.models import Clinic
from painconsult.keys import uuid7


class ClinicalQuerySet(models.QuerySet):
    def for_user(self, user):
        """Start every read of clinical data here. No clinic, or no active account: no rows."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(clinic=user.clinic_id)


class Clinical(models.Model):
    """A row that belongs to a clinic. The database refuses a parent from another clinic."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")

    objects = ClinicalQuerySet.as_manager()

    class Meta:
        abstract = True


class Addressed(Clinical):
    """A clinical row with an address of its own: its key is a time-ordered UUID."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


def rating():
    """A column for a chosen number; null is "not answered", never 0. Its range is a constraint."""
    return models.PositiveSmallIntegerField(null=True, blank=True)


def in_range(model, *names, top=10):
    """One constraint per rating: what is out of range can never be stored."""
    return [
        models.CheckConstraint(
            name=f"{model}_{name}_range",
            condition=models.Q(**{f"{name}__isnull": True}) | models.Q(**{f"{name}__range": (0, top)}),
        )
        for name in names
    ]


def one_of(model, name, values):
    """A constraint: the column holds one of these words."""
    return models.CheckConstraint(
        name=f"{model}_{name}_is_known", condition=models.Q(**{f"{name}__in": list(values)})
    )


def both_or_neither(name, one, other):
    """A constraint: who and when come together."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(**{f"{one}__isnull": True, f"{other}__isnull": True})
        | models.Q(**{f"{one}__isnull": False, f"{other}__isnull": False}),
    )


def text():
    return models.TextField(blank=True, default="")


def word(length=40):
    return models.CharField(max_length=length, blank=True, default="")


def choices(length=20):
    """A column for a chosen word; '' is "not answered"."""
    return models.CharField(max_length=length, blank=True, default="")


def several():
    """A column for a list of chosen words or short texts."""
    return models.JSONField(default=list, blank=True)
