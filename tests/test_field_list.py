"""Every field of the guide (A.1 to A.7) can be answered, is saved, and stands on the review page.

One row per field: the guide's name, what is posted, and what the review page then says.
"""

import pytest
from django.urls import reverse

from consults.steps import BY_SLUG
from tests import visits

GUIDE = {
    "acknowledge": [
        ("story_client_words", {"story_client_words": "Three people"}, "Three people"),
        ("pain_sites", {"pain_sites": ["{region}"]}, "{region_label}"),
        ("duration_months", {"duration_months": "26"}, "26"),
        ("pattern", {"pattern": "Worse on Mondays"}, "Worse on Mondays"),
        ("aggravates", {"aggravates": "Long drives"}, "Long drives"),
        ("eases", {"eases": "A warm shower"}, "A warm shower"),
        ("client_explanation", {"client_explanation": "Worn discs"}, "Worn discs"),
        ("losses", {"loss": "new1", "loss-new1-words": "Saturday golf"}, "Saturday golf"),
        (
            "remembered_messages",  # a list of {who, words, effect}
            {
                "remembered": "new1",
                "remembered-new1-words": "A spine like a ladder",
                "remembered-new1-who": "The radiographer",
                "remembered-new1-effect": "Stopped digging",
            },
            "Stopped digging",
        ),
        ("felt_disbelieved", {"felt_disbelieved": "not_said"}, "Prefers not to say"),
        ("main_worry", {"main_worry": "One swing ends it"}, "One swing ends it"),
        (
            "efforts_so_far",  # a list of {what, helped, comment}
            {
                "effort": "new1",
                "effort-new1-words": "Heat packs",
                "effort-new1-helped": "4",
                "effort-new1-comment": "Good for an hour",
            },
            "Good for an hour",
        ),
        ("validation_given", {"validation_given": "I believe you"}, "I believe you"),
        ("expectation_today", {"expectation_today": "A plan I trust"}, "A plan I trust"),
    ],
    "explain": [
        ("permission", {"permission": "yes"}, "Yes"),
        ("prior_knowledge", {"prior_knowledge": "Read of nerves"}, "Read of nerves"),
        ("messages_used", {"messages_used": ["m_protector"]}, "{message}"),
        (
            "metaphor",
            {"metaphor": "{picture}", "metaphor_own": "A car alarm at night"},
            "A car alarm at night",
        ),
        ("personal_link", {"personal_link": "On the drive"}, "On the drive"),
        (
            "uncertainty_said",
            {"uncertainty_said": "yes", "uncertainty_which": "What began it"},
            "What began it",
        ),
        ("teach_back_client_words", {"teach_back_client_words": "Trigger-happy"}, "Trigger-happy"),
        ("fits_me", {"fits_me": "6"}, "6"),
        ("questions_left", {"questions_left": "Can it be re-set?"}, "Can it be re-set?"),
        ("education_dose_minutes", {"education_dose_minutes": "7"}, "7"),
    ],
    "beliefs": [
        (
            "statement",
            {"belief": "new1", "belief-new1-statement": "Every swing grinds"},
            "Every swing grinds",
        ),
        ("domain", {"belief-new1-domain": "cause_damage"}, "{domain}"),
        (
            "origin",  # one of a list, and text
            {"belief-new1-origin": "scan_report", "belief-new1-origin_words": "When it was read out"},
            "When it was read out",
        ),
        ("behaviour", {"belief-new1-behaviour": "No digging"}, "No digging"),
        (
            "emotion",  # with 0 to 10
            {"belief-new1-emotion": "worried", "belief-new1-emotion_strength": "8"},
            "Worried",
        ),
        ("conviction", {"belief-new1-conviction": "85"}, "85"),
        ("flex_mistaken", {"belief-new1-flex_mistaken": "3"}, "3"),
        ("flex_alternatives", {"belief-new1-flex_alternatives": "2"}, "2"),
        ("flex_contradiction", {"belief-new1-flex_contradiction": "4"}, "4"),
        ("impact", {"belief-new1-impact": "9"}, "9"),
        ("evidence_for", {"belief-new1-evidence_for": "It hurts after"}, "It hurts after"),
        ("exceptions", {"belief-new1-exceptions": "Carried his grandson"}, "Carried his grandson"),
        ("focus", {"belief-new1-focus": "yes"}, "Worked on"),
        ("status", {"belief-new1-status": "parked"}, "Set aside for now"),
    ],
    "reframe": [
        (
            "alternatives",  # {belief, text, author, believability, tied to an activity}
            {
                "alternative": "new1",
                "alternative-new1-belief": "{belief}",
                "alternative-new1-text": "Out of practice",
                "alternative-new1-author": "together",
                "alternative-new1-believability": "35",
                "alternative-new1-tied_to_activity": "{activity}",
            },
            "Out of practice",
        ),
        (
            "experiments",  # {date, prediction, certainty, safety behaviour, done, happened, learnt, next}
            {
                "experiment": "new1",
                "experiment-new1-kind": "prediction",
                "experiment-new1-date-day": "3",
                "experiment-new1-date-month": "3",
                "experiment-new1-date-year": "2026",
                "experiment-new1-prediction": "A grab by the third",
                "experiment-new1-certainty": "70",
                "experiment-new1-safety_behaviour_to_drop": "Bracing",
                "experiment-new1-what_done": "Ten broom swings",
                "experiment-new1-what_happened": "A dull ache",
                "experiment-new1-learnt_client_words": "Scariest, not sorest",
                "experiment-new1-next": "A real club",
            },
            "Scariest, not sorest",
        ),
        ("progress_marker", {"progress_marker": "Holes played"}, "Holes played"),
    ],
    "activities": [
        ("activity", {"activity": "new1", "activity-new1-activity": "Chip at home"}, "Chip at home"),
        ("valued_domain", {"activity-new1-valued_domain": "friends"}, "Friends"),
        ("why_it_matters", {"activity-new1-why_it_matters": "The lunch after"}, "The lunch after"),
        ("activity_rating", {"activity-new1-activity_rating": "2"}, "2"),
        ("importance", {"activity-new1-importance": "9"}, "9"),
        ("willingness", {"activity-new1-willingness": "4"}, "4"),
        ("confidence", {"activity-new1-confidence": "6"}, "6"),
        (
            "baseline_trials",  # the mean is arithmetic, never stored
            {
                "activity-new1-in_plan": "yes",
                "activity-new1-amounts": "measured",
                "activity-new1-trial_1": "20",
                "activity-new1-trial_2": "25",
                "activity-new1-trial_3": "15",
            },
            "25",
        ),
        ("start_amount", {"activity-new1-start_amount": "16"}, "16"),
        ("unit", {"activity-new1-unit": "minutes"}, "minutes"),
        ("frequency_per_week", {"activity-new1-frequency_per_week": "3"}, "3"),
        ("increment", {"activity-new1-increment": "2"}, "2"),
        ("if_cue", {"activity-new1-if_cue": "Coffee is finished"}, "Coffee is finished"),
        ("then_action", {"activity-new1-then_action": "I chip and stop"}, "I chip and stop"),
        ("bad_day_version", {"activity-new1-bad_day_version": "Five minutes"}, "Five minutes"),
        (
            "barriers",  # chosen as chips, each with one sentence for what then
            {"activity-new1-barriers_chosen": ["weather"], "activity-new1-barrier_plan_weather": "Indoors"},
            "Indoors",
        ),
        ("support_between_visits", {"support_between_visits": "A message on Friday"}, "A message on Friday"),
    ],
    "resources": [
        (
            "resources_given",  # {resource or text, message, format, when, status given}
            {
                "resource": "new1",
                "resource-new1-title": "The alarm film",
                "resource-new1-message_id": "m_protector",
                "resource-new1-format": "watch",
                "resource-new1-when_to_use": "On the drive home",
                "resource-new1-follow_up": "yes",
            },
            "On the drive home",
        ),
        (
            "allies",  # {alias, relationship, consent, may know, message, will do, will stop, present}
            {
                "ally": "new1",
                "ally-new1-name": "Dave",
                "ally-new1-relationship": "Golf friend",
                "ally-new1-consent": "yes",
                "ally-new1-may_know": ["plan"],
                "ally-new1-message_shared": "m_protector",
                "ally-new1-will_do": "Walk three holes",
                "ally-new1-will_stop": "Carry the bag",
                "ally-new1-present_at_visit": "yes",
            },
            "Carry the bag",
        ),
        ("ally_declined", {"ally_answer": "declined", "ally-new1-consent": "no"}, "Rather not"),
        ("unhelpful_influences", {"unhelpful_influences": "Uncle calls it lazy"}, "Uncle calls it lazy"),
    ],
    "timescale": [
        (
            "goals",  # {title, activity, horizon, due, importance, difficulty, levels, baseline, lock}
            {
                "goal": "new1",
                "goal-new1-title": "Golf with the group",
                "goal-new1-activity": "{activity}",
                "goal-new1-belief": "{belief}",
                "goal-new1-horizon": "3_months",
                "goal-new1-due_date-day": "2",
                "goal-new1-due_date-month": "6",
                "goal-new1-due_date-year": "2026",
                "goal-new1-importance": "3",
                "goal-new1-difficulty": "2",
                "goal-new1-level_m2": "No holes",
                "goal-new1-level_m1": "A few holes",
                "goal-new1-level_0": "Nine holes a fortnight",
                "goal-new1-level_p1": "Nine holes a week",
                "goal-new1-level_p2": "Eighteen holes",
                "goal-new1-baseline_level": "-1",
            },
            "Nine holes a fortnight",
        ),
        (
            "reviews",  # {date, mode}; done and outcome belong to the later visit
            {
                "review": "new1",
                "review-new1-due-day": "17",
                "review-new1-due-month": "3",
                "review-new1-due-year": "2026",
                "review-new1-mode": "call",
            },
            "By phone",
        ),
        (
            "flare_plan",  # the parts of guide G.6; when to seek help is fixed text
            {
                "early_signs": ["stiff_mornings"],
                "early_signs_words": "Short answers",
                "likely_triggers": "Long drives",
                "first_48h": ["half_size"],
                "first_48h_words": "A bath",
                "not_do": ["scan_hunting"],
                "say_to_self": "Loud alarm, no fire",
                "who_to_tell": "Dave",
                "back_to_plan_rule": "Day 4 at three quarters",
                "rehearsed": "yes",
            },
            "Day 4 at three quarters",
        ),
        ("end_of_care_sign", {"end_of_care_sign": "I forget to think of it"}, "I forget to think of it"),
    ],
    "before-you-go": [  # asked at the end of the visit, of steps 1 and 2
        ("felt_understood", {"felt_understood": "9"}, "9"),
        ("makes_sense", {"makes_sense": "7"}, "7"),
    ],
}
# Fields of the guide that have no box in these forms, and why.
ELSEWHERE = {
    "baseline measures (A.1)": "questionnaires are a run of their own, which is still to come",
    "baseline_mean (A.5)": "arithmetic over the tries, shown beside them and never stored",
    "log (A.5)": "what the client ticks on the plan, and the next visit asks",
    "ratings per session, status and reason of a goal (A.7)": "asked at the next visit",
    "status, helpful 0-10 and comment of a resource (A.6)": "asked at the next visit",
    "done and outcome of a review (A.7)": "known at the next visit",
    "evidence_for, exceptions as lists (A.3)": "one text each: a line per thought",
}
EXPECTED = {  # the guide's own names, counted by hand
    "acknowledge": 14,
    "explain": 10,
    "beliefs": 14,
    "reframe": 3,
    "activities": 17,
    "resources": 4,
    "timescale": 4,
    "before-you-go": 2,
}


