"""The safety check: how it may end, what a yes opens, what closes it, and what nobody else sees."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from consults.models import SafetyFinding, Step
from consults.steps import SEVEN
from consults.steps.screen import answers_by_flag
from education import library
from tests import visits
from tests.checks import (
    ALL,
    CLEAR,
    E_LINES,
    FOLLOW_UP,
    PAUSED,
    R_LINES,
    U_LINES,
    cleared,
    done,
    faults,
    may_end,
    told,
)
from tests.conftest import signed_in


@pytest.fixture
def visit(therapist):
    return visits.change(visits.begin(therapist), consent_to_record="yes")


# --- How it may end ---------------------------------------------------------------------------


@pytest.mark.parametrize("flag", E_LINES)
@pytest.mark.parametrize(
    ("outcome", "reason", "may"),
    [
        (CLEAR, "", False),
        (CLEAR, "Why", False),
        (FOLLOW_UP, "Why", False),
        (FOLLOW_UP, "", False),
        (PAUSED, "", True),
    ],
)
def test_an_emergency_sign_can_only_end_in_a_pause(visit, flag, outcome, reason, may):
    answers = told(E_LINES[flag][0], outcome=outcome, reason=reason, **done(flag))
    assert may_end(visit, answers) is may


@pytest.mark.parametrize("flag", U_LINES)
@pytest.mark.parametrize(
    ("outcome", "reason", "may"),
    [(CLEAR, "Why", False), (FOLLOW_UP, "", False), (FOLLOW_UP, "Seen on Friday", True), (PAUSED, "", True)],
)
def test_an_urgent_sign_ends_in_a_pause_or_with_a_written_reason(visit, flag, outcome, reason, may):
    answers = told(U_LINES[flag], outcome=outcome, reason=reason, **done(flag))
    assert may_end(visit, answers) is may


@pytest.mark.parametrize("flag", R_LINES)
@pytest.mark.parametrize(
    ("outcome", "reason", "may"), [(CLEAR, "Why", False), (FOLLOW_UP, "", True), (PAUSED, "", True)]
)
def test_a_medical_review_ends_with_follow_up(visit, flag, outcome, reason, may):
    assert may_end(visit, told(R_LINES[flag], outcome=outcome, reason=reason)) is may


@pytest.mark.parametrize(
    ("outcome", "reason", "may"),
    [
        (CLEAR, "", True),
        (FOLLOW_UP, "", False),
        (FOLLOW_UP, "Uneasy about the nights", True),
        (PAUSED, "", True),
        ("", "", True),
    ],
)
def test_with_nothing_found_it_is_clear_or_has_a_reason(visit, outcome, reason, may):
    assert may_end(visit, told(outcome=outcome, reason=reason)) is may


@pytest.mark.parametrize("group", ["1", "2", "3", "4", "5", "6"])
def test_a_group_with_an_emergency_that_was_not_read_rules_out_clear(visit, group):
    answers = told(none=[one for one in ALL if one != group], outcome=CLEAR)
    assert "Read that group aloud first" in faults(visit, answers)["outcome"]
    assert may_end(visit, answers | {"outcome": FOLLOW_UP, "outcome_reason": "Group left for Friday"})


def test_the_last_group_holds_no_emergency(visit):
    assert may_end(visit, told(none=["1", "2", "3", "4", "5", "6"], outcome=CLEAR))


def test_nothing_read_is_not_clear(visit):
    assert not may_end(visit, told(none=[], outcome=CLEAR))


def test_the_levels_of_the_signs_are_those_of_the_guide():
    levels = {flag.id: "".join(flag.levels) for flag in library.flags().values()}
    assert levels == {
        "ces": "E",
        "neuro_prog": "EU",
        "myelopathy": "U",
        "fracture": "EU",
        "cancer": "U",
        "infection": "EU",
        "hot_joint": "EU",
        "inflammatory": "R",
        "pmr_gca": "EU",
        "vascular_neck": "E",
        "cardiac_resp": "E",
        "aaa": "E",
        "dvt": "EU",
        "visceral": "UR",
        "crps": "R",
        "child": "UR",
        "pregnancy": "UR",
        "medication": "R",
        "no_review": "R",
        "limb_cold": "E",
        "pem": "R",
        "suicide": "EU",
        "home_unsafe": "EU",
    }


@pytest.mark.parametrize(
    ("flag", "level"),
    [*((f, "E") for f in E_LINES), *((f, "U") for f in U_LINES), *((f, "R") for f in R_LINES)],
)
def test_a_yes_opens_a_finding_at_its_highest_level(visit, therapist, flag, level):
    line = {**{f: line for f, (line, _) in E_LINES.items()}, **U_LINES, **R_LINES}[flag]
    visits.save(visit, "safety", told(line))
    found = SafetyFinding.objects.get()
    assert (found.flag, found.level_found, found.level_now, found.asked_by) == (flag, level, level, therapist)
    assert found.is_open
    assert found.client == visit.client


# --- What opens it again ----------------------------------------------------------------------


def test_what_was_done_alone_opens_nothing(visit):
    visits.save(visit, "safety", told("ces_bladder", outcome=PAUSED, **done("ces")))
    answers = told("ces_bladder", outcome=FOLLOW_UP, reason="They feel fine", **done("ces", contacted="A&E"))
    assert "An emergency sign is open" in faults(visit, answers)["outcome"]


@pytest.mark.parametrize("missing", ["cleared_on-day", "cleared_by", "cleared_words"])
def test_a_clearance_is_whole_or_it_is_none(visit, missing):
    visits.save(visit, "safety", told("ces_bladder", outcome=PAUSED, **done("ces")))
    answers = told("ces_bladder", outcome=FOLLOW_UP, reason="Cleared", **cleared("ces", **{missing: ""}))
    assert not may_end(visit, answers)


def test_a_whole_clearance_closes_the_finding_and_the_outcome_is_signed_anew(visit, therapist):
    visits.save(visit, "safety", told("ces_bladder", outcome=PAUSED, **done("ces")))
    first = visits.change(visit)
    assert (first.outcome, first.outcome_by) == (PAUSED, therapist)
    visits.save(visit, "safety", told("ces_bladder", outcome=CLEAR, **cleared("ces")))
    again = visits.change(visit)
    assert (again.outcome, again.outcome_by) == (CLEAR, therapist)
    assert again.outcome_at > first.outcome_at
    found = SafetyFinding.objects.get()
    assert not found.is_open
    assert (found.cleared_on, found.cleared_by) == (date(2026, 3, 4), "Dr Reid, GP")
    assert found.cleared_words == "Seen today, nothing that speaks against exercise"


def test_taking_a_yes_back_does_not_close_what_was_found(visit):
    visits.save(visit, "safety", told("ces_bladder", outcome=PAUSED, **done("ces")))
    assert not may_end(visit, told(outcome=CLEAR))
    visits.save(visit, "safety", told())
    assert SafetyFinding.objects.get().is_open


def test_a_check_saved_without_an_outcome_closes_the_gate_again(visit):
    visits.save(visit, "safety", told(outcome=CLEAR))
    visits.save(visit, "safety", told("ces_bladder"))
    visit.refresh_from_db()
    assert (visit.outcome, visit.outcome_by, visit.outcome_at) == ("", None, None)


def test_a_lower_level_says_why(visit):
    lower = told(
        "fracture_injury", outcome=FOLLOW_UP, reason="X-ray tomorrow", **done("fracture", level_now="U")
    )
    assert "level_reason" in " ".join(faults(visit, lower))
    why = lower | {"finding-fracture-level_reason": "A stumble, no injury since"}
    assert may_end(visit, why)
    visits.save(visit, "safety", why)
    found = SafetyFinding.objects.get()
    assert (found.level_found, found.level_now, found.level_reason) == (
        "E",
        "U",
        "A stumble, no injury since",
    )


@pytest.mark.parametrize(
    ("flag", "line", "level"),
    [
        ("ces", "ces_bladder", "R"),
        ("ces", "ces_bladder", "U"),
        ("fracture", "fracture_bones", "R"),
        ("cancer", "cancer_weight", "R"),
    ],
)
def test_no_sign_is_lowered_below_what_the_guide_has_for_it(visit, flag, line, level):
    """Cauda equina signs are an emergency, whatever reason is written."""
    row = done(flag, level_now=level, level_reason="They look well")
    assert not may_end(visit, told(line, outcome=FOLLOW_UP, reason="Looks well", **row))


def test_a_level_may_be_raised_without_a_reason(visit):
    assert may_end(visit, told("cancer_weight", outcome=PAUSED, **done("cancer", level_now="E")))
    row = done("cancer", level_now="E")
    assert not may_end(visit, told("cancer_weight", outcome=FOLLOW_UP, reason="Why", **row))


@pytest.mark.parametrize(("flag", "line"), [("ces", "ces_bladder"), ("cancer", "cancer_weight")])
def test_before_the_check_ends_what_was_done_is_written_down(visit, flag, line):
    assert not may_end(visit, told(line, outcome=PAUSED))
    assert not may_end(visit, told(line, outcome=PAUSED, **done(flag, action="")))
    assert may_end(visit, told(line))


# --- Asked directly ---------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "level", "follow_up"), [("passive", "U", True), ("active", "E", False)])
def test_thoughts_of_not_wanting_to_live_are_urgent_or_an_emergency(visit, answer, level, follow_up):
    row = done("suicide", contacted_at="14:10")
    ends = told(outcome=FOLLOW_UP, reason="Crisis team at 15:00", suicide_answer=answer, **row)
    assert may_end(visit, ends) is follow_up
    assert not may_end(visit, ends | {"outcome": CLEAR})
    visits.save(visit, "safety", ends | {"outcome": PAUSED})
    found = SafetyFinding.objects.get()
    assert (found.flag, found.level_found, found.answer) == ("suicide", level, answer)


def test_no_thoughts_of_that_kind_is_an_answer_and_no_finding(visit):
    visits.save(visit, "safety", told(outcome=CLEAR, suicide_answer="none"))
    visit.refresh_from_db()
    assert visit.suicide_answer == "none"
    assert not SafetyFinding.objects.exists()


def test_after_such_an_answer_the_time_of_the_contact_is_written_down(visit):
    answers = told(outcome=PAUSED, suicide_answer="active", **done("suicide"))
    assert "suicide: contacted_at" in faults(visit, answers)
    assert may_end(visit, answers | {"finding-suicide-contacted_at": "14:10"})


def test_an_answer_that_gets_worse_raises_the_level(visit):
    row = done("suicide", contacted_at="14:10")
    visits.save(visit, "safety", told(outcome=PAUSED, suicide_answer="passive", **row))
    visits.save(visit, "safety", told(outcome=PAUSED, suicide_answer="active", **row))
    found = SafetyFinding.objects.get()
    assert (found.level_found, found.level_now, found.answer) == ("E", "E", "active")


def test_an_old_clearance_does_not_cover_an_answer_that_got_worse(visit):
    row = cleared("suicide", contacted_at="14:10")
    visits.save(visit, "safety", told(outcome=CLEAR, suicide_answer="passive", **row))
    assert not SafetyFinding.objects.get().is_open
    worse = told(suicide_answer="active", **row)
    assert not may_end(visit, worse | {"outcome": CLEAR})
    assert not may_end(visit, worse | {"outcome": PAUSED})
    row = done(
        "suicide", contacted_at="15:40", **{f"cleared_on-{part}": "" for part in ("day", "month", "year")}
    )
    visits.save(visit, "safety", told(outcome=PAUSED, suicide_answer="active", **row))
    found = SafetyFinding.objects.get()
    assert (found.is_open, found.level_now, found.cleared_by) == (True, "E", "")


def test_an_answer_that_got_worse_opens_the_finding_also_when_its_card_was_not_sent(visit):
    row = cleared("suicide", contacted_at="14:10")
    visits.save(visit, "safety", told(outcome=CLEAR, suicide_answer="passive", **row))
    visits.save(visit, "safety", told(suicide_answer="active"))
    assert SafetyFinding.objects.get().is_open


def test_home_that_may_be_unsafe_marks_the_client_and_is_not_unmarked_by_a_later_no(visit):
    visits.save(visit, "safety", told(outcome=CLEAR, home_unsafe="yes"))
    visit.client.refresh_from_db()
    assert visit.client.home_may_be_unsafe
    visits.save(visit, "safety", told(outcome=CLEAR, home_unsafe="no"))
    visit.client.refresh_from_db()
    assert visit.client.home_may_be_unsafe


# --- Children ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "limp", "level"),
    [
        (date(2016, 1, 1), "", "R"),
        (date(2008, 3, 4), "no", "R"),
        (date(2008, 3, 4), "yes", "U"),
        (date(2008, 3, 3), "", None),
        (date(1967, 4, 3), "", None),
    ],
)
def test_under_eighteen_on_the_day_is_a_finding_by_birth_date(therapist, born, limp, level):
    visit = visits.begin(therapist, visits.make_client(therapist, birth_date=born), held_on=date(2026, 3, 3))
    visits.save(visit, "safety", told(child_night_or_limp=limp))
    found = SafetyFinding.objects.filter(flag="child").first()
    assert (found.level_now if found else None) == level


def test_a_limp_noticed_later_raises_the_level(therapist):
    visit = visits.begin(therapist, visits.make_client(therapist, birth_date=date(2012, 1, 1)))
    visits.save(visit, "safety", told(outcome=FOLLOW_UP))
    visits.save(visit, "safety", told(child_night_or_limp="yes"))
    found = SafetyFinding.objects.get()
    assert (found.level_found, found.level_now) == ("U", "U")


def test_a_child_is_never_clear_before_a_review(therapist):
    visit = visits.begin(therapist, visits.make_client(therapist, birth_date=date(2012, 1, 1)))
    assert not may_end(visit, told(outcome=CLEAR))
    assert may_end(visit, told(outcome=FOLLOW_UP))


def test_a_29th_of_february_counts_from_the_first_of_march(therapist):
    client = visits.make_client(therapist, birth_date=date(2008, 2, 29))
    for day, found in ((date(2026, 2, 28), True), (date(2026, 3, 1), False)):
        visit = visits.change(visits.begin(therapist, client, held_on=day), held_on=day)
        assert (not may_end(visit, told(outcome=CLEAR))) is found


# --- The screen -------------------------------------------------------------------------------


def test_a_group_read_to_its_end_stores_a_no_for_each_of_its_signs(visit):
    visits.save(visit, "safety", told(none=["1", "2"]))
    visit.refresh_from_db()
    assert visit.screen == {"yes": [], "none": ["1", "2"]}
    assert answers_by_flag(visit.screen) == {"ces": "no", "neuro_prog": "no", "myelopathy": "no"}


def test_a_yes_stands_beside_the_no_of_the_others_in_its_group(visit):
    visits.save(visit, "safety", told("cancer_night", none=["4"]))
    visit.refresh_from_db()
    assert answers_by_flag(visit.screen) == {"cancer": "yes", "infection": "no", "hot_joint": "no"}


def test_what_was_not_read_is_not_asked(visit):
    visits.save(visit, "safety", told("cancer_night", none=[]))
    visit.refresh_from_db()
    assert answers_by_flag(visit.screen) == {"cancer": "yes"}
    assert answers_by_flag({}) == {}


def test_there_is_no_button_for_the_whole_page(as_therapist, visit):
    page = as_therapist.get(visits.url(visit, "safety")).content.decode()
    assert page.count('name="none"') == 7
    reply = visits.send(as_therapist, visit, "safety", {"none": ["all"]})
    assert reply.status_code == 422


def test_something_that_changes_touch_says_what(visit):
    assert not may_end(visit, told(outcome=CLEAR, touch_safe="no"))
    assert may_end(visit, told(outcome=CLEAR, touch_safe="no", touch_words="Blood thinners: no deep work"))


def test_consent_to_touch_is_asked_only_where_hands_on_work_is_in_scope(therapist):
    assert "consent_to_touch" not in visits.document(visits.begin(therapist), "safety", {}).form.fields
    visits.give_hands(therapist)
    assert "consent_to_touch" in visits.document(visits.begin(therapist), "safety", {}).form.fields


HANDS = {"touch_safe": "yes", "consent_to_touch": "yes"}


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (told(outcome=CLEAR, **HANDS), ""),
        (told(outcome=CLEAR, **HANDS | {"consent_to_touch": "no"}), "not said yes to touch"),
        (told(outcome=CLEAR, **HANDS | {"consent_to_touch": ""}), "not said yes to touch"),
        (told(outcome=CLEAR, **HANDS | {"touch_safe": ""}), "Nobody has asked what changes touch"),
        (told(**HANDS), "not ended with a go-ahead"),
        (told("ces_bladder", outcome=PAUSED, **HANDS | done("ces")), "not ended with a go-ahead"),
        (
            told(none=["1", "2", "3", "4", "6", "7"], outcome=FOLLOW_UP, reason="Group 5 on Friday", **HANDS),
            "A sign that can be an emergency was not asked about",
        ),
    ],
)
def test_hands_on_work_waits_for_the_check_the_question_and_the_yes(therapist, answers, why):
    visits.give_hands(therapist)
    visit = visits.change(visits.begin(therapist), consent_to_record="yes")
    visits.save(visit, "safety", answers)
    reply = signed_in(therapist).get(reverse("hands_on", args=[visit.pk]))
    assert reply.status_code == (409 if why else 200)
    assert why in visits.words(reply)


def test_there_is_no_hands_on_work_outside_its_scope(as_therapist, visit):
    visits.save(visit, "safety", told(outcome=CLEAR, touch_safe="yes"))
    assert as_therapist.get(reverse("hands_on", args=[visit.pk])).status_code == 409


# --- Paused -----------------------------------------------------------------------------------


@pytest.fixture
def paused(visit):
    for slug in ("beliefs", "activities"):
        visits.save(visits.open_gate(visit), slug)
    visits.save(visit, "safety", told("ces_bladder", outcome=PAUSED, **done("ces")))
    return visits.change(visit)


@pytest.mark.parametrize("slug", [step.slug for step in SEVEN[1:]])
def test_a_pause_closes_steps_2_to_7_for_reading_and_for_saving(as_therapist, paused, slug):
    before = paused.entries.count()
    page = as_therapist.get(visits.url(paused, slug))
    assert "ended in a pause" in visits.words(page)
    assert 'name="key"' not in page.content.decode()
    key = {"key": "0198c0de-0000-7000-8000-000000000000", "base": "0"}
    reply = as_therapist.post(visits.url(paused, slug), key | {"private_notes": "typed before the pause"})
    assert reply.status_code == 409
    assert "typed before the pause" in reply.content.decode()
    assert paused.entries.count() == before


def test_step_1_and_the_check_itself_stay_open(as_therapist, paused):
    for slug in ("acknowledge", "safety"):
        assert 'name="key"' in as_therapist.get(visits.url(paused, slug)).content.decode()


def test_a_pause_closes_the_plan(as_therapist, paused):
    address = reverse("plan", args=[paused.pk])
    assert "ended in a pause" in visits.words(as_therapist.get(address))
    seen = str(sum(paused.steps.values_list("number", flat=True)))
    reply = as_therapist.post(address, {"do": "publish", "seen": seen})
    assert reply.status_code == 409
    assert not paused.client.__class__.objects.filter(plan__versions__isnull=False).exists()


def test_a_paused_client_leaves_with_what_to_do_and_whom_to_call(as_therapist, paused, clinic):
    assert visits.send(
        as_therapist, paused, "safety", told("ces_bladder", outcome=PAUSED, **done("ces"))
    ).url == (reverse("paused", args=[paused.pk]))
    sheet = visits.words(as_therapist.get(reverse("paused", args=[paused.pk])))
    assert "Emergency department now" in sheet
    assert "Call 999 or go now" in sheet
    assert "116 123" in sheet
    assert "01632 960 001" in sheet


def test_after_the_clearance_the_steps_open_again(as_therapist, paused):
    visits.send(as_therapist, paused, "safety", told("ces_bladder", outcome=CLEAR, **cleared("ces")))
    assert 'name="key"' in as_therapist.get(visits.url(paused, "explain")).content.decode()


# --- The next visit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "flag", "outcome", "reason", "may"),
    [
        ("ces_bladder", "ces", CLEAR, "", False),
        ("ces_bladder", "ces", FOLLOW_UP, "Feels fine", False),
        ("ces_bladder", "ces", PAUSED, "", True),
        ("cancer_weight", "cancer", CLEAR, "", False),
        ("cancer_weight", "cancer", FOLLOW_UP, "", False),
        ("cancer_weight", "cancer", FOLLOW_UP, "Bloods are on Friday", True),
        ("medication_strong", "medication", CLEAR, "", True),
    ],
)
def test_what_was_urgent_and_never_cleared_still_stands_at_the_next_visit(
    visit, therapist, line, flag, outcome, reason, may
):
    visits.save(visit, "safety", told(line, outcome=PAUSED, **done(flag)))
    visits.completed(visit)
    later = visits.begin(therapist, visit.client)
    assert may_end(later, told(outcome=outcome, reason=reason)) is may
    SafetyFinding.objects.update(cleared_on=date(2026, 3, 9), cleared_by="Dr Reid", cleared_words="Seen")
    assert may_end(later, told(outcome=CLEAR))


def test_a_follow_up_is_closed_later_by_a_whole_clearance(as_therapist, visit):
    visits.save(visit, "safety", told("cancer_weight", outcome=FOLLOW_UP, reason="Friday", **done("cancer")))
    visits.completed(visit)
    found = SafetyFinding.objects.get()
    address = reverse("finding", args=[found.pk])
    day = {"cleared_on-day": "9", "cleared_on-month": "3", "cleared_on-year": "2026"}
    assert as_therapist.post(address, day | {"cleared_by": "Dr Reid"}).status_code == 422
    found.refresh_from_db()
    assert found.is_open
    whole = day | {"cleared_by": "Dr Reid", "words": "Bloods are normal"}
    assert as_therapist.post(address, whole).url == reverse("client", args=[visit.client_id])
    found.refresh_from_db()
    assert (found.cleared_on, found.cleared_words) == (date(2026, 3, 9), "Bloods are normal")
    assert as_therapist.post(address, whole | {"words": "Again"}).status_code == 409
    visit.refresh_from_db()
    assert visit.outcome == FOLLOW_UP


# --- What is not offered, what is not shown ---------------------------------------------------

WITHHELD = ["m_hurt_harm", "m_healing", "m_scan", "m_flare"]


def urgent(visit):
    answers = told(
        "cancer_weight", outcome=FOLLOW_UP, reason="CANARYREASON", **done("cancer", action="CANARYACTION")
    )
    visits.save(visit, "safety", answers)
    return visits.change(visit)


@pytest.mark.parametrize("message", WITHHELD)
def test_while_something_urgent_is_open_reassuring_ideas_are_not_offered(visit, message):
    told_them = {"permission": "yes", "messages_used": [message]}
    assert visits.document(visits.open_gate(visit), "explain", told_them).is_valid()
    visit = urgent(visit)
    assert not visits.document(visit, "explain", told_them).is_valid()
    SafetyFinding.objects.update(cleared_on=date(2026, 3, 9), cleared_by="Dr Reid", cleared_words="Seen")
    assert visits.document(visits.change(visit), "explain", told_them).is_valid()


def test_an_urgent_sign_of_an_earlier_visit_withholds_them_too(visit, therapist):
    visits.completed(urgent(visit))
    later = visits.open_gate(visits.begin(therapist, visit.client))
    told_them = {"permission": "yes", "messages_used": ["m_hurt_harm"]}
    assert not visits.document(later, "explain", told_them).is_valid()


def test_a_medical_review_withholds_nothing(visit):
    visits.save(visit, "safety", told("medication_strong", outcome=FOLLOW_UP))
    told_them = {"permission": "yes", "messages_used": ["m_hurt_harm"]}
    assert visits.document(visits.change(visit), "explain", told_them).is_valid()


def test_no_page_but_the_check_itself_shows_what_was_found(as_therapist, as_manager, visit):
    visits.save(visit, "acknowledge")
    visit = urgent(visit)
    for slug in ("beliefs", "activities"):
        visits.save(visit, slug)
    pages = [visits.url(visit, step.slug) for step in SEVEN]
    pages += [visits.url(visit, "before-you-go"), reverse("plan", args=[visit.pk])]
    pages += [reverse("client", args=[visit.client_id]), reverse("clients")]
    for address in pages:
        page = as_therapist.get(address).content.decode()
        for secret in ("CANARYREASON", "CANARYACTION", "Malignancy", "Losing weight without trying"):
            assert secret not in page.partition('id="private"')[0], (address, secret)
    assert "CANARY" not in as_manager.get(reverse("progress")).content.decode()


def test_what_a_sign_could_mean_is_on_no_page_the_client_may_see(as_therapist, visit):
    thoughts = {flag.think_of for flag in library.flags().values() if flag.think_of}
    visits.save(visit, "safety", told("ces_bladder", outcome=PAUSED, **done("ces")))
    pages = [
        visits.url(visit, "safety"),
        reverse("paused", args=[visit.pk]),
        reverse("review", args=[visit.pk]),
    ]
    for address in pages:
        text = visits.words(as_therapist.get(address))
        assert [thought for thought in thoughts if thought and thought in text] == []


# --- Something needs attention ----------------------------------------------------------------


def test_something_needs_attention_keeps_what_was_typed_and_returns(as_therapist, visit):
    visit = visits.open_gate(visit)
    typed = {"belief": "new1", "belief-new1-statement": "I can't go on like this"}
    reply = visits.send(as_therapist, visit, "beliefs", typed, do="attention")
    assert reply.url == visits.url(visit, "safety") + "?back=beliefs#attention"
    check = as_therapist.get(reply.url)
    assert 'name="back" value="beliefs"' in check.content.decode()
    answers = visits.hidden(check) | {"back": "beliefs"} | told(outcome=CLEAR, suicide_answer="none")
    back = as_therapist.post(visits.url(visit, "safety"), answers)
    assert back.url == visits.url(visit, "beliefs")
    assert "I can't go on like this" in unescape(as_therapist.get(back.url).content.decode())


def test_a_note_on_what_came_up_stands_open_until_it_holds_something(as_therapist, visit):
    visit = visits.open_gate(visit)
    address = visits.send(as_therapist, visit, "beliefs", {}, do="attention").url
    note = '<details class="more" id="noted"'
    assert f"{note} open>" in as_therapist.get(address).content.decode()
    answers = told(outcome=CLEAR) | {"private_notes": "Numb patch for years, seen by his doctor"}
    visits.save(visit, "safety", answers)
    page = as_therapist.get(address).content.decode()
    assert f"{note}>" in page
    assert page.count('name="private_notes"') == 1


def test_what_was_answered_alone_is_closed_when_something_else_needs_attention(as_therapist, visit):
    visit = visits.open_gate(visit)
    answers = told(outcome=CLEAR) | {"suicide_answer": "none", "client_words": "Tired of it, some days"}
    visits.save(visit, "safety", answers)
    address = visits.send(as_therapist, visit, "beliefs", {}, do="attention").url
    page = as_therapist.get(address)
    assert 'id="attention"><summary>' in page.content.decode()
    assert "Asked at this visit." in visits.words(page)
    drawn_again = visits.send(as_therapist, visit, "safety", answers, do="show").content.decode()
    assert 'id="attention" open>' in drawn_again
    record = visits.words(as_therapist.get(reverse("review", args=[visit.pk])))
    assert record.index("Private: for colleagues, not for reading") < record.index("Tired of it, some days")


def test_an_interruption_that_finds_something_does_not_lead_back(as_therapist, visit):
    visit = visits.open_gate(visit)
    reply = visits.send(as_therapist, visit, "beliefs", {}, do="attention")
    check = as_therapist.get(reply.url)
    row = done("suicide", contacted_at="14:10")
    answers = (
        visits.hidden(check) | {"back": "beliefs"} | told(outcome=PAUSED, suicide_answer="active", **row)
    )
    back = as_therapist.post(visits.url(visit, "safety"), answers)
    assert back.url == reverse("paused", args=[visit.pk])


def test_a_step_opened_from_the_review_still_leads_there_after_an_interruption(as_therapist, visit):
    visit = visits.open_gate(visit)
    reply = visits.send(as_therapist, visit, "beliefs", {"back": "review"}, do="attention")
    check = as_therapist.get(reply.url)
    ways = {name: visits.value_of(check, name) for name in ("back", "then")}
    assert ways == {"back": "beliefs", "then": "review"}
    answers = visits.hidden(check) | ways | told(outcome=CLEAR, suicide_answer="none")
    back = as_therapist.post(visits.url(visit, "safety"), answers)
    assert back.url == visits.url(visit, "beliefs") + "?back=review"


@pytest.mark.parametrize("do", ["save", "discard", "attention"])
def test_a_check_that_goes_on_keeps_its_way_back(as_therapist, visit, do):
    check = as_therapist.get(visits.url(visit, "safety"))
    answers = visits.hidden(check) | {"back": "beliefs", "then": "review", "do": do}
    again = as_therapist.post(visits.url(visit, "safety"), answers)
    assert again.url.removesuffix("#attention") == visits.url(visit, "safety") + "?back=beliefs&then=review"


def test_an_interruption_leads_back_to_the_place_on_the_page(as_therapist, visit):
    visit, place = visits.open_gate(visit), "f-belief-new1-behaviour"
    typed = {"belief": "new1", "belief-new1-statement": "I can't go on like this", "at": place}
    reply = visits.send(as_therapist, visit, "beliefs", typed, do="attention")
    assert reply.url == visits.url(visit, "safety") + f"?back=beliefs&back_at={place}#attention"
    check = as_therapist.get(reply.url)
    ways = {name: visits.value_of(check, name) for name in ("back", "back_at")}
    answers = visits.hidden(check) | ways | told(outcome=CLEAR, suicide_answer="none")
    back = as_therapist.post(visits.url(visit, "safety"), answers)
    assert back.url == visits.url(visit, "beliefs") + f"?at={place}#{place}"
    page = unescape(as_therapist.get(back.url).content.decode())
    assert f'data-focus="{place}"' in page
    assert "I can't go on like this" in page
    assert "Everything is here as it was" not in page  # nothing to be told on the way back


def test_whether_home_is_safe_is_asked_without_the_other_question_in_view(as_therapist, visit):
    visit = visits.open_gate(visit)
    reply = visits.send(as_therapist, visit, "resources", {}, do="attention:home")
    assert reply.url.endswith("?back=resources&about=home#f-home_unsafe-0")
    page = as_therapist.get(reply.url)
    assert 'data-focus="f-home_unsafe-0"' in page.content.decode()
    ways = {name: visits.value_of(page, name) for name in ("back", "about")}
    drawn_again = visits.send(as_therapist, visit, "safety", ways, do="show")
    refused = visits.send(as_therapist, visit, "safety", ways | {"home_unsafe": "perhaps"})
    assert (drawn_again.status_code, refused.status_code) == (200, 422)
    assert "data-focus" not in drawn_again.content.decode()
    for each in (page.content.decode(), drawn_again.content.decode(), refused.content.decode()):
        other = each.index("The other question to ask when nobody else")
        assert each.index("Do you feel safe at home") < other < each.index("thoughts of not wanting to live")


def test_a_pause_leads_back_to_the_place_it_was_made_at(as_therapist, visit):
    visit, at = visits.open_gate(visit), "f-belief-new1-behaviour"
    typed = {"belief": "new1", "belief-new1-statement": "It grinds", "at": at}
    reply = visits.send(as_therapist, visit, "beliefs", typed, do="pause")
    assert reply.url == f"{reverse('client', args=[visit.client_id])}?left=beliefs&at={at}"
    on = f'href="{visits.url(visit, "beliefs")}?at={at}#{at}">Go on'
    assert on in as_therapist.get(reply.url).content.decode()
    elsewhere = as_therapist.get(reverse("client", args=[visit.client_id])).content.decode()
    assert f'href="{reverse("consultation", args=[visit.pk])}">Go on' in elsewhere


def test_a_pause_keeps_the_way_back(as_therapist, visit):
    visit = visits.open_gate(visit)
    ways = {"back": "beliefs", "back_at": "f-belief-new1-behaviour"}
    reply = visits.send(as_therapist, visit, "safety", ways, do="pause")
    page = as_therapist.get(reply.url).content.decode()
    (on,) = re.findall(r'href="([^"]+)">Go on', page)
    assert on == f"{visits.url(visit, 'safety')}?back=beliefs&amp;back_at=f-belief-new1-behaviour"
    check = as_therapist.get(on.replace("&amp;", "&"))
    assert "Close, and back to beliefs" in visits.words(check)


def test_a_paused_visit_says_what_to_do_now_wherever_it_was_left(as_therapist, visit):
    visits.change(visits.open_gate(visit), outcome="paused_referred")
    page = as_therapist.get(reverse("client", args=[visit.client_id]), {"left": "acknowledge"})
    assert "What to do now" in visits.words(page)
    assert "Go on" not in visits.words(page)


@pytest.mark.parametrize("left", ["nowhere", "", "explain"])
def test_a_pause_leads_to_no_step_that_waits(as_therapist, visit, left):
    page = as_therapist.get(reverse("client", args=[visit.client_id]), {"left": left}).content.decode()
    assert f'href="{reverse("consultation", args=[visit.pk])}">Go on' in page


def test_what_is_finished_afterwards_leads_back_to_the_list(as_therapist, visit):
    visit = visits.open_gate(visit)
    Step.objects.filter(consultation=visit, slug="beliefs").update(
        number=1, afterwards=[["x", "f-private_notes"]]
    )
    home = reverse("client", args=[visit.client_id])
    (link,) = re.findall(r'href="([^"]+)">x<', as_therapist.get(home).content.decode())
    page = as_therapist.get(link.replace("&amp;", "&"))
    assert "Save, and back to what can be finished" in visits.words(page)
    back = {"back": visits.value_of(page, "back")}
    assert visits.send(as_therapist, visit, "beliefs", visits.good("beliefs") | back, do="save").url == home


@pytest.mark.parametrize("place", ["//evil.example", "x y", "#attention", "1st", "a" * 121, '"onload='])
def test_a_place_that_is_none_is_forgotten(as_therapist, visit, place):
    visit = visits.open_gate(visit)
    reply = visits.send(as_therapist, visit, "beliefs", {"at": place}, do="attention")
    assert reply.url == visits.url(visit, "safety") + "?back=beliefs#attention"
    check = as_therapist.get(visits.url(visit, "safety"))
    answers = visits.hidden(check) | {"back": "beliefs", "back_at": place} | told(outcome=CLEAR)
    assert as_therapist.post(visits.url(visit, "safety"), answers).url == visits.url(visit, "beliefs")
    assert "data-focus" not in as_therapist.get(visits.url(visit, "beliefs"), {"at": place}).content.decode()


@pytest.mark.parametrize(("page", "name"), [("review", "everything on one page"), ("plan", "their plan")])
def test_what_needs_attention_on_a_page_of_its_own_is_closed_back_to_it(as_therapist, visit, page, name):
    visit = visits.open_gate(visit)
    home = reverse(page, args=[visit.pk])
    (way_in,) = re.findall(r'class="attention" href="([^"]+)"', as_therapist.get(home).content.decode())
    check = as_therapist.get(way_in)
    assert visits.words(check).count(f"Close, and back to {name}") == 2
    assert (
        '<details class="card fold" id="screen">' in check.content.decode()
    )  # the groups are not read again
    back = {"back": visits.value_of(check, "back")}
    answers = visits.hidden(check) | back | told(outcome=CLEAR, suicide_answer="none")
    assert as_therapist.post(visits.url(visit, "safety"), answers).url == home


def test_the_way_back_is_only_ever_a_step(as_therapist, visit):
    check = as_therapist.get(visits.url(visit, "safety") + "?back=//evil.example")
    answers = visits.hidden(check) | {"back": "//evil.example"} | told(outcome=CLEAR)
    assert as_therapist.post(visits.url(visit, "safety"), answers).url == visits.url(visit, "explain")


@pytest.mark.parametrize("slug", [*(step.slug for step in SEVEN), "safety", "before-you-go"])
def test_every_step_of_an_open_visit_has_the_quiet_way_in(as_therapist, visit, slug):
    for waits in (visit, visits.open_gate(visit)):
        page = as_therapist.get(visits.url(waits, slug))
        assert "Something needs attention" in visits.words(page)


def test_the_review_of_an_open_visit_has_the_quiet_way_in(as_therapist, visit):
    address = reverse("review", args=[visit.pk])
    assert "Something needs attention" in visits.words(as_therapist.get(address))
    visits.completed(visits.open_gate(visit))
    assert "Something needs attention" not in visits.words(as_therapist.get(address))


def test_nobody_of_another_clinic_reads_or_closes_a_finding(visit, stranger):
    urgent(visit)
    found = SafetyFinding.objects.get()
    theirs = signed_in(stranger)
    assert theirs.get(reverse("finding", args=[found.pk])).status_code == 404
    assert theirs.post(reverse("finding", args=[found.pk]), {"cleared_by": "me"}).status_code == 404


def test_the_outcome_is_signed_anew_only_when_something_else_is_said(therapist):
    visit = visits.begin(therapist)
    answers = visits.good("safety")
    visits.save(visit, "safety", answers)
    first = visits.change(visit).outcome_at
    visits.save(visit, "safety", answers)
    assert visits.change(visit).outcome_at == first
    visits.save(visit, "safety", answers | {"private_notes": "Asked twice"})
    assert visits.change(visit).outcome_at > first
