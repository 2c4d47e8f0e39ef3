"""What goes on a client's plan, as words and ids (schema 1). It is never markup.

A plan is read at home, sometimes over a shoulder. It holds what was agreed and what helps; never a
belief, what somebody once said, a loss, a rating, a note, a finding, or the lowest level of a goal.
"""

from consults import scoring
from consults.models import ActivityVisit, FlarePlan
from consults.steps.activity_rows import no_weekly_step
from consults.steps.explain import circumstances
from consults.steps.pacing import counted, whole_start
from education import library

SCHEMA = 1
LEVELS_SHOWN = (2, 1, 0, -1)


def plan_content(consultation):
    """The plan as it stands at this visit: its fixed parts, and lines that may be left out one by one."""
    clinic = consultation.clinic
    return {
        "client": consultation.client.preferred_name,
        "agreed_on": consultation.held_on.isoformat(),
        "made_with": consultation.scope.get("profession", ""),
        "clinic": {
            "name": clinic.display_name or clinic.name,
            "contact": clinic.clinic_contact,
            "opening_hours": clinic.opening_hours,
        },
        "help": [
            {"id": block.id, "heading": block.heading, "intro": block.intro, "lines": list(block.lines)}
            for block in library.get_help(
                emergency=clinic.emergency_contact, crisis=clinic.crisis_contact, clinic=clinic.clinic_contact
            )
        ],
        "lines": [line for lines in LINES for line in lines(consultation)],
    }


def without(content, struck):
    """The same plan without these lines, and without what hangs on them."""
    kept = [line for line in content["lines"] if line["id"] not in struck and line.get("of") not in struck]
    return content | {"lines": kept}


def _activities(consultation):
    """The newest word on each activity up to this visit, where it is in the plan; newest visit first."""
    visits = ActivityVisit.objects.filter(
        consultation__client=consultation.client_id, consultation__number__lte=consultation.number
    )
    newest = {}
    for visit in visits.select_related("activity").order_by("-consultation__number", "activity_id"):
        newest.setdefault(visit.activity_id, visit)
    return [visit for visit in newest.values() if visit.in_plan]


def why(consultation):
    for visit in _activities(consultation):
        if visit.activity.why_it_matters:
            yield {
                "id": f"why-{visit.activity_id}",
                "section": "why",
                "words": visit.activity.why_it_matters,
            }


def steps(consultation):
    for visit in _activities(consultation):
        step = f"step-{visit.activity_id}"
        yield {
            "id": step,
            "section": "step",
            "part": "what",
            "activity": visit.activity.activity,
            "amount": amount(visit, consultation),
            "count": label("units", visit.unit) if visit.amounts == "recalled" else "",
        }
        for part, words in _parts(visit):
            yield {
                "id": f"{part}-{visit.activity_id}",
                "section": "step",
                "part": part,
                "of": step,
                **words,
            }


def amount(visit, consultation):
    """The dose in words. A guess has none (week one is for counting), nor has an activity in words."""
    if visit.amounts in ("recalled", "words") or not visit.unit:
        return ""
    number = visit.start_amount
    if number is None and visit.trials and not no_weekly_step(consultation):
        number = whole_start(scoring.pacing(visit.trials))
    if number is None:
        return ""
    return counted(number, visit.unit)


def _parts(visit):
    if visit.if_cue or visit.then_action:
        yield "when", {"cue": visit.if_cue, "action": visit.then_action}
    if visit.frequency_per_week:
        yield "often", {"times": visit.frequency_per_week}
    for number, (plan, barriers) in enumerate(_barriers(visit).items(), start=1):
        yield f"barrier{number}", {"barriers": barriers, "plan": plan}
    if visit.bad_day_version:
        yield "bad-day", {"words": visit.bad_day_version}


def _barriers(visit):
    """{plan: [names of the barriers it answers]}"""
    plans = {}
    for barrier in visit.barriers:
        plans.setdefault(barrier["plan"], []).append(label("barriers", barrier["barrier"]))
    return plans