@pytest.fixture
def visit(therapist):
    therapist.clinic.weighs_goals = True  # importance and difficulty are asked where a clinic weighs goals
    therapist.clinic.save()
    return visits.open_gate(visits.begin(therapist))


def filled(visit, value):
    from education import library

    belief, activity = visit.client.beliefs.first(), visit.client.activities.first()
    names = {
        "{region}": library.chips("body_regions")[0].id,
        "{region_label}": library.chips("body_regions")[0].label,
        "{message}": library.message("m_protector").text,
        "{picture}": library.pictures()[0].id,
        "{domain}": library.domain("cause_damage").name,
        "{belief}": str(belief.pk) if belief else "",
        "{activity}": str(activity.pk) if activity else "",
    }
    return [filled(visit, one) for one in value] if isinstance(value, list) else names.get(value, value)


def whole_step(visit, slug):
    answers = {}
    for _, posted, _ in GUIDE[slug]:
        answers |= {name: filled(visit, value) for name, value in posted.items()}
    return answers | ({"consent_to_record": "yes"} if slug == "acknowledge" else {})


def before(visit, slug):
    if slug in ("reframe", "timescale"):
        visits.save(visit, "beliefs")
        visits.save(visit, "activities")


def test_the_list_is_as_long_as_the_guides():
    assert {slug: len(rows) for slug, rows in GUIDE.items()} == EXPECTED
    assert all(ELSEWHERE.values())


