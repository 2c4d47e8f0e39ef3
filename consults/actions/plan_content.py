"""What goes on a client's plan, as words and ids (schema 5). It is never markup.

A plan is read at home, sometimes over a shoulder. It holds what was agreed and what helps; never a
belief, what somebody once said, a loss, a rating, a note, a finding, or the lowest level of a goal.
"""

from consults import scoring
from consults.models import ActivityVisit
from consults.models.question import Question
from consults.steps.activity_rows import no_weekly_step
from consults.steps.explain import circumstances
from consults.steps.pacing import ORDINARY, counted, whole_start
from education import library

SCHEMA = 5
LEVELS_SHOWN = (2, 1, 0, -1)
EXPLAINED = ("messages_used", "teach_back_client_words", "metaphor", "metaphor_own")


def _lists(visit):
    """What plans are made of, as it stands at a visit."""
    client, until_now = visit.client, {"consultation__number__lte": visit.number}
    return {
        "activities": client.activities.all(),
        "activity_visits": ActivityVisit.objects.filter(consultation__client=client, **until_now),
        "goals": client.goals.filter(heard_in__number__lte=visit.number).current(at=visit.number),
        "reviews": client.reviews.filter(status="due"),
        "allies": client.allies.all(),
        "resources": client.resources.filter(**until_now),
        "flare_plans": client.flare_plans.filter(**until_now),
    }


AGREED = Question(_lists)


def gathered(consultation):
    """What the plan of this visit is made of, with the client's visits, newest first."""
    kept = AGREED.ask(consultation)
    visits = consultation.client.consultations.order_by("-number")
    kept.visits = list(visits.only("client", "number", *EXPLAINED))
    kept.until_now = [visit for visit in kept.visits if visit.number <= consultation.number]
    return kept


def plan_content(consultation, kept=None):
    """The plan as it stands at this visit: its fixed parts, and lines that may be left out one by one."""
    kept, clinic = kept or gathered(consultation), consultation.clinic
    return {
        "client": consultation.client.preferred_name,
        "agreed_on": consultation.held_on.isoformat(),
        "made_with": consultation.scope.get("profession", ""),
        "clinic": {
            "name": clinic.display_name or clinic.name,
            "contact": clinic.clinic_contact,
            "opening_hours": clinic.opening_hours,
        },
        "crisis": clinic.crisis_contact,
        "help": [
            {"id": block.id, "heading": block.heading, "intro": block.intro, "lines": list(block.lines)}
            for block in library.get_help(
                emergency=clinic.emergency_contact, crisis=clinic.crisis_contact, clinic=clinic.clinic_contact
            )
        ],
        "lines": [line for lines in LINES for line in lines(consultation, kept)],
    }


def without(content, struck):
    """The same plan without these lines, and without what hangs on them."""
    kept = [line for line in content["lines"] if line["id"] not in struck and line.get("of") not in struck]
    return content | {"lines": kept}


def _newest_first(kept, rows):
    """Rows of several visits: the newest visit's first, and those of one visit as they were written."""
    of_visit = {visit.pk: [] for visit in kept.until_now}
    for row in rows:
        of_visit[row.consultation_id].append(row)
    return [row for rows in of_visit.values() for row in rows]


def _activities(kept):
    """[(activity, the newest word on it)] of those in the plan, newest visit first."""
    things, newest = {activity.pk: activity for activity in kept.activities}, {}
    asked = sorted(kept.activity_visits, key=lambda visit: visit.activity_id)
    for visit in _newest_first(kept, asked):
        newest.setdefault(visit.activity_id, visit)
    return [(things[pk], visit) for pk, visit in newest.items() if visit.in_plan]


def why(consultation, kept):
    for activity, _ in _activities(kept):
        if activity.why_it_matters:
            yield {"id": f"why-{activity.pk}", "section": "why", "words": activity.why_it_matters}


