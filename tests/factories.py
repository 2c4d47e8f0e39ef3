"""People and things for the tests: functions with overrides, so that a test says only what matters to it."""

from itertools import count

from painconsult.accounts.models import Clinic, User

PASSWORD = "a slow walk by the river"
_numbers = count(1)


def make_clinic(**fields):
    n = next(_numbers)
    return Clinic.objects.create(
        **{
            "name": f"Harbour clinic {n}",
            "emergency_contact": "999",
            "crisis_contact": "116 123",
            "clinic_contact": "01632 960 001",
        }
        | fields
    )


def make_user(clinic=None, *, role="therapist", password=PASSWORD, **fields):
    n = next(_numbers)
    fields = {"email": f"person{n}@clinic.example", "name": f"Person {n}"} | fields
    return User.objects.create_user(
        fields.pop("email"), password, clinic=clinic or make_clinic(), role=role, **fields
    )


def make_therapist(clinic=None, **fields):
    return make_user(clinic, **{"name": "Ann Therapist"} | fields)


def make_manager(clinic=None, **fields):
    return make_user(clinic, role="manager", **{"name": "Max Manager"} | fields)


def make_stranger(**fields):
    """A therapist of another clinic."""
    return make_user(make_clinic(name="Hillside clinic"), **{"name": "Sam Stranger"} | fields)
