"""The demo clinic: its staff, and the worked cases of demo/*.toml, saved as the pages save them."""

import re
import tomllib
import uuid
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consults.actions import clients, consultations, plans
from consults.models import Client
from consults.steps import BY_SLUG
from consults.steps.document import Document
from painconsult.accounts.models import Clinic, ScopeProfile, User
from painconsult.ui.sheet import as_posted

CASES = ("graham", "priya", "marisol", "ewa", "tom", "leni")
FOLDER = Path(__file__).with_name("demo")
LINK_OF, LINK_LABEL = "D-1", "Demo link"

# Contacts nobody can reach by mistake, and that nobody can mistake for real ones.
CLINIC = {
    "name": "Harbour Lane (demo clinic)",
    "display_name": "Harbour Lane (demo)",
    "time_zone": "Europe/London",
    "emergency_contact": "demo number 000",
    "crisis_contact": "demo number 00 000",
    "clinic_contact": "demo number 000 0000",
    "opening_hours": "Monday to Friday, 8 to 6 (demo)",
    "weighs_goals": True,
    "is_demo": True,
}
# What this clinic decided; each worked case takes a mood screen, so each of the three may.
PROFILES = {
    "Massage therapy": {
        "profession": "massage therapist",
        "does_hands_on_work": True,
        "may_screen_mental_health": True,
    },
    "Physiotherapy": {
        "profession": "physiotherapist",
        "may_screen_mental_health": True,
    },
    "Nursing": {
        "profession": "nurse",
        "may_screen_mental_health": True,
    },
}
# E-mail, name, role, scope profile, password. They exist in development and in tests only.
STAFF = (
    ("therapist@demo.example", "Robin Demo", "therapist", "Massage therapy", "walk-three-holes"),
    ("physio@demo.example", "Alex Demo", "therapist", "Physiotherapy", "swim-five-lengths"),
    ("nurse@demo.example", "Jo Demo", "therapist", "Nursing", "sit-with-a-tea"),
    ("manager@demo.example", "Chris Demo", "manager", None, "see-the-whole-clinic"),
)


def seed(*, as_written=False):
    """Make what is missing of the demo clinic and return it. What is there stays as it is."""
    clinic = demo_clinic()
    with timezone.override(ZoneInfo(clinic.time_zone)):
        today = timezone.localdate()
        for name in CASES:
            seed_case(clinic, name, None if as_written else today)
    return clinic


@transaction.atomic
def demo_clinic():
    """The clinic with its staff; their passwords are the printed ones again, whatever became of them."""
    clinic = Clinic.objects.filter(is_demo=True).first() or Clinic.objects.create(**CLINIC)
    for name, told in PROFILES.items():
        ScopeProfile.objects.get_or_create(clinic=clinic, name=name, defaults=told)
    for email, name, role, profile, password in STAFF:
        scope = ScopeProfile.objects.get(clinic=clinic, name=profile) if profile else None
        user = User.objects.filter(clinic=clinic, email=email).first()
        if user is None:
            User.objects.create_user(email, password, name=name, clinic=clinic, role=role, scope=scope)
        elif not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
    return clinic


def seed_case(clinic, name, today):
    """Add a client with their visits, unless they are there. `today` moves the dates; None leaves them."""
    case = read_case(name)
    if Client.objects.filter(clinic=clinic, reference=case["client"]["reference"]).exists():
        return
    if today:
        days = [visit["held_on"] for visit in case["visits"]]
        last = max(days, default=today)
        case = moved(case, today - timedelta(days=case["days_ago"]) - last)
    add_case(clinic, case)


def read_case(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@transaction.atomic
def add_case(clinic, case):
    by = User.objects.get(clinic=clinic, email=case["therapist"])
    client = clients.add_client(case["client"] | {"therapist": by}, by=by)
    names = {}
    for visit in case["visits"]:
        hold(client, visit, names, by)


def moved(told, shift):
    """The same with every date moved, the birth date too, so that ages stay as written."""
    if isinstance(told, dict):
        return {key: moved(value, shift) for key, value in told.items()}
    if isinstance(told, list):
        return [moved(value, shift) for value in told]
    return told + shift if isinstance(told, date) else told


def hold(client, told, names, by):
    """One visit: its steps in the order of the file, then completed and published if it says so."""
    visit = consultations.start_consultation(client, by=by, held_on=told["held_on"])
    for slug, answers in told.items():
        if slug in BY_SLUG:
            save(visit, BY_SLUG[slug], answers, names, by)
    seen = consultations.version_of(visit)
    if told.get("complete"):
        consultations.complete(visit, by=by, seen=seen)
    if told.get("publish"):
        plans.publish(visit, [], by=by, seen=seen)


def save(visit, step, told, names, by):
    """Post one step. `names` maps the ids of the file to stored ids; this step's rows join it."""
    kinds = {rows.name: told.get(rows.name, []) for rows in step.rows}
    for rows in kinds.values():
        names |= {row["id"]: f"new{n}" for n, row in enumerate(rows, start=1) if "id" in row}
    answers = {name: value for name, value in told.items() if name not in kinds}
    data = posted(step.form(consultation=visit), answers, names)
    for rows in step.rows:
        for n, row in enumerate(kinds[rows.name], start=1):
            row_id = row.get("flag", f"new{n}")
            values = {name: value for name, value in row.items() if name not in ("id", "flag")}
            data.appendlist(rows.name, row_id)
            data.update(posted(rows.form(consultation=visit), values, names, f"{rows.name}-{row_id}"))
    document = Document(step, visit, data)
    if not document.is_valid():
        errors = [document.form.errors, *(form.errors for _, _, form in document.rows)]
        raise CommandError(f"{visit.client}, {step.slug}: {[error for error in errors if error]}")
    base = visit.steps.get(slug=step.slug).number
    consultations.save_step(visit, step, document, base=base, key=uuid.uuid4(), by=by)
    for rows in step.rows:
        stored = {values.get(rows.form.main): row_id for row_id, values in rows.stored(visit)}
        names |= {row["id"]: stored[row[rows.form.main]] for row in kinds[rows.name] if "id" in row}
    names |= {card.kind: card.pk for card in visit.cards.filter(kind="explanation")}


def posted(form, values, names, prefix=""):
    """These values as a browser would post them. A field the form does not have is a fault of the file."""
    if unknown := set(values) - set(form.fields):
        raise CommandError(f"{prefix or type(form).__name__}: no such field: {sorted(unknown)}")
    return as_posted(form.fields, {name: named(value, names) for name, value in values.items()}, prefix)


def named(value, names):
    """A value in which `@name` stands for a row of the file."""
    if isinstance(value, list):
        return [named(each, names) for each in value]
    if isinstance(value, str) and value.startswith("@"):
        return re.sub(r"@(\w+)", lambda found: str(names[found[1]]), value)
    return value


def fresh_link(clinic):
    """Close the link printed before and return the address of a new one."""
    client = Client.objects.select_related("therapist", "plan").get(clinic=clinic, reference=LINK_OF)
    for link in client.plan.links.filter(label=LINK_LABEL, revoked_at=None).select_related("plan"):
        plans.revoke(link, by=client.therapist)
    _, secret = plans.new_link(client.plan, LINK_LABEL, by=client.therapist)
    return f"{settings.SITE_URL.rstrip('/')}{reverse('plan_door')}#{secret}"