def steps(consultation, kept):
    for activity, visit in _activities(kept):
        step = f"step-{activity.pk}"
        yield {
            "id": step,
            "section": "step",
            "part": "what",
            "activity": activity.activity,
            "amount": amount(visit, consultation),
        }
        for part, words in _parts(visit, consultation):
            yield {
                "id": f"{part}-{activity.pk}",
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


def _parts(visit, consultation):
    if visit.if_cue or visit.then_action:
        yield "when", {"cue": visit.if_cue, "action": visit.then_action}
    if visit.frequency_per_week:
        yield "often", {"times": visit.frequency_per_week}
    if visit.amounts == "recalled" and visit.unit:
        step = visit.then_action.casefold()
        ordinary = not step or any(words in step for words in ORDINARY)
        yield "count", {"count": label("units", visit.unit), "ordinary": ordinary}
    if visit.increment and amount(visit, consultation) and not no_weekly_step(consultation):
        yield "more", {"more": counted(visit.increment, visit.unit)}
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


def goals(consultation, kept):
    for goal in sorted(kept.goals, key=lambda goal: (goal.due_date is None, goal.due_date, goal.pk)):
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


def next_dates(consultation, kept):
    """Every date that is agreed and still to come, the next one first."""
    to_come = [review for review in kept.reviews if review.due >= consultation.held_on]
    for review in sorted(to_come, key=lambda review: review.when):
        yield {
            "id": f"review-{review.pk}",
            "section": "next",
            "due": review.due.isoformat(),
            "at": review.at.isoformat("minutes") if review.at else "",
            "part_of_day": review.part,
            "mode": review.mode,
        }


def keep_in_mind(consultation, kept):
    """What they said back, the ideas it came from and the picture, of the newest visit that explained anything.

    An idea comes as it was explained, with what is not sure about it: months later its headline alone is a riddle.

    While an urgent sign is open, or with a known condition, some ideas are held back, and pictures that go with
    them. While one is open the client's own words wait as well, and the explanations: whichever idea they
    came from, they may say the same.
    """
    told = (visit for visit in kept.until_now if visit.messages_used or visit.teach_back_client_words)
    visit, kinds = next(told, None), circumstances(consultation)
    if visit is None:
        return
    mind = {"section": "mind"}
    on_offer = {message.id for message in library.messages(**kinds)}
    if visit.teach_back_client_words and not kinds["urgent"]:
        yield {"id": f"said-{visit.pk}", **mind, "part": "said", "words": visit.teach_back_client_words}
    for id in visit.messages_used:
        if id in on_offer:
            yield {"id": f"message-{id}", **mind, "part": "idea", "message": id, **_idea(id, **kinds)}
    if visit.metaphor_own and not kinds["urgent"]:
        yield {"id": f"own-picture-{visit.pk}", **mind, "part": "own-picture", "words": visit.metaphor_own}
    elif visit.metaphor and not visit.metaphor_own:
        yield from _picture(visit.metaphor, **kinds)


def _idea(id, urgent, known_condition):
    """An idea in words; while an urgent sign is open its headline only."""
    idea = library.message(id)
    return {
        "words": idea.text,
        "explanation": "" if urgent else idea.explain(known_condition),
        "unsure": "" if urgent else idea.uncertainty,
    }


def _picture(id, **kinds):
    """The picture, unless it goes with ideas that are held back."""
    picture = next((each for each in library.pictures(**kinds) if each.id == id), None)
    if picture:
        words = picture.words(kinds["known_condition"])
        yield {"id": f"picture-{id}", "section": "mind", "part": "picture", "picture": id, "words": words}


def who_helps(consultation, kept):
    """People who said yes, and nobody else; what helps less hangs on the person, and can be left out alone."""
    for ally in (ally for ally in kept.allies if ally.consent == "yes"):
        person = {"section": "who", "ally": ally.pk}
        helps = {"name": ally.name, "will_do": ally.will_do}
        yield {"id": f"ally-{ally.pk}", **person, "part": "helps", **helps}
        if ally.will_stop:
            less = {"of": f"ally-{ally.pk}", "name": ally.name, "words": ally.will_stop}
            yield {"id": f"less-{ally.pk}", **person, "part": "less", **less}


def resources(consultation, kept):
    newest = _newest_first(kept, kept.resources)
    for one in newest:
        if one.consultation_id != newest[0].consultation_id:
            return
        known = library.resource(one.resource_id) if one.resource_id else None
        if known and known.type == "plan" and not one.when_to_use:
            continue  # this page is that resource; when they meant to read it is worth a line
        yield {
            "id": f"resource-{one.pk}",
            "section": "resource",
            "title": "This plan" if known and known.type == "plan" else known.title if known else one.title,
            "where": known.where if known else "",
            "url": known.url if known else "",
            "about": known.for_client if known else "",
            "when": one.when_to_use,
        }


def flare(consultation, kept):
    plan = next(iter(_newest_first(kept, kept.flare_plans)), None)
    if plan is None:
        return
    parts = {
        "signs": labels("flare_early_signs", plan.early_signs, plan.early_signs_words),
        "first": labels("flare_first_48h", plan.first_48h, plan.first_48h_words),
        "leave-out": labels("flare_not_do", plan.not_do),
        "say": "" if circumstances(consultation)["urgent"] else plan.say_to_self,
        "tell": "" if _without_consent(kept, plan.who_to_tell) else plan.who_to_tell,
        "back": label("flare_back_to_plan", plan.back_to_plan_rule),
    }
    for part, words in parts.items():
        if words:
            yield {"id": f"flare-{part}", "section": "flare", "part": part, "words": words}


def _without_consent(kept, words):
    """Whether these words name somebody who has not said that they may be on a plan."""
    named = set(words.casefold().replace(",", " ").replace(".", " ").split())
    others = (ally for ally in kept.allies if ally.consent != "yes")
    return any(set(ally.name.casefold().split()) <= named for ally in others)


def labels(chips, ids, words=""):
    return [label(chips, id) for id in ids] + ([words] if words else [])


def label(chips, id):
    """The words of a chip; what is no chip's id is somebody's own words."""
    return next((chip.label for chip in library.chips(chips) if chip.id == id), id)


LINES = (why, steps, goals, next_dates, keep_in_mind, who_helps, resources, flare)