@pytest.mark.parametrize("slug", GUIDE)
def test_every_field_of_the_guide_is_in_the_form_of_its_step(visit, slug):
    """A name that no form knows would be dropped without a word."""
    before(visit, slug)
    step = BY_SLUG[slug]
    known = set(step.form(consultation=visit).fields)
    rows = {one.name: set(one.form(consultation=visit).fields) for one in step.rows}
    unknown = []
    for name in whole_step(visit, slug):
        kind, _, field = name.partition("-new1-")
        field = field.removesuffix("-day").removesuffix("-month").removesuffix("-year")
        there = field in rows.get(kind, ()) if field else kind in known or kind in rows
        if not there:
            unknown.append(name)
    assert unknown == []


@pytest.mark.parametrize("slug", GUIDE)
def test_every_field_of_the_guide_is_saved_and_stands_on_the_review_page(as_therapist, visit, slug):
    before(visit, slug)
    reply = visits.send(as_therapist, visit, slug, whole_step(visit, slug))
    assert reply.status_code == 302, visits.words(reply)[:800]
    page = visits.words(as_therapist.get(reverse("review", args=[visit.pk])))
    missing = [name for name, _, shown in GUIDE[slug] if filled(visit, shown) not in page]
    assert missing == []


@pytest.mark.parametrize("slug", GUIDE)
def test_every_answer_comes_back_to_its_own_page(as_therapist, visit, slug):
    """The page posts again what it shows: saving it unchanged changes nothing."""
    before(visit, slug)
    visits.save(visit, slug, whole_step(visit, slug))
    first = visits.contents()
    entry = visit.entries.filter(slug=slug).latest("id")
    page = as_therapist.get(visits.url(visit, slug))
    sheet, rows = page.context["sheet"], page.context["rows"]
    posted = dict(sheet.data.lists())
    for name, sheets in rows.items():
        posted[name] = [one.row_id for one in sheets if one.stored]
        for one in sheets:
            if one.stored:
                posted |= dict(one.data.lists())
    visits.save(visit, slug, posted)
    again = visit.entries.filter(slug=slug).latest("id")
    assert again.answers["answers"] == entry.answers["answers"]
    same = (
        "Card",
        "BeliefRating",
        "Belief",
        "AlternativeRating",
        "ActivityVisit",
        "Ally",
        "Goal",
        "FlarePlan",
    )
    after = visits.contents()
    assert [name for name in same if first[name] != after[name]] == []


