"""Clients and visits for the tests: what a consultation leaves behind, with overrides.

ANSWERS holds one good set of answers for every step, as a browser would post it. `{belief}` and
`{activity}` stand for the client's first belief and activity, which earlier steps wrote.
"""

import re
import uuid
from datetime import date
from html import unescape
from itertools import count
from types import SimpleNamespace

from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from consults.actions import consultations as actions
from consults.actions import drafts
from consults.actions import plans as plan_actions
from consults.actions.clients import write_words
from consults.actions.plan_content import SCHEMA, plan_content
from consults.models import (
    SLUGS,
    Activity,
    ActivityVisit,
    Client,
    Consultation,
    FlarePlan,
    Goal,
    Plan,
    PlanVersion,
    Step,
)
from consults.steps import BY_SLUG
from consults.steps.document import Document
from consults.steps.page import StepPage
from painconsult.accounts.models import ScopeProfile

_numbers = count(1)
HELD_ON = date(2026, 3, 3)
GROUPS = ["1", "2", "3", "4", "5", "6", "7"]
ANSWERS = {
    "safety": {"none": GROUPS, "touch_safe": "yes", "outcome": "clear_to_proceed"},
    "acknowledge": {
        "consent_to_record": "yes",
        "story_client_words": "Three people, three explanations.",
        "client_explanation": "My discs are worn.",
        "explanation_conviction": "80",
        "validation_given": "Two years without a straight answer would wear anyone down.",
        "loss": "new1",
        "loss-new1-words": "Saturday golf",
    },
    "explain": {
        "permission": "yes",
        "messages_used": ["m_protector"],
        "metaphor": "alarm_toaster",
        "personal_link": "It starts on the drive to the course.",
        "teach_back_client_words": "The alarm is trigger-happy.",
    },
    "beliefs": {
        "belief": "new1",
        "belief-new1-statement": "Every swing grinds my discs down.",
        "belief-new1-conviction": "80",
        "belief-new1-flex_mistaken": "3",
        "belief-new1-flex_alternatives": "2",
        "belief-new1-flex_contradiction": "4",
        "belief-new1-impact": "9",
        "belief-new1-behaviour": "No golf, no digging.",
        "belief-new1-focus": "yes",
    },
    "reframe": {
        "alternative": "new1",
        "alternative-new1-belief": "{belief}",
        "alternative-new1-text": "Out of practice and jumpy, not worn away",
        "alternative-new1-author": "client",
        "alternative-new1-believability": "35",
        "progress_marker": "Holes played",
    },
    "activities": {
        "activity": "new1",
        "activity-new1-activity": "Chip in the garden",
        "activity-new1-why_it_matters": "The group, and the lunch after it",
        "activity-new1-activity_rating": "2",
        "activity-new1-importance": "9",
        "activity-new1-willingness": "4",
        "activity-new1-confidence": "8",
        "activity-new1-in_plan": "yes",
        "activity-new1-amounts": "measured",
        "activity-new1-unit": "minutes",
        "activity-new1-trial_1": "20",
        "activity-new1-trial_2": "25",
        "activity-new1-trial_3": "15",
        "activity-new1-start_amount": "16",
        "activity-new1-increment": "2",
        "activity-new1-frequency_per_week": "3",
        "activity-new1-if_cue": "Coffee is finished",
        "activity-new1-then_action": "I chip for sixteen minutes",
    },
    "resources": {
        "resource": "new1",
        "resource-new1-title": "The alarm animation",
        "ally_answer": "yes",
        "ally": "new1",
        "ally-new1-name": "Dave",
        "ally-new1-consent": "yes",
        "ally-new1-will_do": "Walk three holes",
        "ally-new1-will_stop": "Carrying the bag unasked",
        "ally-new1-may_know": ["plan"],
    },
    "timescale": {
        "goal": "new1",
        "goal-new1-title": "Golf again",
        "goal-new1-activity": "{activity}",
        "goal-new1-horizon": "3_months",
        "goal-new1-level_0": "Nine holes once a fortnight",
        "goal-new1-baseline_level": "-1",
        "review": "new1",
        "review-new1-due-day": "17",
        "review-new1-due-month": "3",
        "review-new1-due-year": "2026",
        "first_48h": ["half_size"],
        "say_to_self": "A bad day is not damage",
    },
    "before-you-go": {"felt_understood": "9", "makes_sense": "7"},
}


