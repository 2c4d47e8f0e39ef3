"""A clinic of a given size, for measuring: invented clients and visits, written past the actions.

It holds what lists, client pages, steps and plans read, and no step entries; the audit chain says
only that it was filled, and with how many. Rows go to the database as tuples (COPY on PostgreSQL):
a million model instances would take half an hour.
"""
# ruff: noqa: S311, S608 - dice for invented people; table and column names from our own models

import random
import secrets
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache

from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import AutoField, DateField, JSONField
from django.utils import timezone

from consults import models
from consults.folding import found_by
from consults.steps import SEVEN
from painconsult.accounts.models import ScopeProfile, User
from painconsult.audit.chain import record
from painconsult.keys import uuid7

CHUNK = 1000
CLIENTS_EACH = 300  # per therapist, however large the clinic
TOGETHER = 3  # therapists who take turns with new clients
FIRST = ("Ada", "Bela", "Cleo", "Dov", "Edda", "Falk", "Gita", "Hugo", "Inka", "Joss", "Kaja", "Lorn", "Mina")
LAST = [
    first + last
    for first in ("Bram", "Cald", "Dren", "Fenn", "Hask", "Lorm")
    for last in ("ick", "ow", "una")
]
BELIEFS = (("harm_fear", "If it hurts, I do damage."), ("control", "Nothing I do helps."))
FLAGS = (("medication", "R"), ("visceral", "U"), ("no_review", "R"))


def fill(clinic, clients, visits, *, say):
    """Add invented clients until the clinic has this many clients and visits."""
    have = models.Client.objects.filter(clinic=clinic).count()
    held = models.Consultation.objects.filter(clinic=clinic).count()
    if have >= clients and held >= visits:
        return
    if have >= clients:
        raise CommandError(f"There are {have} clients already: more visits need more clients.")
    missing, to_hold, began = clients - have, max(visits - held, 0), time.monotonic()
    therapists = enough_therapists(clinic, clients)
    for start in range(0, missing, CHUNK):
        numbers = range(start, min(start + CHUNK, missing))
        people = [Person(clinic, have + n, therapists, share(n, missing, to_hold)) for n in numbers]
        with transaction.atomic():
            write(people)
        done = numbers[-1] + 1
        if done % (10 * CHUNK) == 0 or done == missing:
            say(f"  {have + done:,} clients, {time.monotonic() - began:.0f} s")
    record("filled", clinic=clinic, detail=f"{missing} {to_hold}")