def test_what_is_saved_later_is_left_out_for_a_reason():
    assert set(ELSEWHERE) == {
        "baseline measures (A.1)",
        "baseline_mean (A.5)",
        "log (A.5)",
        "ratings per session, status and reason of a goal (A.7)",
        "status, helpful 0-10 and comment of a resource (A.6)",
        "done and outcome of a review (A.7)",
        "evidence_for, exceptions as lists (A.3)",
    }


def test_locked_levels_stay_as_they_were(visit):
    before(visit, "timescale")
    visits.save(visit, "timescale", whole_step(visit, "timescale") | {"goal-new1-lock": "yes"})
    goal = visit.client.goals.get()
    assert goal.levels_locked_at is not None
    prefix = f"goal-{goal.pk}"
    changed = {f"{prefix}-title": "Rewritten", f"{prefix}-level_0": "Easier", f"{prefix}-purpose": "x"}
    visits.save(visit, "timescale", {"goal": str(goal.pk)} | changed)
    goal.refresh_from_db()
    assert (goal.title, goal.level_0) == ("Golf with the group", "Nine holes a fortnight")
    read = visits.document(visit, "timescale", {"goal": str(goal.pk), f"{prefix}-remove": "yes"})
    assert not read.is_valid()
    assert "levels of this goal are locked" in str(read.form.errors)
    assert visit.client.goals.filter(pk=goal.pk).exists()


def test_a_clinic_that_does_not_weigh_goals_is_not_asked(visit):
    visit.clinic.weighs_goals = False
    visit.clinic.save()
    rows = BY_SLUG["timescale"].rows_named("goal")
    fields = rows.form(consultation=visits.change(visit)).fields
    assert "importance" not in fields
    assert "difficulty" not in fields
