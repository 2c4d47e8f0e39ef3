"""Forms that are not steps: a client's details, an addendum, a clearance, a search."""

from datetime import date

from django import forms
from django.utils import timezone

from consults.steps.levels import LEVEL_FIELDS, LEVEL_NAMES, check_levels
from painconsult.accounts.models import User
from painconsult.ui.fields import Choice, Day, Email, Line, Ticked, Words
from painconsult.ui.sheet import Sheet, as_posted


class PlainForm(forms.Form):
    """A form whose markup is written by a template over a sheet."""

    def sheet(self, values=None):
        data = self.data if self.is_bound else as_posted(self.fields, values or {})
        return Sheet(self.fields, data, dict(self.errors) if self.is_bound else {})


class ClientForm(PlainForm):
    preferred_name = Line(
        80, label="What they like to be called", required=True, missing="Write the name they use."
    )
    full_name = Line(160, label="Full name", required=True, missing="Write their full name.")
    birth_date = Day(
        label="Date of birth",
        required=True,
        missing="Fill in the date of birth: it tells people of one name apart.",
    )
    reference = Line(40, label="Your reference")
    therapist = Choice({}, label="Therapist")
    phone = Line(40, label="Phone")
    email = Email(254, label="Email")
    safe_to_contact = Line(200, label="Safe to contact")
    language = Line(60, label="Language")
    interpreter = Ticked(label="Needs an interpreter")
    gp = Line(200, label="Doctor (GP)")
    examined_by = Line(200, label="Who examined this pain")
    examined_said = Words(1000, label="And what was said")
    known_condition = Line(200, label="Known condition")
    same_person = Ticked(label="This is somebody else: add them")

    def __init__(self, data=None, *, by, existing=None):
        super().__init__(data)
        self.by, self.existing = by, existing
        staff = User.objects.filter(clinic=by.clinic_id, is_active=True, role=User.Role.THERAPIST).order_by(
            "name"
        )
        self.fields["therapist"].options = {str(user.pk): user.name for user in staff}

    def clean_therapist(self):
        if not self.cleaned_data["therapist"] and self.by.is_manager and not self.existing:
            raise forms.ValidationError("Choose the therapist who will see them.")
        return self.cleaned_data["therapist"]

    def clean_birth_date(self):
        born = self.cleaned_data["birth_date"]
        if born and born > timezone.localdate():
            raise forms.ValidationError("A date of birth lies in the past. Check the year.")
        return born

    def say_reference_is_taken(self):
        words = "Another client has this reference. Choose a different one, or leave it empty."
        self.add_error("reference", words)

    def as_stored(self):
        """The sheet of the details as they are stored."""
        values = {name: getattr(self.existing, name, None) for name in self.fields}
        values["therapist"] = self.existing.therapist_id
        return Sheet(self.fields, as_posted(self.fields, values))

    def answers(self):
        """Values for the client's columns."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "same_person"}
        told["therapist_id"] = int(told.pop("therapist") or 0) or (
            self.existing.therapist_id if self.existing else self.by.pk
        )
        return told


class SearchForm(PlainForm):
    q = Line(80, label="Find by name or reference")


class AddendumForm(PlainForm):
    words = Words(4000, label="What to add", required=True, missing="Write what you want to add.")
    reason = Line(300, label="Why now", required=True, missing="Say why it is added now.")


class ClearanceForm(PlainForm):
    cleared_on = Day(label="Cleared on", first=date(2000, 1, 1), required=True, missing="Fill in the day.")
    cleared_by = Line(200, label="Cleared by", required=True, missing="Write who cleared it.")
    words = Words(1000, label="In what words", required=True, missing="Write what they said.")

    def clean_cleared_on(self):
        day = self.cleaned_data["cleared_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(
                "This day is still to come. A clearance is written down once it is given."
            )
        return day


class LevelsForm(PlainForm):
    """The levels of a goal but the expected one, which was agreed at the visit."""

    level_p2 = Line(200, label=LEVEL_NAMES["level_p2"])
    level_p1 = Line(200, label=LEVEL_NAMES["level_p1"])
    level_m1 = Line(200, label=LEVEL_NAMES["level_m1"])
    level_m2 = Line(200, label=LEVEL_NAMES["level_m2"])

    def __init__(self, data=None, *, goal):
        super().__init__(data)
        self.goal, self.locking = goal, bool(data) and data.get("do") == "lock"

    def clean(self):
        if self.errors:
            return
        answers = {**self.cleaned_data, LEVEL_FIELDS[0]: self.goal.level_0}
        self.fields[LEVEL_FIELDS[0]] = Line()  # so that a sentence about it has a place
        check_levels(self, answers, locking=self.locking)


class StartForm(PlainForm):
    held_on = Day(label="The day of the visit")
    along = Choice({"yes": "Yes", "no": "No"}, label="Will they see your screen?")

    def clean_held_on(self):
        day = self.cleaned_data["held_on"] or timezone.localdate()
        if day > timezone.localdate():
            raise forms.ValidationError("A visit is recorded on its day or later, not before.")
        return day
