"""A visit as it is read: what it holds, with codes turned into words.

The sentences are in templates/consults/read, one file a step; here is what they are told.
"""

from consults import rules, scoring
from consults.actions.plan_content import label, labels
from consults.exports.plan import sentences
from consults.models.goals import LEVELS
from consults.steps import in_order
from consults.steps.acknowledge import AcknowledgeForm
from consults.steps.belief_ratings import first_rated, in_step_4, room
from consults.steps.beliefs import STATUSES
from consults.steps.cards import said_in_step_1
from consults.steps.pacing import counted
from consults.steps.safety import SUICIDE
from education import library

WEEKS = {1: "once a week", 14: "twice a day"}


def parts(visit, kept):
    """Every step of a visit, in order, as its page in templates/consults/read is told."""
    rows = {row.slug: row for row in visit.steps.all()}
    return [part_of(visit, step, rows[step.slug], kept) for step in in_order(visit)]


def part_of(visit, step, row, kept):
    return {
        "slug": step.slug,
        "guide": rules.step_guide(visit.scope, step.slug),
        "template": f"consults/read/{step.slug.replace('-', '_')}.html",
        "row": row,
        "waits": bool(rules.reasons_to_wait(visit, step)),
        "missing": row.missing if row.is_thin or row.state == "enough" else [],
        **TOLD[step.slug](visit, kept),
    }


# --- what each step's page is told ----------------------------------------------------------------


def safety(visit, kept):
    """Which groups were read to the end without a yes, and, closed, every yes with what was done about it."""
    screen, groups = visit.screen or {}, library.screen_groups()
    lines = [line for group in groups for line in group.lines]
    yes = [line for line in lines if line.id in screen.get("yes", [])]
    found = {finding.flag for finding in kept.findings} & {line.flag for line in lines}
    clear = [
        group
        for group in groups
        if str(group.number) in screen.get("none", []) and not set(group.lines) & set(yes)
    ]
    outcome = library.safety().outcomes.get(visit.outcome)
    return {
        "clear_groups": [group.heading for group in clear],
        "all_clear": len(clear) == len(groups),
        "taken_back": bool(found - {line.flag for line in yes}),
        "outcome": outcome.label if outcome else "",
        "yes_lines": [line.text for line in yes],
        "suicide": SUICIDE.get(visit.suicide_answer, ""),
        "findings": [(finding, library.flags()[finding.flag]) for finding in kept.findings],
        "urgent": any(finding.is_open and finding.level_now in "EU" for finding in kept.findings),
        "is_private": bool(yes or kept.findings or visit.suicide_answer or visit.home_unsafe)
        or bool(visit.child_night_or_limp or visit.outcome_reason),
    }


def acknowledge(visit, kept):
    regions = {region.id: region.label for region in library.chips("body_regions")}
    months = visit.duration_months or 0
    return {
        "losses": [card for card in kept.cards if card.kind == "loss"],
        "remembered": [card for card in kept.cards if card.kind == "remembered"],
        "efforts": [card for card in kept.cards if card.kind == "effort"],
        "years": months // 12 if months >= 24 and months % 12 == 0 else None,
        "sites": [regions.get(site, site) for site in visit.pain_sites],
        "disbelieved": AcknowledgeForm.base_fields["felt_disbelieved"].options.get(
            visit.felt_disbelieved, ""
        ),
    }


def explain(visit, kept):
    return {
        "messages": [known(library.message, id, "text") for id in visit.messages_used],
        "picture": known(library.picture, visit.metaphor, "title"),
    }


def beliefs(visit, kept):
    asked = [belief for belief in kept.beliefs if belief.today or belief.heard_in_id == visit.pk]
    return {
        "beliefs": [a_belief(visit, belief) for belief in asked],
        "earlier": [belief for belief in kept.beliefs if belief not in asked],
    }


def rated_before(visit, belief, now):
    """How true it felt earlier in the visit, where that was another number: 85 in step 1; 70 before the explanation."""
    then, (first, context) = said_in_step_1(visit, belief.statement), first_rated(now)
    when = (
        f"{context} the explanation"
        if context in ("before", "after") and context != now.context
        else "at first"
    )
    told = ((then, f"{then} in step 1"), (first, f"{first} {when}"))
    return "; ".join(words for number, words in told if number not in (None, now.conviction))


def a_belief(visit, belief):
    now = belief.today
    index, words = room(now) if now else (None, "")
    origin = label("origins", belief.origin)
    return {
        "belief": belief,
        "now": now,
        "room": words,
        "index": scoring.shown(index) if index is not None else "",
        "before": rated_before(visit, belief, now) if now else "",
        "step_4": in_step_4(now),
        "about": known(library.domain, belief.domain, "name"),
        "origin": said_once(origin, belief.origin_words),
        "feeling": label("feelings", now.emotion) if now else "",
        "stands": STATUSES[now.status] if now and now.status != "active" else "",
    }


