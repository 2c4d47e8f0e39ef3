"""The review page: a visit as it is read, what closes when it is completed, and what a step is called."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from consults import rules
from consults.actions import consultations as actions
from consults.actions import plans
from consults.management import seeding
from consults.models import Addendum, Consultation, Draft, Experiment, Goal, Step, record
from consults.steps import BY_SLUG, STEPS
from consults.steps.step import StepForm
from consults.views import reading
from painconsult.accounts.models import ScopeProfile
from tests import factories, visits
from tests.checks import FOLLOW_UP, done, told
from tests.conftest import signed_in

READ = settings.BASE_DIR / "templates" / "consults" / "read"


@pytest.fixture
def visit(therapist):
    return visits.save_all(visits.begin(therapist))


@pytest.fixture
def demo(db):
    """The three worked first visits, complete, with their written dates."""
    clinic = seeding.seed(as_written=True)
    return Consultation.objects.filter(clinic=clinic, completed_at__isnull=False).order_by(
        "client__reference"
    )


def review(browser, visit):
    return browser.get(reverse("review", args=[visit.pk]))


def words(browser, visit):
    """What a reader reads: bold words inside a sentence take no space of their own."""
    html = re.sub(r"</?b>", "", review(browser, visit).content.decode())
    return visits.words(HttpResponse(html))


def draft_of(visit, user, slug="reframe"):
    return Draft.objects.create(
        key="0b6f9f0e-5a55-4a1c-8b3e-1f2a3b4c5d6e",
        clinic=visit.clinic,
        consultation=visit,
        slug=slug,
        user=user,
        base=1,
        body="learnt=x",
        saved_at=timezone.now(),
    )


# --- What it holds ----------------------------------------------------------------------------


def test_the_one_question_brings_what_each_list_would_bring_by_itself(demo):
    for visit in demo:
        found = record.RECORD.ask(visit)
        for name, rows in record.lists(visit).items():
            expected = list(rows.order_by("pk"))
            assert [vars_of(row) for row in getattr(found, name)] == [vars_of(row) for row in expected], name


def test_the_question_tells_moments_with_their_zone_and_lists_as_lists(demo):
    visit = demo[0]
    actions.add_addendum(visit, words="A letter came", reason="GP reply", by=visit.therapist)
    found, stored = record.RECORD.ask(visit), Addendum.objects.get()
    assert [row.written_at for row in found.addenda] == [stored.written_at]
    assert found.allies[0].may_know == visit.client.allies.first().may_know


def vars_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


# What stands on the page under another name, or is not an answer.
ELSEWHERE = {
    "yes": "yes_lines",
    "none": "clear_groups",
    "suicide_answer": "part.suicide",
    "outcome": "part.outcome",
    "pain_sites": "part.sites",
    "felt_disbelieved": "part.disbelieved",
    "messages_used": "part.messages",
    "metaphor": "part.picture",
    "flex_mistaken": "each.room",
    "domain": "each.about",
    "origin": "each.origin",
    "origin_words": "each.origin",
    "emotion": "each.feeling",
    "status": "each.stands",
    "belief": "belief",
    "tied_to_activity": "activity",
    "barriers_chosen": "each.barriers",
    "barrier_plan": "each.barriers",
    "valued_domain": "each.part_of_life",
    "amounts": "each.how_much",
    "unit": "each.how_much",
    "trial_1": "each.how_much",
    "trial_2": "each.how_much",
    "trial_3": "each.how_much",
    "guess": "each.how_much",
    "start_amount": "each.start",
    "increment": "each.start",
    "frequency_per_week": "each.often",
    "resource_id": "each.title",
    "message_id": "each.repeats",
    "format": "each.format",
    "may_know": "each.may_know",
    "message_shared": "each.idea",
    "horizon": "each.horizon",
    "activity": "activity",
    "level_0": "each.levels",
    "level_m2": "each.levels",
    "level_m1": "each.levels",
    "level_p1": "each.levels",
    "level_p2": "each.levels",
    "baseline_level": "each.here",
    "expected_amount": "each.then",
    "replaces": "each.replaces",
    "lock": "levels_locked_at",
    "early_signs": "told.signs",
    "early_signs_words": "told.signs",
    "first_48h": "told.first",
    "first_48h_words": "told.first",
    "not_do": "told.leave_out",
    "back_to_plan_rule": "told.back",
    "not_appropriate_reason": "",  # review.html
    "card": "",  # which card a row took up
    "cards": "",
}


def test_every_answer_a_step_asks_for_has_its_place_on_the_page():
    pages = " ".join(path.read_text() for path in READ.glob("*.html"))
    missing = []
    for step in STEPS:
        for form in (step.form, *(rows.form for rows in step.rows)):
            for name in form.base_fields:
                told = ELSEWHERE.get(name, name)
                if told and not re.search(rf"\b{re.escape(told)}\b", pages):
                    missing.append(f"{step.slug}: {name}")
    assert missing == []
    assert set(StepForm.COMMON) <= {"not_appropriate_reason", "client_words", "private_notes"}


def test_the_worked_visits_read_without_codes_gaps_or_doubled_marks(demo):
    browser = signed_in(demo[0].therapist)
    for visit in demo:
        text = words(browser, visit)
        assert (
            re.findall(r".{20}(?:\.\.|\.,|,,|::|\s[.,;:]|““|””|\w_\w|\bNone\b(?! of these| yet)).{9}", text)
            == []
        )


def test_what_was_asked_is_told_with_its_scale(demo):
    text = words(signed_in(demo[0].therapist), demo[0])
    for sentence in (
        "True 80 of 100",
        "The idea firmly held",
        "On average 3.0 of 10.",
        "20, 25 and 15 minutes, on average 20",
        "16 minutes, and 2 more each week",
        "Half for three days, day 4 back to the plan",
        "A scan or report. A remark at a scan appointment",
        "Felt understood 9 of 10",
        "Clear to go on, by Robin Demo",
    ):
        assert sentence in text, sentence


def test_an_answer_of_nought_is_an_answer(as_therapist, therapist):
    visit = visits.begin(therapist)
    visits.save(visit, "acknowledge")
    visits.save(visit, "safety")
    visits.save(visit, "beliefs", visits.ANSWERS["beliefs"] | {"belief-new1-conviction": "0"})
    visits.save(visit, "before-you-go", {"felt_understood": "0", "makes_sense": "0"})
    text = words(as_therapist, visit)
    assert "True 0 of 100" in text
    assert "Felt understood 0 of 10" in text


def test_a_belief_that_is_rated_again_at_a_visit_still_says_its_first_rating(as_therapist, therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "beliefs", visits.ANSWERS["beliefs"] | {"belief-new1-conviction": "80"})
    belief = visit.client.beliefs.get()

    def told(conviction):
        answers = {"belief": str(belief.pk), f"belief-{belief.pk}-statement": belief.statement}
        visits.save(visit, "beliefs", answers | {f"belief-{belief.pk}-conviction": conviction})
        return words(as_therapist, visit)

    assert "80 at first" not in told("80")
    assert "True 60 of 100 (80 at first) Asked before the explanation" in told("60")
    visits.save(visit, "explain")
    assert "True 40 of 100 (80 before the explanation) Asked after the explanation" in told("40")
    assert "True 80 of 100 Asked after the explanation" in told("80")
    visits.change(visit, client_explanation=belief.statement, explanation_conviction=90)
    assert "True 80 of 100 (90 in step 1) Asked" in told("80")
    assert "True 40 of 100 (90 in step 1; 80 before the explanation) Asked" in told("40")


def test_a_first_rating_that_is_emptied_in_between_is_still_told(as_therapist, therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "beliefs", visits.ANSWERS["beliefs"] | {"belief-new1-conviction": "80"})
    belief = visit.client.beliefs.get()
    answers = {"belief": str(belief.pk), f"belief-{belief.pk}-statement": belief.statement}
    visits.save(visit, "beliefs", answers)
    assert "of 100" not in words(as_therapist, visit)
    assert "True 80 at first, not asked again yet" in visits.words(
        as_therapist.get(visits.url(visit, "beliefs"))
    )
    visits.save(visit, "beliefs", answers | {f"belief-{belief.pk}-conviction": "40"})
    assert "True 40 of 100 (80 at first)" in words(as_therapist, visit)


def test_a_belief_of_an_earlier_visit_is_not_told_as_asked_today(as_therapist, visit, therapist):
    visits.completed(visit)
    later = visits.open_gate(visits.begin(therapist, visit.client, held_on=date(2026, 3, 17)))
    visits.save(later, "beliefs", {})
    text = words(as_therapist, later)
    assert "Heard earlier, not asked about at this visit “Every swing grinds my discs down.”" in text
    assert "of 100" not in text


def test_a_later_visits_words_are_not_part_of_an_earlier_one(as_therapist, visit, therapist):
    visits.completed(visit)
    later = visits.open_gate(visits.begin(therapist, visit.client, held_on=date(2026, 3, 17)))
    visits.save(later, "beliefs", visits.ANSWERS["beliefs"] | {"belief-new1-statement": "Said much later"})
    assert "Said much later" in words(as_therapist, later)
    assert "Said much later" not in words(as_therapist, visit)


def test_what_the_library_no_longer_has_is_told_by_its_id(as_therapist, visit):
    visits.change(visit, messages_used=["m_retired"], metaphor="p_retired")
    assert "m_retired" in words(as_therapist, visit)


# --- What it costs ----------------------------------------------------------------------------


def test_the_review_of_a_completed_visit_costs_twelve_queries_at_most(
    as_therapist, visit, django_assert_max_num_queries
):
    visits.completed(visit)
    for n in range(8):
        actions.add_addendum(visits.change(visit), words=f"{n}", reason="y", by=visit.therapist)
    review(as_therapist, visit)
    with django_assert_max_num_queries(12):
        review(as_therapist, visit)


def test_the_review_of_an_open_visit_costs_twelve_queries_at_most(
    as_therapist, visit, django_assert_max_num_queries
):
    draft_of(visit, factories.make_therapist(visit.clinic, name="Cara Colleague"))
    review(as_therapist, visit)
    with django_assert_max_num_queries(12):
        assert "Cara Colleague" in words(as_therapist, visit)


def test_how_much_of_a_goal_there_is_now_is_told_beside_its_one_level(as_therapist, visit):
    assert "As expected Nine holes once a fortnight How much of that now Some" in words(as_therapist, visit)
    Goal.objects.update(level_m1="Three holes")
    page = words(as_therapist, visit)
    assert "Not there yet Now Three holes" in page
    assert "How much of that now" not in page  # the level itself is marked


# --- Before it is completed -------------------------------------------------------------------


def test_before_completing_the_page_says_what_closes_and_what_stays_possible(as_therapist, visit):
    page = review(as_therapist, visit).content.decode()
    told = page.partition('id="what-closes"')[2].partition('<div class="actions">')[0]
    for text in (
        "From then on its answers stay as they are: what is missing or wrong is added beside them",
        "You can still add to it, with your name and the reason",
        "You can still publish their plan",
    ):
        assert text in told
    assert page.index('id="what-closes"') < page.index(reverse("complete", args=[visit.pk]))
    assert "carried to the next visit" not in told


def test_only_a_prediction_is_told_as_a_test_of_an_idea(as_therapist, visit):
    belief = visit.client.beliefs.first()
    whose = {"clinic": visit.clinic, "client": visit.client, "consultation": visit}
    tried = Experiment.objects.create(**whose, movement="Ten swings", belief=belief)
    for tried.kind, said in (("prediction", "Puts to the test"), ("notice", "About")):
        tried.save()
        assert f"{said} “{belief.statement}”" in words(as_therapist, visit)


def test_what_is_still_to_ask_is_said_to_be_carried_on(as_therapist, therapist):
    visit = visits.open_gate(visits.begin(therapist))
    text = words(as_therapist, visit)
    assert "7 steps to go on with" in text
    assert "what is still to ask is carried to the next visit" in text


def test_a_paused_visit_says_so_and_promises_no_plan(as_therapist, visit):
    page = review(as_therapist, visits.change(visit, outcome="paused_referred"))
    told = visits.words(page).partition("Safety check Read aloud")[0]
    assert (
        "Steps 2 to 7 and the plan wait until a clearance is recorded: by whom, when, in what words." in told
    )
    assert "publish their plan" not in told
    assert "What to do now" in told
    assert reverse("step", args=[visit.pk, "beliefs"]) not in page.content.decode()


def test_a_step_that_waits_says_why_and_leads_nowhere(as_therapist, therapist):
    visit = visits.begin(therapist)
    page = review(as_therapist, visit)
    assert (
        "Explain, Beliefs, Other ways, What matters, Support, Goals : after the safety check"
        in visits.words(page)
    )
    assert "Nothing yet: Acknowledge the pain , Safety check , Explain how pain works" in visits.words(page)
    assert "Acknowledge : not started" in visits.words(page)
    assert reverse("step", args=[visit.pk, "explain"]) not in page.content.decode()


def test_ones_own_unsaved_words_are_named_instead_of_the_button(as_therapist, visit):
    draft_of(visit, visit.therapist)
    page = review(as_therapist, visit)
    assert "Other ways to see it: the draft kept at" in visits.words(page)
    assert reverse("complete", args=[visit.pk]) not in page.content.decode()
    assert f'class="govuk-button" href="{visits.url(visit, "reframe")}?back=review"' in page.content.decode()


def test_a_step_opened_from_the_review_leads_back_to_it(as_therapist, visit):
    shown = as_therapist.get(visits.url(visit, "resources"), {"back": "review"}).content.decode()
    assert "Save, and back to everything" in shown
    answers = visits.as_shown(visit, "resources") | {"back": "review"}
    home = reverse("review", args=[visit.pk])
    assert visits.send(as_therapist, visit, "resources", answers, do="discard").url == home
    assert visits.send(as_therapist, visit, "resources", answers).url == home


def test_the_plan_comes_before_completing_until_it_is_published(as_therapist, visit):
    def filled():
        page = review(as_therapist, visit).content.decode()
        return re.findall(r'class="govuk-button"[^>]*>(?:<svg.*?</svg>)?([^<]+)', page)

    assert filled() == ["Next: their plan"]
    plans.publish(visit, [], by=visit.therapist, seen=actions.version_of(visit))
    assert filled() == ["Complete this visit"]


def test_a_step_that_only_holds_typed_words_is_not_called_not_started(as_therapist, visit):
    Step.objects.filter(consultation=visit, slug="reframe").update(state="not_started")
    assert "Other ways Not started" in visits.words(review(as_therapist, visit))
    draft_of(visit, visit.therapist)
    for page in (review(as_therapist, visit), as_therapist.get(visits.url(visit, "beliefs"))):
        assert "Other ways Draft kept" in visits.words(page)
        assert '<li class="partly"><a href="' + visits.url(visit, "reframe") in page.content.decode()


def test_a_step_left_as_a_draft_is_named_on_the_others_and_on_the_plan(as_therapist, visit):
    left = "Other ways: kept as a draft. Saved when you press Next there."
    explain, plan = visits.url(visit, "explain"), reverse("plan", args=[visit.pk])
    assert "Kept as a draft" not in visits.words(as_therapist.get(explain))
    draft_of(visit, visit.therapist)
    assert left in visits.words(as_therapist.get(explain))
    assert left not in visits.words(as_therapist.get(visits.url(visit, "reframe")))
    page = as_therapist.get(plan).content.decode()
    step = visits.url(visit, "reframe")
    assert f'href="{step}">Go on there' in page
    assert f'href="{step}?back=plan">Save it, and come back here' in page


def test_a_plan_names_what_is_still_to_ask_while_its_visit_is_open(as_therapist, visit):
    Step.objects.filter(consultation=visit, slug="timescale").update(state="begun", missing=["by when"])
    plan = reverse("plan", args=[visit.pk])
    assert "Still to ask in this visit: Goals. Go on with the visit" in visits.words(as_therapist.get(plan))
    here = visits.words(as_therapist.get(visits.url(visit, "timescale")))
    assert "Still to ask here: by when." in here
    visits.completed(visit)
    assert "Still to ask" not in visits.words(as_therapist.get(plan))


def test_what_is_typed_is_not_called_not_started_beside_it(as_therapist, visit):
    Step.objects.filter(consultation=visit, slug="reframe").update(state="not_started", missing=[])
    assert "Other ways : not started" in visits.words(review(as_therapist, visit))
    draft_of(visit, visit.therapist)
    assert "Other ways : not started" not in visits.words(review(as_therapist, visit))


def test_what_is_enough_could_be_asked_on_and_what_is_thin_is_still_asked(as_therapist, visit):
    Step.objects.filter(consultation=visit, slug="explain").update(
        state="enough", missing=["how much sense it makes"]
    )
    assert "Could still be asked: how much sense it makes." in words(as_therapist, visit)
    Step.objects.filter(consultation=visit, slug="beliefs").update(
        state="begun", missing=["the five questions"]
    )
    assert "Still to ask: the five questions." in words(as_therapist, visit)


def test_completing_says_what_stays_to_be_followed_up(as_therapist, visit):
    assert "to be followed up" not in words(as_therapist, visit)
    routine = told("medication_strong", **done("medication"))
    visits.save(visit, "safety", routine)
    assert "One thing stays to be followed up. Open" in words(
        as_therapist, visit
    )  # no day, and none is needed
    visit.findings.all().delete()
    row = done("cancer", contacted="Dr Reid")
    visits.save(visit, "safety", told("cancer_weight", outcome=FOLLOW_UP, reason="Rung", **row))
    assert "One thing stays to be followed up, and no day is set for a reply." in words(as_therapist, visit)
    dated = {
        f"finding-cancer-reply_due-{part}": n for part, n in (("day", "1"), ("month", "9"), ("year", "2026"))
    }
    visits.save(visit, "safety", told("cancer_weight", outcome=FOLLOW_UP, reason="Rung", **(row | dated)))
    page = words(as_therapist, visit)
    assert "One thing stays to be followed up; the reply is due 1 September. Open" in page
    assert "General health: past illness, weight, nights reply due 1 September" in page  # in a fold


def test_completing_says_what_could_be_finished_first_without_them(as_therapist, visit):
    rows = Step.objects.filter(consultation=visit)
    rows.update(afterwards=[])
    assert "Left empty, and that is fine" not in words(as_therapist, visit)
    rows.filter(slug="beliefs").update(
        afterwards=[["where it came from", "f-x"], ["what it is about", "f-y"]]
    )
    rows.filter(slug="timescale").update(afterwards=[["the other levels", "f-z"]])  # finished afterwards too
    page = words(as_therapist, visit)
    told = "Left empty, and that is fine What you know of these you can write until you complete the visit: "
    assert told + "Beliefs: where it came from , what it is about You can still" in page
    rows.filter(slug="acknowledge").update(afterwards=[["its pattern", "f-pattern"]])
    assert told + "Acknowledge: its pattern Beliefs: where it came from , what it is about You" in words(
        as_therapist, visit
    )
    page = review(as_therapist, visit).content.decode()
    address = visits.url(visit, "acknowledge") + "?back=review&amp;focus=f-pattern#f-pattern"
    assert f'<a href="{address}">its pattern</a>' in page


def test_completing_counts_no_details_of_a_step_that_does_not_open(as_therapist, visit):
    Step.objects.filter(consultation=visit).update(afterwards=[])
    Step.objects.filter(consultation=visit, slug="beliefs").update(afterwards=[["where it came from", "f-x"]])
    assert "until you complete the visit: Beliefs: where it came from" in words(as_therapist, visit)
    visits.change(visit, consent_to_record="no")
    assert "Left empty, and that is fine" not in words(as_therapist, visit)


def test_a_colleagues_typed_words_do_not_stand_in_the_step_list(as_therapist, visit):
    draft_of(visit, factories.make_therapist(visit.clinic, name="Cara Colleague"))
    assert "Draft kept" not in visits.words(as_therapist.get(visits.url(visit, "beliefs")))


def test_a_colleagues_unsaved_words_are_named_and_do_not_hold_up_the_visit(as_therapist, visit):
    draft_of(visit, factories.make_therapist(visit.clinic, name="Cara Colleague"))
    page = review(as_therapist, visit)
    assert "Cara Colleague has words" in visits.words(page)
    assert reverse("complete", args=[visit.pk]) in page.content.decode()


# --- What a step is called, and where it stands -----------------------------------------------


def test_a_step_has_the_name_of_the_scope_profile_everywhere(clinic):
    names = {"beliefs": "Ideas about the pain", "explain": "Talk about pain"}
    scope = ScopeProfile.objects.create(
        clinic=clinic, name="No word therapy", profession="Massage", step_titles=names
    )
    therapist = factories.make_therapist(clinic, scope=scope)
    browser, visit = signed_in(therapist), visits.open_gate(visits.begin(therapist))
    beliefs = visits.words(browser.get(visits.url(visit, "beliefs")))
    assert beliefs.count("Ideas about the pain") >= 2  # the heading and the rail
    for text in (
        beliefs,
        words(browser, visit),
        visits.words(browser.get(reverse("paper"))),
        visits.words(browser.get(reverse("client", args=[visit.client_id]))),
        visits.words(browser.get(visits.url(visit, "explain"))),
    ):
        assert "Core beliefs" not in text
        assert "Ideas about the pain" in text or "ideas about the pain" in text
    assert "Next: talk about pain" in visits.words(browser.get(visits.url(visit, "acknowledge")))


def test_a_name_of_the_profile_changes_no_other_step(therapist):
    plain = rules.step_guide({}, "beliefs")
    assert (plain.title, plain.short) == ("Core beliefs", "Beliefs")
    assert rules.step_guide({"step_titles": {"reframe": "x"}}, "beliefs") is plain


def test_enough_and_all_are_told_apart_in_words(as_therapist, visit):
    assert Step.STATES["enough"] == "Enough for today"
    assert Step.STATES["full"] == "All asked"
    rail = visits.words(as_therapist.get(visits.url(visit, "acknowledge")))
    assert "All asked" in rail
    for page in (review(as_therapist, visit), as_therapist.get(reverse("client", args=[visit.client_id]))):
        assert re.findall(r"\b(?:thin|Thin|Full)\b", visits.words(page)) == []


def test_every_step_has_its_page():
    for slug in BY_SLUG:
        assert (READ / f"{slug.replace('-', '_')}.html").is_file()
        assert slug in reading.TOLD