def make_client(therapist, **columns):
    n = next(_numbers)
    client = Client.objects.create(
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
    write_words(client)
    return client


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
            "screen": {"yes": [], "none": GROUPS},
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


# --- What the actions do ----------------------------------------------------------------------


def begin(by, client=None, *, held_on=HELD_ON, **columns):
    """A visit as the action opens it, before any step: the gate is closed and no consent is given."""
    visit = actions.start_consultation(client or make_client(by), by=by, held_on=held_on)
    return change(visit, **columns)


def change(visit, **columns):
    """Set columns behind the actions' back, and read the visit anew."""
    if columns:
        Consultation.objects.filter(pk=visit.pk).update(**columns)
    return Consultation.objects.select_related("client", "clinic").get(pk=visit.pk)


def open_gate(visit):
    """The safety check is done and a record is agreed to, so every step opens."""
    return change(
        visit,
        screen={"yes": [], "none": GROUPS},
        outcome="clear_to_proceed",
        outcome_by=visit.therapist,
        outcome_at=timezone.now(),
        consent_to_record="yes",
    )


def give_hands(user):
    """A scope profile with hands-on work."""
    user.scope = ScopeProfile.objects.create(
        clinic=user.clinic, name=f"Massage {user.pk}", profession="Massage", does_hands_on_work=True
    )
    user.save()
    return user


def completed(visit, by=None):
    return change(visit, completed_at=timezone.now(), completed_by=by or visit.therapist)


# --- Answers ----------------------------------------------------------------------------------


def good(slug, visit=None, **more):
    """The good answers of a step with its placeholders filled; what they point to and is not there, left out."""
    there = {"belief": None, "activity": None}
    if visit is not None:
        there["belief"] = visit.client.beliefs.order_by("id").first()
        there["activity"] = visit.client.activities.order_by("id").first()
    told = {}
    for name, value in (ANSWERS[slug] | more).items():
        filled = re.fullmatch(r"\{(\w+)\}", value) if isinstance(value, str) else None
        if filled is None:
            told[name] = value
        elif there[filled[1]] is not None:
            told[name] = str(there[filled[1]].pk)
    if slug == "timescale" and "goal-new1-activity" not in told:
        told.setdefault("goal-new1-purpose", "My week")
    return told


def posted(answers):
    """Answers as Django reads them from a request."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in answers.items()}
    return MultiValueDict(lists)


def document(visit, slug, answers):
    return Document(BY_SLUG[slug], visit, posted(answers))


def save(visit, slug, answers=None, by=None, *, base=None, key=None):
    """Save a step the way its page does; fails when the answers are not accepted. Returns the receipt."""
    visit = change(visit)
    read = document(visit, slug, good(slug, visit) if answers is None else answers)
    assert read.is_valid(), faults(read)
    if base is None:
        base = visit.steps.get(slug=slug).number
    return actions.save_step(
        visit, BY_SLUG[slug], read, base=base, key=key or uuid.uuid4(), by=by or visit.therapist
    )


def save_all(visit, by=None):
    """All nine steps with their good answers."""
    for slug in ("acknowledge", "safety", *list(ANSWERS)[2:]):
        save(visit, slug, by=by)
    return change(visit)


def faults(read):
    """{field: sentence} of a document that was refused."""
    found = {name: " ".join(said) for name, said in read.form.errors.items()}
    for _, row_id, form in read.rows:
        if form is not None:
            found |= {f"{row_id}: {name}": " ".join(said) for name, said in form.errors.items()}
    return found


def state(visit, slug):
    """(state, what is missing) as it is stored."""
    return visit.steps.values_list("state", "missing").get(slug=slug)


# --- Pages ------------------------------------------------------------------------------------


def url(visit, slug):
    return reverse("step", args=[visit.pk, slug])


def hidden(reply):
    """The base and key of the form on a page, and where it says it leads."""
    html = reply.content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in ("base", "key", "on")}


def value_of(reply, name):
    """What stands in a field of a page: in an input, or in a box that grows."""
    html = reply.content.decode()
    found = re.search(rf'name="{name}" value="([^"]*)"|<textarea[^>]* name="{name}"[^>]*>\n?([^<]*)<', html)
    return unescape(found[1] or found[2] or "")


def as_shown(visit, slug):
    """What a browser posts when a step is saved as it stands: its answers and every row that is on the page."""
    visit = change(visit)
    page = StepPage(BY_SLUG[slug], visit, visit.steps.get(slug=slug))
    told = dict(page.sheet.data.lists())
    for kind, sheets in page.rows.items():
        told[kind] = [sheet.row_id for sheet in sheets]
        for sheet in sheets:
            told |= dict(sheet.data.lists())
    return told


def send(browser, visit, slug, answers, *, do="save", **headers):
    """Open a step and press one of its buttons."""
    told = hidden(browser.get(url(visit, slug)))
    return browser.post(url(visit, slug), told | answers | {"do": do}, headers=headers)


def words(reply):
    """What a person reads on a page."""
    return words_of(reply.content.decode())


def words_of(html):
    html = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", html)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def faults_of(visit, slug, answers):
    """{field: sentence} of these answers; {} when they are accepted."""
    read = document(change(visit), slug, answers)
    return {} if read.is_valid() else faults(read)


# --- A whole record ---------------------------------------------------------------------------


def contents(*leave_out):
    """Every row of every table of ours, so that "nothing was changed" can be checked."""
    models = [m for m in apps.get_models() if m.__module__.startswith(("consults", "painconsult"))]
    return {
        model.__name__: sorted(map(repr, model.objects.values_list()))
        for model in models
        if model not in leave_out
    }


def make_everything(by, mark=""):
    """A client with one row of every kind; `mark` stands in every text, so that it can be looked for."""
    client = make_client(by, preferred_name=f"Graham{mark}", full_name=f"Graham Foster{mark}")
    first = begin(by, client)
    save(first, "acknowledge")
    urgent = {
        "yes": ["cancer_weight"],
        "outcome": "proceed_with_follow_up",
        "outcome_reason": f"Friday{mark}",
    }
    urgent |= {"finding": "cancer", "finding-cancer-action": f"Rang Dr Reid{mark}"}
    save(first, "safety", good("safety", **urgent))
    for slug in list(ANSWERS)[2:]:
        answers = good(slug, change(first))
        if slug == "reframe":
            answers |= {"experiment": "new1", "experiment-new1-movement": f"Ten swings{mark}"}
        if slug == "beliefs":
            card = first.cards.get(kind="explanation")
            answers |= {"belief-new1-card": str(card.pk)}
        save(first, slug, answers | {"private_notes": f"Note{mark}"})
    first = completed(change(first), by)
    actions.add_addendum(first, words=f"Added{mark}", reason="Letter came", by=by)
    visit = open_gate(begin(by, client))
    drafts.keep_draft(
        visit, BY_SLUG["explain"], key=uuid.uuid4(), base=0, body=f"private_notes=Typing{mark}", by=by
    )
    plan = Plan.objects.create(clinic=by.clinic, client=client)
    version = PlanVersion.objects.create(
        clinic=by.clinic,
        plan=plan,
        consultation=first,
        number=1,
        schema=SCHEMA,
        content=plan_content(first),
        agreed_on=first.held_on,
        published_by=by,
        published_at=timezone.now(),
    )
    link, secret = plan_actions.new_link(plan, f"Phone{mark}", 30, by=by)
    return SimpleNamespace(
        client=client,
        first=first,
        visit=visit,
        finding=first.findings.get(),
        plan=plan,
        version=version,
        link=link,
        secret=secret,
    )
