"""Clinics and their staff."""

from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from painconsult.keys import uuid7


def validate_time_zone(name):
    if name not in available_timezones():
        raise ValidationError("Choose a time zone from the list, such as Europe/London.")


class Clinic(models.Model):
    """One site of one practice. The three contacts are printed on every plan, so none may be empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    display_name = models.CharField(
        max_length=120, blank=True, help_text="What a client's link shows before it is opened; neutral words."
    )
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_time_zone])
    emergency_contact = models.CharField(max_length=120)
    crisis_contact = models.CharField(max_length=120)
    clinic_contact = models.CharField(max_length=120)
    opening_hours = models.CharField(max_length=120, blank=True)
    weighs_goals = models.BooleanField(default=False)
    managers_read_words = models.BooleanField(
        default=False, help_text="Whether managers read what was said, and notes, beside progress and states."
    )
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="clinic_contacts_are_given",
                condition=~models.Q(emergency_contact="")
                & ~models.Q(crisis_contact="")
                & ~models.Q(clinic_contact=""),
            )
        ]

    def __str__(self):
        return self.name


class ScopeProfile(models.Model):
    """What a clinic decided that a profession does here. It says nothing about the law."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="scope_profiles")
    name = models.CharField(max_length=80)
    profession = models.CharField(max_length=80)
    does_hands_on_work = models.BooleanField(default=False)
    does_movement_experiments = models.BooleanField(default=True)
    may_screen_mental_health = models.BooleanField(default=False)
    step_titles = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("clinic", "name", name="scope_name_once_a_clinic")]

    def __str__(self):
        return self.name

    def snapshot(self):
        """What a consultation keeps, so that a later change of the profile does not rewrite it."""
        return {
            "profession": self.profession,
            "hands_on": self.does_hands_on_work,
            "movement": self.does_movement_experiments,
            "mental_health": self.may_screen_mental_health,
            "step_titles": self.step_titles,
        }


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.strip().casefold(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().casefold())


class User(AbstractBaseUser):
    """A member of staff: one clinic, one role. Never deleted, only made inactive."""

    class Role(models.TextChoices):
        THERAPIST = "therapist", "Therapist"
        MANAGER = "manager", "Clinic manager"

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="staff")
    role = models.CharField(max_length=12, choices=Role.choices)
    scope = models.ForeignKey(ScopeProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    reads_along = models.BooleanField(
        null=True,
        help_text="Whether clients look at this person's screen too, so that what is for the therapist is away; "
        "empty until it was pressed once.",
    )

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="email_once_a_site"),
            models.CheckConstraint(
                name="role_is_known", condition=models.Q(role__in=["therapist", "manager"])
            ),
        ]

    def __str__(self):
        return self.name

    def remember_reads_along(self, on):
        """Kept with the person: who sits beside a client today sits there next time."""
        type(self).objects.filter(pk=self.pk).update(reads_along=on)

    @property
    def reads_words(self):
        """A therapist does; a manager sees progress and states, and more only if the clinic says so."""
        return self.is_therapist or self.clinic.managers_read_words

    @property
    def is_manager(self):
        return self.role == self.Role.MANAGER

    @property
    def is_therapist(self):
        return self.role == self.Role.THERAPIST