def reframe(visit, kept):
    statements = {belief.pk: belief.statement for belief in kept.beliefs}
    helps = {activity.pk: activity.activity for activity in kept.activities}
    asked = [each for each in kept.alternatives if each.today or each.heard_in_id == visit.pk]
    return {
        "alternatives": [
            (each, statements.get(each.belief_id, ""), helps.get(each.tied_to_activity_id, ""))
            for each in asked
        ],
        "experiments": [(each, statements.get(each.belief_id, "")) for each in kept.experiments],
    }


def activities(visit, kept):
    asked = [each for each in kept.activities if each.today]
    return {
        "planned": [an_activity(each) for each in asked if each.today.in_plan],
        "rated": [an_activity(each) for each in asked if not each.today.in_plan],
    }


def an_activity(activity):
    """An activity with how much now, the start and the first step as one would say them."""
    now = activity.today
    barriers = {}
    for barrier in now.barriers:
        barriers.setdefault(barrier["plan"], []).append(label("barriers", barrier["barrier"]))
    return {
        "activity": activity,
        "now": now,
        "how_much": how_much(now),
        "start": start_of(now),
        "often": often(now.frequency_per_week),
        "barriers": [(", ".join(names), plan) for plan, names in barriers.items()],
        "part_of_life": label("valued_domains", activity.valued_domain),
    }


def how_much(now):
    if now.trials:
        *others, last = now.trials
        tries = f"{', '.join(map(str, others))}{' and ' if others else ''}{counted(last, now.unit)}"
        return tries + (
            f", on average {short(scoring.pacing(now.trials).baseline)}" if others and any(now.trials) else ""
        )
    if now.guess is not None:
        return f"about {counted(now.guess, now.unit)}, a guess: week one is for counting three tries"
    return ""


def start_of(now):
    if now.start_amount is None:
        return ""
    more = f", and {now.increment} more each week" if now.increment else ""
    return counted(now.start_amount, now.unit) + more


def often(times):
    return WEEKS.get(times, f"{times} times a week") if times else ""


def resources(visit, kept):
    return {
        "resources": [
            {
                "given": given,
                "title": known(library.resource, given.resource_id, "title") or given.title,
                "repeats": known(library.message, given.message_id, "text"),
                "format": label("resource_formats", given.format),
            }
            for given in kept.resources
        ],
        "allies": [
            {
                "ally": ally,
                "may_know": [label("ally_may_know", one) for one in ally.may_know],
                "idea": known(library.message, ally.message_shared, "text"),
            }
            for ally in kept.allies
        ],
        "is_private": bool(visit.unhelpful_influences),
    }


def timescale(visit, kept):
    flare = next(iter(kept.flare_plans), None)
    return {
        "goals": [a_goal(goal, visit, kept) for goal in kept.goals],
        "reviews": sorted(kept.reviews, key=lambda review: review.when),
        "flare": flare,
        "flare_lines": flare_lines(flare) if flare else {},
    }


def a_goal(goal, visit, kept):
    """A goal by when, its levels best first, and which of them is now: only what was asked at this visit."""
    names = {each.pk: each for each in [*kept.activities, *kept.beliefs, *kept.goals]}
    rated = goal.today.level if goal.today else None
    here = goal.baseline_level if rated is None and goal.heard_in_id == visit.pk else rated
    levels = goal.level_texts
    return {
        "goal": goal,
        "now": goal.today,
        "horizon": label("horizons", goal.horizon),
        "levels": [(level, levels[level], level == here) for level in reversed(LEVELS) if levels[level]],
        "here": None if here is not None and levels[here] else here,  # else its level says so
        "activity": getattr(names.get(goal.activity_id), "activity", ""),
        "belief": getattr(names.get(goal.belief_id), "statement", ""),
        "replaces": getattr(names.get(goal.replaces_id), "title", ""),
        "then": counted(goal.expected_amount, goal.unit) if goal.expected_amount is not None else "",
    }


def flare_lines(flare):
    """The chips of the plan for a bad week as sentences, with what was added in words."""
    return {
        "signs": sentences(labels("flare_early_signs", flare.early_signs, flare.early_signs_words)),
        "first": sentences(labels("flare_first_48h", flare.first_48h, flare.first_48h_words)),
        "leave_out": sentences(labels("flare_not_do", flare.not_do)),
        "back": label("flare_back_to_plan", flare.back_to_plan_rule),
    }


def nothing_more(visit, kept):
    return {}


TOLD = {
    "safety": safety,
    "acknowledge": acknowledge,
    "explain": explain,
    "beliefs": beliefs,
    "reframe": reframe,
    "activities": activities,
    "resources": resources,
    "timescale": timescale,
    "before-you-go": nothing_more,
}


# --- words ----------------------------------------------------------------------------------------


def known(find, id, name):
    """What the library says of an id; the id itself, if the library no longer has it."""
    try:
        return getattr(find(id), name) if id else ""
    except KeyError:
        return id


def said_once(name, words):
    """A choice and its words; words that only repeat the choice are not said again."""
    return ". ".join(filter(None, [name, "" if words.casefold() == name.casefold() else words]))


def short(number):
    """A number without a needless .0"""
    return scoring.shown(number).removesuffix(".0")