def share(n, clients, visits):
    """How many visits the n-th client has: neighbours differ, and all of them add up to `visits`."""
    pair = n - n % 2
    both = visits * min(pair + 2, clients) // clients - visits * pair // clients
    if pair + 1 == clients:
        return both
    more = min(both, both // 2 + both // 4)
    return more if n % 2 else both - more


def turn(number):
    """Whose client this is: three take turns until each has enough, then the next three."""
    return number // (TOGETHER * CLIENTS_EACH) * TOGETHER + number % TOGETHER


def enough_therapists(clinic, clients):
    staff = User.objects.filter(clinic=clinic, role=User.Role.THERAPIST, is_active=True)
    profiles = list(ScopeProfile.objects.filter(clinic=clinic).order_by("pk"))
    first = staff.count() + 1
    for n in range(first, clients // CLIENTS_EACH + 1):
        User.objects.create_user(
            f"therapist-{n:04d}@demo.example",
            None,
            name=f"Therapist {n:04d} Demo",
            clinic=clinic,
            role=User.Role.THERAPIST,
            scope=profiles[n % len(profiles)],
        )
    return list(staff.select_related("scope").order_by("pk"))


def write(people):
    """Every row of these people, parents first."""
    tables = {model: Table(model) for model in ORDER}
    for person in people:
        for model, told in person.rows():
            tables[model].add(told)
    for table in tables.values():
        table.write()


class Table:
    """Rows of one model, as the database takes them: the model's own defaults, and what is told."""

    def __init__(self, model):
        blank = model()
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
        self.name, self.columns = model._meta.db_table, [field.column for field in fields]
        self.blank = [field.get_db_prep_save(field.pre_save(blank, add=True), connection) for field in fields]
        self.at = {field.attname: place for place, field in enumerate(fields)}
        self.days, self.texts = (
            {field.attname: field.get_db_prep_save for field in fields if isinstance(field, kind)}
            for kind in (DateField, JSONField)
        )
        self.rows = []

    def add(self, told):
        row = self.blank.copy()
        for name, value in told.items():
            if name in self.days:
                value = as_stored(self.days[name], value)
            elif name in self.texts:
                value = self.texts[name](value, connection)
            row[self.at[name]] = value
        self.rows.append(row)

    def write(self):
        columns = ", ".join(self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self.name} ({columns}) FROM STDIN") as copy:
                    for row in self.rows:
                        copy.write_row(row)
            elif self.rows:
                marks = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(f"INSERT INTO {self.name} ({columns}) VALUES ({marks})", self.rows)


@cache
def as_stored(prepare, day):
    """A date or time as this database stores it; there are few different ones."""
    return prepare(day, connection)


def new_key():
    """A fresh key, as this database stores it."""
    return uuid7() if connection.features.has_native_uuid_field else uuid7().hex


ORDER = (
    models.Client,
    models.ClientWord,
    models.Consultation,
    models.Step,
    models.Belief,
    models.BeliefRating,
    models.Activity,
    models.ActivityVisit,
    models.Goal,
    models.GoalRating,
    models.Review,
    models.SafetyFinding,
    models.Plan,
    models.PlanVersion,
    models.PlanLink,
)


class Person:
    """One invented client: their record as (model, {column: value}), parents before children."""

    def __init__(self, clinic, number, therapists, visits):
        self.clinic, self.number, self.dice = clinic, number, random.Random(number)
        self.clinic_id = clinic.pk if connection.features.has_native_uuid_field else clinic.pk.hex
        self.therapist = therapists[turn(number) % len(therapists)]
        self.by = self.therapist.pk
        self.scope = self.therapist.scope.snapshot()
        self.key = new_key()
        self.days = self.days_of(visits)
        self.is_open = bool(visits) and self.dice.random() < 0.05
        self.keys = [new_key() for _ in self.days]
        self.done = len(self.days) - self.is_open

    def make(self, model, **told):
        return model, told | {"clinic_id": self.clinic_id}

    def days_of(self, visits):
        day = timezone.localdate() - timedelta(days=self.dice.randrange(90))
        days = []
        for _ in range(visits):
            days.append(day)
            day -= timedelta(days=self.dice.randrange(10, 40))
        return days[::-1]

    def rows(self):
        yield from self.client()
        if self.days:
            yield from self.visits()
            yield from self.thinking()
            yield from self.doing()
            yield from self.reviews()
            yield from self.finding()
            yield from self.plan()

    def client(self):
        name, reference = FIRST[self.number % len(FIRST)], f"N-{self.number:06d}"
        full_name = f"{name} {self.dice.choice(LAST)} Demo"
        yield self.make(
            models.Client,
            id=self.key,
            reference=reference,
            preferred_name=name,
            full_name=full_name,
            birth_date=date(1940, 1, 1) + timedelta(days=self.dice.randrange(24_000)),
            language="English",
            therapist_id=self.by,
            consent_to_record="yes" if self.days else "",
        )
        for word in found_by(name, full_name, reference):
            yield self.make(models.ClientWord, client_id=self.key, word=word)

    def visits(self):
        for number, (key, day) in enumerate(zip(self.keys, self.days, strict=True), start=1):
            at, done = noon(day), number <= self.done
            yield self.make(
                models.Consultation,
                id=key,
                client_id=self.key,
                therapist_id=self.by,
                kind="first" if number == 1 else "review",
                number=number,
                held_on=day,
                completed_at=at if done else None,
                completed_by_id=self.by if done else None,
                scope=self.scope,
                outcome="clear_to_proceed",
                outcome_by_id=self.by,
                outcome_at=at,
                consent_to_record="yes",
                story_client_words="It began after a winter of little sleep, and it has stayed.",
                messages_used=["m_protector"],
                teach_back_client_words="The alarm is touchy.",
                felt_understood=self.dice.randrange(4, 11),
                makes_sense=self.dice.randrange(3, 11),
            )
            yield from self.steps(key, at, done)

    def steps(self, visit, at, done):
        if done:
            thin = self.dice.sample(SLUGS, self.dice.choice((0, 0, 0, 1, 2)))
        else:
            thin = SLUGS[self.dice.randrange(len(SLUGS)) :]
        for slug in models.SLUGS:
            told = {"consultation_id": visit, "slug": slug}
            if slug not in thin:
                told |= {"state": "full", "number": 1, "saved_by_id": self.by, "saved_at": at}
            yield self.make(models.Step, **told)

    def thinking(self):
        for domain, statement in BELIEFS:
            key = new_key()
            yield self.make(
                models.Belief,
                id=key,
                client_id=self.key,
                heard_in_id=self.keys[0],
                statement=statement,
                domain=domain,
            )
            for visit in self.keys:
                yield self.make(
                    models.BeliefRating,
                    belief_id=key,
                    consultation_id=visit,
                    conviction=self.dice.randrange(0, 101, 5),
                    flex_mistaken=self.dice.randrange(11),
                    flex_alternatives=self.dice.randrange(11),
                    flex_contradiction=self.dice.randrange(11),
                    impact=self.dice.randrange(11),
                    behaviour="I leave it out.",
                    context="before",
                )

    def doing(self):
        activity, goal = new_key(), new_key()
        heard = {"client_id": self.key, "heard_in_id": self.keys[0]}
        yield self.make(
            models.Activity,
            **heard,
            id=activity,
            activity="Walk to the market",
            why_it_matters="I meet people there.",
        )
        yield self.make(
            models.Goal,
            **heard,
            id=goal,
            title="Walk to the market on Saturdays",
            activity_id=activity,
            horizon="3_months",
            due_date=self.days[0] + timedelta(days=91),
            level_0="walks there once a week",
            baseline_level=-1,
        )
        for visit in self.keys:
            yield self.make(
                models.ActivityVisit,
                activity_id=activity,
                consultation_id=visit,
                activity_rating=self.dice.randrange(11),
                importance=8,
                willingness=4,
                confidence=7,
                amounts="measured",
                unit="minutes",
                trial_1=10,
                start_amount=8,
                increment=1,
                frequency_per_week=3,
                if_cue="Saturday, after breakfast",
                then_action="I walk for the planned minutes",
            )
            level = self.dice.choice((-2, -1, -1, 0, 1))
            yield self.make(models.GoalRating, goal_id=goal, consultation_id=visit, level=level)

    def reviews(self):
        """One date booked at each completed visit: the next visit's, or one that is still due."""
        for at in range(self.done):
            met = self.days[at + 1] if at + 1 < len(self.days) else None
            yield self.make(
                models.Review,
                client_id=self.key,
                booked_in_id=self.keys[at],
                due=met or self.days[at] + timedelta(days=self.dice.randrange(14, 60)),
                status="done" if met else "due",
            )

    def finding(self):
        if self.dice.random() > 0.05:
            return
        day, (flag, level) = self.days[-1], self.dice.choice(FLAGS)
        cleared = self.dice.random() < 0.7
        yield self.make(
            models.SafetyFinding,
            client_id=self.key,
            consultation_id=self.keys[-1],
            flag=flag,
            answer="yes",
            level_found=level,
            level_now=level,
            asked_by_id=self.by,
            found_at=noon(day),
            action="Told the practice.",
            reply_due=day + timedelta(days=7),
            cleared_on=day + timedelta(days=5) if cleared else None,
            cleared_by="The practice" if cleared else "",
            cleared_words="Nothing new." if cleared else "",
        )

    def plan(self):
        if not self.done or self.dice.random() < 0.4:
            return
        plan, last = new_key(), noon(self.days[self.done - 1])
        yield self.make(models.Plan, id=plan, client_id=self.key)
        for at in range(self.done):
            yield self.make(
                models.PlanVersion,
                plan_id=plan,
                consultation_id=self.keys[at],
                number=at + 1,
                content=self.content(self.days[at]),
                agreed_on=self.days[at],
                published_by_id=self.by,
                published_at=noon(self.days[at]),
            )
        opened = last + timedelta(days=1) if self.dice.random() < 0.7 else None
        yield self.make(
            models.PlanLink,
            id=new_key(),
            plan_id=plan,
            secret_hash=secrets.token_hex(32),
            label="Phone",
            created_by_id=self.by,
            created_at=last,
            expires_at=last + timedelta(days=90),
            first_opened_at=opened,
            last_opened_at=opened,
            times_opened=int(opened is not None),
        )

    def content(self, day):
        line = {"id": "step-1", "section": "step", "part": "what", "count": ""}
        return {
            "client": FIRST[self.number % len(FIRST)],
            "agreed_on": day.isoformat(),
            "made_with": self.scope["profession"],
            "clinic": {"name": self.clinic.name, "contact": self.clinic.clinic_contact, "opening_hours": ""},
            "help": [],
            "lines": [line | {"activity": "Walk to the market", "amount": "8 minutes"}],
        }


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


SLUGS = [step.slug for step in SEVEN]