def goals(consultation):
    for goal in _current_goals(consultation):
        levels = goal.level_texts
        yield {
            "id": f"goal-{goal.pk}",
            "section": "goals",
            "title": goal.title,
            "by": goal.due_date.isoformat() if goal.due_date else "",
            "expected": levels[0],
            "rungs": [{"level": level, "words": levels[level]} for level in LEVELS_SHOWN if levels[level]],
            "started": goal.baseline_level if goal.baseline_level in LEVELS_SHOWN else None,
        }


def _current_goals(consultation):
    """Goals set up to this visit, without those reached, let go, or replaced by a newer one."""
    goals = consultation.client.goals.filter(heard_in__number__lte=consultation.number)
    return goals.current(at=consultation.number).order_by("due_date", "id")


def next_date(consultation):
    reviews = consultation.client.reviews.filter(status="due", due__gte=consultation.held_on)
    review = reviews.order_by("due", "id").first()
    if review:
        yield {
            "id": f"review-{review.pk}",
            "section": "next",
            "due": review.due.isoformat(),
            "mode": review.mode,
        }


def keep_in_mind(consultation):
    """What they said back, and the ideas it came from, of the newest visit that explained anything."""
    told = consultation.client.consultations.filter(number__lte=consultation.number).order_by("-number")
    visit = next((visit for visit in told if visit.messages_used or visit.teach_back_client_words), None)
    if visit is None:
        return
    if visit.teach_back_client_words:
        yield {"id": f"said-{visit.pk}", "section": "mind", "said": visit.teach_back_client_words}
    on_offer = {message.id for message in library.messages(**circumstances(consultation))}
    for id in visit.messages_used:
        if id in on_offer:  # some are held back while an urgent sign is open, or with a known condition
            yield {"id": f"message-{id}", "section": "mind", "message": id, "words": library.message(id).text}


def who_helps(consultation):
    """People who said yes, and nobody else."""
    for ally in consultation.client.allies.filter(consent="yes"):
        yield {
            "id": f"ally-{ally.pk}",
            "section": "who",
            "ally": ally.pk,
            "name": ally.name,
            "will_do": ally.will_do,
            "will_stop": ally.will_stop,
        }


def resources(consultation):
    given = consultation.client.resources.filter(consultation__number__lte=consultation.number)
    newest = given.order_by("-consultation__number", "id")
    for one in newest:
        if one.consultation_id != newest[0].consultation_id:
            return
        known = library.resource(one.resource_id) if one.resource_id else None
        if known and known.type == "plan":
            continue  # this page is that resource
        yield {
            "id": f"resource-{one.pk}",
            "section": "resource",
            "title": known.title if known else one.title,
            "where": known.where if known else "",
            "url": known.url if known else "",
            "about": known.for_client if known else "",
            "when": one.when_to_use,
        }


def flare(consultation):
    plans = FlarePlan.objects.filter(
        client=consultation.client_id, consultation__number__lte=consultation.number
    )
    plan = plans.order_by("-consultation__number").first()
    if plan is None:
        return
    parts = {
        "signs": labels("flare_early_signs", plan.early_signs, plan.early_signs_words),
        "first": labels("flare_first_48h", plan.first_48h, plan.first_48h_words),
        "leave-out": labels("flare_not_do", plan.not_do),
        "say": plan.say_to_self,
        "tell": "" if _without_consent(consultation, plan.who_to_tell) else plan.who_to_tell,
        "back": label("flare_back_to_plan", plan.back_to_plan_rule),
    }
    for part, words in parts.items():
        if words:
            yield {"id": f"flare-{part}", "section": "flare", "part": part, "words": words}


def _without_consent(consultation, words):
    """Whether these words name somebody who has not said that they may be on a plan."""
    named = set(words.casefold().replace(",", " ").replace(".", " ").split())
    others = consultation.client.allies.exclude(consent="yes")
    return any(set(ally.name.casefold().split()) <= named for ally in others)


def labels(chips, ids, words=""):
    return [label(chips, id) for id in ids] + ([words] if words else [])


def label(chips, id):
    """The words of a chip; what is no chip's id is somebody's own words."""
    return next((chip.label for chip in library.chips(chips) if chip.id == id), id)


LINES = (why, steps, goals, next_date, keep_in_mind, who_helps, resources, flare)
