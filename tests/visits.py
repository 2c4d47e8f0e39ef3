"""Clients and visits for the tests: what a consultation leaves behind, with overrides."""

from datetime import date
from itertools import count

from django.utils import timezone

from consults.models import SLUGS, Activity, ActivityVisit, Client, Consultation, FlarePlan, Goal, Step

_numbers = count(1)


def make_client(therapist, **columns):
    n = next(_numbers)
    return Client.objects.create(
        **{
            "clinic": therapist.clinic,
            "therapist": therapist,
            "reference": f"T-{n:04d}",
            "preferred_name": "Graham",
            "full_name": "Graham Reid",
            "birth_date": date(1966, 5, 4),
        }
        | columns
    )


def make_visit(client, by, *, steps="not_started", **columns):
    """A visit with an open gate and consent, so that a test says only what differs."""
    now = timezone.now()
    visit = Consultation.objects.create(
        **{
            "clinic": client.clinic,
            "client": client,
            "therapist": by,
            "number": client.consultations.count() + 1,
            "held_on": date(2025, 3, 3),
            "scope": {"profession": "Massage therapist"},
            "consent_to_record": "yes",
            "outcome": "clear_to_proceed",
            "outcome_by": by,
            "outcome_at": now,
        }
        | columns
    )
    Step.objects.bulk_create(
        Step(clinic=client.clinic, consultation=visit, slug=slug, state=steps) for slug in SLUGS
    )
    return visit


def make_activity(visit, *, visit_row=None, **columns):
    """An activity in the plan; `visit_row` overrides what was asked at this visit."""
    activity = Activity.objects.create(
        **{
            "clinic": visit.clinic,
            "client": visit.client,
            "heard_in": visit,
            "activity": "Chip in the garden",
            "why_it_matters": "The walking, the teasing, the Saturday lunch.",
        }
        | columns
    )
    ActivityVisit.objects.create(
        **{
            "clinic": visit.clinic,
            "activity": activity,
            "consultation": visit,
            "in_plan": True,
            "amounts": "measured",
            "unit": "minutes",
            "trial_1": 20,
            "trial_2": 25,
            "trial_3": 15,
            "start_amount": 16,
            "frequency_per_week": 3,
            "if_cue": "Tuesday, Thursday and Saturday, after coffee",
            "then_action": "chip in the garden, and stop on time",
            "bad_day_version": "five minutes with the putter",
            "barriers": [{"barrier": "weather", "plan": "swing indoors with a broom"}],
        }
        | (visit_row or {})
    )
    return activity


def make_goal(visit, **columns):
    return Goal.objects.create(
        **{
            "clinic": visit.clinic,
            "client": visit.client,
            "heard_in": visit,
            "title": "Play golf with the group",
            "purpose": "being with the group",
            "horizon": "3_months",
            "due_date": date(2025, 6, 3),
            "level_m2": "plays no holes in a fortnight",
            "level_m1": "plays one to eight holes in a fortnight",
            "level_0": "plays nine holes in a fortnight",
            "level_p1": "plays ten to seventeen holes in a fortnight",
            "level_p2": "plays eighteen holes or more in a fortnight",
            "baseline_level": -1,
        }
        | columns
    )


def make_flare_plan(visit, **columns):
    return FlarePlan.objects.create(
        **{
            "clinic": visit.clinic,
            "client": visit.client,
            "consultation": visit,
            "early_signs": ["stiff_mornings", "skipping"],
            "first_48h": ["half_size", "warmth"],
            "first_48h_words": "a long shower",
            "not_do": ["scan_hunting"],
            "say_to_self": "Loud alarm, no fire. I have done this before.",
            "who_to_tell": "Dave, by phone",
            "back_to_plan_rule": "Half for three days, day 4 back to the plan",
        }
        | columns
    )
