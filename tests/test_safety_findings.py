"""A finding after it was found: how urgent it is, who may close it and when, and what waits meanwhile."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consults.actions.consultations import clear_finding
from consults.models import Draft, SafetyFinding
from painconsult.errors import Refused
from tests import visits
from tests.checks import ALL, CLEAR, E_LINES, FOLLOW_UP, PAUSED, U_LINES, cleared, done, faults, may_end, told
from tests.conftest import signed_in


@pytest.fixture
def visit(therapist):
    return visits.change(visits.begin(therapist), consent_to_record="yes")


@pytest.fixture
def emergency(visit):
    """A fall, found as an emergency and paused."""
    visits.save(visit, "safety", told("fracture_injury", outcome=PAUSED, **done("fracture")))
    return visit


def found():
    return SafetyFinding.objects.get()


def day(on):
    return {"cleared_on-day": str(on.day), "cleared_on-month": str(on.month), "cleared_on-year": str(on.year)}


# --- How urgent -------------------------------------------------------------------------------


@pytest.fixture
def taken_back(emergency):
    """The emergency was cleared by somebody who saw them, and its yes was then taken back."""
    visits.save(emergency, "safety", told("fracture_injury", outcome=CLEAR, **cleared("fracture")))
    visits.save(emergency, "safety", told(outcome=CLEAR))
    return emergency


def test_a_sign_that_comes_back_is_not_covered_by_its_old_clearance(taken_back):
    assert faults(taken_back, told("fracture_injury", outcome=CLEAR)) != {}
    visits.save(taken_back, "safety", told("fracture_injury", outcome=PAUSED, **done("fracture")))
    assert found().is_open
    assert (found().level_now, found().cleared_on, found().cleared_words) == ("E", None, "")


@pytest.mark.parametrize("words", ["Seen today, nothing that speaks against exercise", "Seen once more"])
@pytest.mark.parametrize("outcome", [CLEAR, FOLLOW_UP, PAUSED])
def test_no_clearance_is_taken_in_the_save_in_which_a_sign_comes_back(taken_back, words, outcome):
    again = cleared("fracture", cleared_words=words)
    assert "fracture: cleared_on" in faults(taken_back, told("fracture_injury", outcome=outcome, **again))


def test_an_answer_that_got_worse_again_is_not_lowered_by_the_old_reason(visit):
    lower = done("suicide", level_now="U", level_reason="Safe with her sister tonight", contacted_at="14:10")
    visits.save(
        visit,
        "safety",
        told(outcome=PAUSED, suicide_answer="active", **done("suicide", contacted_at="14:10")),
    )
    visits.save(visit, "safety", told(outcome=PAUSED, suicide_answer="active", **lower))
    visits.save(visit, "safety", told(outcome=PAUSED, suicide_answer="passive", **lower))
    again = told(outcome=PAUSED, suicide_answer="active", **lower)
    assert "suicide: level_reason" in faults(visit, again)
    again["finding-suicide-level_reason"] = "Her sister came, and the crisis team rang her"
    assert faults(visit, again) == {}


def test_a_level_that_is_left_out_of_a_later_save_stays_as_it_was_found(emergency):
    again = told("fracture_injury", **done("fracture"))
    assert not may_end(emergency, again | {"outcome": CLEAR})
    assert not may_end(emergency, again | {"outcome": FOLLOW_UP, "outcome_reason": "Feels fine"})
    visits.save(emergency, "safety", again | {"outcome": PAUSED})
    assert (found().level_found, found().level_now) == ("E", "E")
    assert visits.change(emergency).outcome == PAUSED


def test_a_lowered_level_that_is_left_out_stays_lowered_with_its_reason(emergency):
    why = {"level_reason": "A stumble on the step"}
    lower = done("fracture", level_now="U", **why)
    visits.save(
        emergency, "safety", told("fracture_injury", outcome=FOLLOW_UP, reason="X-ray tomorrow", **lower)
    )
    again = told("fracture_injury", outcome=FOLLOW_UP, reason="X-ray tomorrow")
    assert list(faults(emergency, again | done("fracture"))) == ["fracture: level_reason"]
    visits.save(emergency, "safety", again | done("fracture", **why))
    assert (found().level_found, found().level_now, found().level_reason) == (
        "E",
        "U",
        "A stumble on the step",
    )


def test_a_level_that_was_raised_is_lowered_again_only_with_a_reason(visit):
    raised = done("suicide", contacted_at="14:10", level_now="E")
    visits.save(visit, "safety", told(outcome=PAUSED, suicide_answer="passive", **raised))
    assert (found().level_found, found().level_now) == ("E", "E")
    lower = raised | {"finding-suicide-level_now": "U"}
    answers = told(outcome=FOLLOW_UP, reason="Crisis team at 15:00", suicide_answer="passive", **lower)
    assert list(faults(visit, answers)) == ["suicide: level_reason"]
    assert may_end(
        visit, answers | {"finding-suicide-level_reason": "Said so to test me, with his wife here"}
    )


# --- Who may clear, and when ------------------------------------------------------------------


@pytest.mark.parametrize("flag", E_LINES)
def test_an_emergency_is_not_cleared_in_the_save_that_finds_it(visit, flag):
    line = E_LINES[flag][0]
    for outcome in (CLEAR, FOLLOW_UP, PAUSED, ""):
        wrong = faults(visit, told(line, outcome=outcome, reason="He says it is fine", **cleared(flag)))
        assert "comes from somebody who sees them after that" in wrong[f"{flag}: cleared_on"]
    visits.save(visit, "safety", told(line, outcome=PAUSED, **done(flag)))
    visits.save(visit, "safety", told(line, outcome=CLEAR, **cleared(flag)))
    assert not found().is_open


def test_lowering_an_emergency_does_not_clear_it_in_the_save_that_finds_it(visit):
    lower = cleared("neuro_prog", level_now="U", level_reason="Not rapid")
    answers = told("neuro_weakness", outcome=FOLLOW_UP, reason="Seen tomorrow", **lower)
    assert list(faults(visit, answers)) == ["neuro_prog: cleared_on"]


def test_an_old_injury_is_cleared_by_phone_while_they_wait_once_it_is_lowered_with_a_reason(
    as_therapist, visit
):
    def answers(**lower):
        return told("fracture_injury", outcome=CLEAR, **cleared("fracture", **lower))

    lower = {"level_now": "U", "level_reason": "Six years ago, looked at then"}
    assert "fracture: cleared_on" in faults(visit, answers())
    assert "fracture: cleared_on" in faults(visit, answers(level_now="E"))
    assert "fracture: level_reason" in faults(visit, answers(level_now="U"))
    for other in ("fracture_spot", "fracture_bones"):
        both = told("fracture_injury", other, outcome=CLEAR, **cleared("fracture", **lower))
        assert "fracture: cleared_on" in faults(visit, both)
    page = visits.words(
        visits.send(
            as_therapist, visit, "safety", told("fracture_injury", **done("fracture", **lower)), do="show"
        )
    )
    assert "Record a clearance" in page
    visits.save(visit, "safety", answers(**lower))
    assert (found().level_found, found().level_now, found().is_open) == ("E", "U", False)
    assert visits.change(visit).outcome == CLEAR


def test_raising_a_level_to_an_emergency_does_not_clear_it_either(visit):
    raised = cleared("cancer", level_now="E")
    assert "cancer: cleared_on" in faults(visit, told("cancer_weight", outcome=CLEAR, **raised))


def test_an_emergency_found_before_is_lowered_and_cleared_in_one_save(emergency):
    lower = cleared("fracture", level_now="U", level_reason="No fracture on the X-ray")
    visits.save(emergency, "safety", told("fracture_injury", outcome=CLEAR, **lower))
    assert (found().level_found, found().level_now, found().is_open) == ("E", "U", False)
    assert found().level_reason == "No fracture on the X-ray"
    assert visits.change(emergency).outcome == CLEAR


def test_lowering_without_a_reason_is_refused_beside_a_clearance_too(emergency):
    lower = cleared("fracture", level_now="U")
    assert list(faults(emergency, told("fracture_injury", outcome=CLEAR, **lower))) == [
        "fracture: level_reason"
    ]


@pytest.mark.parametrize("flag", U_LINES)
def test_what_is_urgent_may_be_cleared_by_telephone_in_the_save_that_finds_it(visit, flag):
    assert may_end(visit, told(U_LINES[flag], outcome=CLEAR, **cleared(flag)))


def test_a_clearance_that_is_still_to_come_is_refused_on_an_open_visit(emergency):
    tomorrow = timezone.localdate() + timedelta(days=1)
    answers = told("fracture_injury", outcome=CLEAR, **cleared("fracture", **day(tomorrow)))
    assert "still to come" in faults(emergency, answers)["fracture: cleared_on"]
    assert may_end(emergency, answers | done("fracture", **day(timezone.localdate())))


def test_a_clearance_from_before_the_finding_is_refused(emergency):
    early = told("fracture_injury", outcome=CLEAR, **cleared("fracture", **day(date(2026, 3, 2))))
    assert "before it was found, on 3 March 2026" in faults(emergency, early)["fracture: cleared_on"]
    assert may_end(emergency, early | done("fracture", **day(date(2026, 3, 3))))


@pytest.mark.parametrize("on", [date(2026, 3, 2), date(9998, 1, 1)])
def test_no_such_clearance_closes_a_finding_of_a_completed_visit(emergency, therapist, on):
    visits.completed(emergency)
    with pytest.raises(Refused, match=r"still to come|before it was found"):
        clear_finding(found(), cleared_on=on, cleared_by="Dr Reid", words="Seen", by=therapist)
    answers = day(on) | {"cleared_by": "Dr Reid", "words": "Seen"}
    reply = signed_in(therapist).post(reverse("finding", args=[found().pk]), answers)
    assert reply.status_code in (409, 422)
    assert found().is_open


def test_a_finding_of_an_open_visit_is_cleared_in_its_safety_check(emergency, therapist):
    with pytest.raises(Refused, match="still open"):
        clear_finding(found(), cleared_on=date(2026, 3, 4), cleared_by="Dr Reid", words="Seen", by=therapist)
    assert found().is_open


# --- In words ---------------------------------------------------------------------------------


def test_each_complaint_names_its_sign(as_therapist, visit):
    answers = told("ces_bladder", "cancer_weight", outcome=PAUSED) | {"finding": ["ces", "cancer"]}
    page = visits.send(as_therapist, visit, "safety", answers)
    assert page.status_code == 422
    summary = visits.words_of(page.content.decode().partition('id="errors"')[2].partition("</div>")[0])
    assert summary.count("say what you did about it") == 2
    for name in ("Feeling, bladder, bowel or both legs", "General health: past illness, weight, nights"):
        assert f"{name}: say what you did about it" in summary


def test_a_new_emergency_offers_no_clearance_and_says_when_it_will(as_therapist, visit):
    page = visits.send(as_therapist, visit, "safety", told("ces_bladder"), do="show")
    assert "Record a clearance" not in visits.words(page)
    assert "Once somebody has seen them, write their clearance down here" in visits.words(page)
    visits.save(visit, "safety", told("ces_bladder", outcome=PAUSED, **done("ces")))
    assert "Record a clearance" in visits.words(as_therapist.get(visits.url(visit, "safety")))


def test_the_page_says_how_an_emergency_with_two_levels_is_lowered(as_therapist, visit):
    fall = visits.words(visits.send(as_therapist, visit, "safety", told("fracture_injury"), do="show"))
    assert "Until you choose, and say why if it is the lower one, it counts as an emergency." in fall
    assert "Why it is not “Emergency now”" in fall
    assert "an earlier examination does not close it" not in fall  # it may be why it is lowered
    assert "Until it is lowered above with a reason, or cleared, end in a pause." in fall
    both = told("fracture_injury", "ces_bladder")
    both = visits.words(visits.send(as_therapist, visit, "safety", both, do="show"))
    assert "Until it is cleared, end in a pause." in both  # the other one cannot be lowered
    only = visits.words(visits.send(as_therapist, visit, "safety", told("ces_bladder"), do="show"))
    assert "It counts as the higher one" not in only  # there is no lower one
    assert "an earlier examination does not close it" in only
    assert "Until it is cleared, end in a pause." in only


def test_what_is_lowered_with_a_reason_leaves_the_end_of_the_check_open(as_therapist, visit):
    """Nothing on the page says any more that it is an emergency."""
    lower = done("fracture", level_now="U", level_reason="Six years ago, looked at then")
    page = visits.words(
        visits.send(as_therapist, visit, "safety", told("fracture_injury", **lower), do="show")
    )
    assert "An emergency ends in a pause" not in page
    assert "An emergency sign is open" not in page
    assert "An urgent sign is open. Pause, or go on with follow-up" in page


def test_a_fall_stands_as_an_emergency_until_a_reason_lowers_it(as_therapist, visit):
    def card(*more, **lower):
        """(its tag, the level that is pressed, whether only a pause can end the check)"""
        answers = told("fracture_injury", *more, **(done("fracture", **lower) if lower else {}))
        page = visits.send(as_therapist, visit, "safety", answers, do="show").content.decode()
        html = page.partition('id="h-fracture"')[2].partition("</section>")[0]
        tag = re.sub(r"<span [^>]*hidden>[^<]*</span>", "", html.partition("</h3>")[2].partition("</div>")[0])
        pressed = re.search(r'-level_now" value="(.)" checked', html)
        waits = "Until it is lowered above with a reason, or cleared, end in a pause." in visits.words_of(
            page
        )
        return visits.words_of(tag), pressed and pressed[1], waits

    why = {"level_reason": "Six years ago, looked at then"}
    assert card() == ("Say how urgent", None, True)
    assert card(level_now="E") == ("Emergency now", "E", True)
    assert card(level_now="U") == ("Say why it is not “Emergency now”", "U", True)
    assert card(level_now="U", level_reason="   ") == ("Say why it is not “Emergency now”", "U", True)
    assert card(level_now="U", **why) == ("Urgent", "U", False)
    assert card(level_now="E", **why) == ("Emergency now", "E", True)
    assert card("fracture_spot") == ("Emergency now", "E", False)  # it may not be something old
    Draft.objects.all().delete()
    visits.save(visit, "safety", told("fracture_injury", outcome=PAUSED, **done("fracture")))
    assert card()[:2] == ("Emergency now", "E")  # as it was saved


def test_a_refused_page_says_no_milder_level_than_stands(as_therapist, visit):
    """Urgent without its reason is refused, and the end of the check stays closed on the page that says so."""
    answers = told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **done("fracture", level_now="U"))
    page = visits.send(as_therapist, visit, "safety", answers)
    assert page.status_code == 422
    assert "Until it is lowered above with a reason" in visits.words(page)


def test_a_sign_that_came_back_asks_anew_how_urgent_it_is(as_therapist, visit):
    lower = done("fracture", level_now="U", level_reason="Six years ago, looked at then")
    visits.save(visit, "safety", told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **lower))
    visits.save(visit, "safety", told(outcome=FOLLOW_UP, reason="Rung", **lower))
    page = visits.send(
        as_therapist, visit, "safety", told("fracture_injury", **lower), do="show"
    ).content.decode()
    card = page.partition('id="h-fracture"')[2].partition("</section>")[0]
    assert "Say how urgent" in card
    assert "checked" not in card
    assert "Not a yes after all?" not in card  # it was saved
    assert "An emergency sign is open." in visits.words_of(page)


def test_the_group_that_asks_about_a_fall_says_that_a_doubt_is_a_yes(as_therapist, visit):
    page = visits.words(as_therapist.get(visits.url(visit, "safety")))
    counts = "Not sure whether a fall, blow or accident came before this began or got worse? Press the first line; how urgent it is now, you say afterwards. The other two count with or without a fall."
    assert f"Group 3 of 7 {counts} A fall, blow or accident" in page
    assert page.count(counts) == 1


def test_after_an_old_injury_a_doctor_can_clear_it_by_phone_and_only_then(as_therapist, visit):
    by_phone = "At “Urgent”, after an old injury, the clearance may also come by phone, from a doctor who knows what was found then."
    new = visits.words(visits.send(as_therapist, visit, "safety", told("fracture_injury"), do="show"))
    assert "Long ago, and examined then? If it was no major injury, choose “Urgent”, and say when" in new
    assert "A doctor who knows what was found may clear it by phone, now or later" in new
    other = visits.words(visits.send(as_therapist, visit, "safety", told("neuro_weakness"), do="show"))
    assert "It counts as the higher one until you choose the lower one and say why." in other
    assert "by phone" not in other
    lower = {"level_now": "U", "level_reason": "Six years ago, looked at then"}
    answers = told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **done("fracture", **lower))
    Draft.objects.all().delete()
    visits.save(visit, "safety", answers)
    assert by_phone in visits.words(as_therapist.get(visits.url(visit, "safety")))
    then = cleared("fracture", **lower) | {"finding-fracture-cleared_on-year": "2020"}
    refused = faults(visit, told("fracture_injury", outcome=CLEAR, **(done("fracture", **lower) | then)))
    assert "A clearance is given after that." in refused["fracture: cleared_on"]


def test_only_a_sign_that_was_never_saved_is_told_to_be_taken_back(as_therapist, visit):
    nothing = "Not a yes after all? Take it back in group 4"
    yes = told("cancer_weight")
    assert nothing in visits.words(visits.send(as_therapist, visit, "safety", yes, do="show"))
    visits.save(visit, "safety", told("cancer_weight", outcome=FOLLOW_UP, reason="Rung", **done("cancer")))
    assert nothing not in visits.words(as_therapist.get(visits.url(visit, "safety")))


def test_a_saved_sign_whose_yes_is_taken_back_says_that_it_stays(as_therapist, emergency):
    stays = "It is no longer answered so. What was saved stays open until it is cleared."
    assert stays not in visits.words(as_therapist.get(visits.url(emergency, "safety")))
    assert stays in visits.words(visits.send(as_therapist, emergency, "safety", told(), do="show"))


def test_what_is_open_from_an_earlier_visit_leads_to_its_own_page(as_therapist, visit):
    visit = visits.open_gate(visit)
    lower = done("fracture", level_now="U", level_reason="A stumble on a kerb")
    visits.save(visit, "safety", told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **lower))
    visits.completed(visit)
    later = visits.open_gate(visits.begin(visit.therapist, visit.client))
    page = as_therapist.get(visits.url(later, "reframe")).content.decode()
    assert "attention:found" not in page
    assert f'href="{reverse("finding", args=[found().pk])}">What is open' in page
    review = as_therapist.get(reverse("review", args=[visit.pk])).content.decode()
    assert (
        f'href="{reverse("finding", args=[found().pk])}"' in review
    )  # closed: the check does not open any more


def test_the_review_says_that_a_saved_yes_was_taken_back(as_therapist, visit):
    def review():
        return visits.words(as_therapist.get(reverse("review", args=[visit.pk])))

    lower = done("fracture", level_now="U", level_reason="A stumble on a kerb")
    visits.save(visit, "safety", told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **lower))
    assert "was taken back" not in review()
    assert "A yes to 1 line" in review()
    visits.save(visit, "safety", told(outcome=FOLLOW_UP, reason="Rung", **lower))
    assert "All seven groups: none of these. A yes that was saved before was taken back" in review()


def test_step_7_says_when_their_own_words_wait(as_therapist, visit):
    waits = "While an urgent follow-up is open, the plan leaves out this, what they said back and a picture of their own."
    visit = visits.open_gate(visit)
    assert waits not in visits.words(as_therapist.get(visits.url(visit, "timescale")))
    lower = done("fracture", level_now="U", level_reason="A stumble on a kerb")
    visits.save(visit, "safety", told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **lower))
    assert waits in visits.words(as_therapist.get(visits.url(visit, "timescale")))


def test_what_is_to_be_followed_up_is_opened_from_a_step_and_leads_back_to_its_place(as_therapist, visit):
    visit = visits.open_gate(visit)
    lower = done("fracture", level_now="U", level_reason="A stumble on a kerb")
    visits.save(visit, "safety", told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **lower))
    page = as_therapist.get(visits.url(visit, "reframe")).content.decode()
    assert page.count('name="do" value="attention:found"') == 2  # above the step, and where it is tried out
    at = "f-experiment-new1-movement"
    reply = visits.send(as_therapist, visit, "reframe", {"at": at}, do="attention:found")
    assert reply.url == f"{visits.url(visit, 'safety')}?back=reframe&back_at={at}&about=found#h-found"
    assert 'data-focus="h-found"' in as_therapist.get(reply.url).content.decode()
    review = as_therapist.get(reverse("review", args=[visit.pk])).content.decode()
    assert f"{visits.url(visit, 'safety')}?back=review-interrupted#h-found" in review


def test_why_it_is_lower_is_offered_as_the_reason_to_go_on(as_therapist, visit):
    lower = {"level_now": "U", "level_reason": "Two years ago, the GP looked at it since"}
    answers = told("fracture_injury", outcome=FOLLOW_UP, **done("fracture", **lower))
    page = visits.send(as_therapist, visit, "safety", answers, do="show").content.decode()
    assert 'value="put:reason"' in page
    taken = visits.send(as_therapist, visit, "safety", answers, do="put:reason").content.decode()
    assert 'value="put:reason"' not in taken
    assert taken.count("Two years ago, the GP looked at it since") == 2  # on the card, and as the reason
    assert may_end(visit, answers | {"outcome_reason": lower["level_reason"]})


def test_no_reason_of_another_sign_is_offered_to_go_on_with(as_therapist, visit):
    lower = {"level_now": "U", "level_reason": "The X-ray was clear"}
    both = told("fracture_injury", "cancer_weight", outcome=FOLLOW_UP, **done("fracture", **lower))
    page = visits.send(as_therapist, visit, "safety", both, do="put:reason").content.decode()
    assert 'value="put:reason"' not in page
    assert page.count("The X-ray was clear") == 1  # on its own card
    gone = told("cancer_weight", outcome=FOLLOW_UP, **done("fracture", **lower))
    assert (
        'value="put:reason"'
        not in visits.send(as_therapist, visit, "safety", gone, do="show").content.decode()
    )


def test_what_was_said_about_not_wanting_to_live_is_never_offered_as_a_reason(as_therapist, visit):
    lower = {"level_now": "U", "level_reason": "Safe with her sister tonight", "contacted_at": "14:10"}
    answers = told(outcome=FOLLOW_UP, suicide_answer="active", **done("suicide", **lower))
    page = visits.send(as_therapist, visit, "safety", answers, do="show").content.decode()
    assert "Safe with her sister tonight" in page
    assert 'value="put:reason"' not in page


def test_a_clearance_that_is_refused_unlocks_no_ending(as_therapist, emergency):
    early = told("fracture_injury", outcome=CLEAR, **cleared("fracture", **day(date(2026, 3, 2))))
    page = visits.words(visits.send(as_therapist, emergency, "safety", early))
    assert "before it was found" in page
    assert "An emergency sign is open" in page


# --- What waits -------------------------------------------------------------------------------


def without(group, **more):
    rest = [one for one in ALL if one != group]
    return told(none=rest, outcome=FOLLOW_UP, reason="One group is left for Friday", **more)


@pytest.mark.parametrize("group", sorted({group for _, group in E_LINES.values()}))
def test_while_an_emergency_sign_is_unasked_no_movement_is_tried_and_no_hand_laid_on(therapist, group):
    visits.give_hands(therapist)
    visit = visits.change(visits.begin(therapist), consent_to_record="yes")
    visits.save(visit, "safety", without(group, touch_safe="yes", consent_to_touch="yes"))
    tried = {"experiment": "new1", "experiment-new1-movement": "Ten half swings"}
    for kind in ("notice", "prediction"):
        wrong = visits.faults_of(visit, "reframe", tried | {"experiment-new1-kind": kind})
        assert "was not asked about" in wrong["new1: movement"]
    address = reverse("hands_on", args=[visit.pk])
    assert signed_in(therapist).get(address).status_code == 409
    visits.save(visit, "safety", told(outcome=CLEAR, touch_safe="yes", consent_to_touch="yes"))
    assert visits.faults_of(visit, "reframe", tried) == {}
    assert signed_in(therapist).get(address).status_code == 200


# --- Saved, and not ended ---------------------------------------------------------------------


def test_a_check_that_is_saved_without_an_end_is_begun_and_says_what_is_missing(as_therapist, visit):
    assert "not ended yet" not in visits.words(as_therapist.get(visits.url(visit, "safety")))
    visits.send(as_therapist, visit, "safety", told("ces_bladder", none=[]))
    assert visits.state(visit, "safety") == ("begun", ["the groups read aloud", "how it ends"])
    page = visits.words(as_therapist.get(visits.url(visit, "safety")))
    assert "Steps 2 to 7 wait until you choose how the check ends" in page


def test_a_check_saved_with_nothing_read_is_not_begun(visit):
    visits.save(visit, "safety", told(none=[], suicide_answer="none"))
    assert visits.state(visit, "safety")[0] == "not_started"


def test_a_fall_of_which_nobody_said_how_urgent_it_is_is_stored_as_an_emergency(visit):
    answers = told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **done("fracture"))
    refused = faults(visit, answers)
    assert "Until it is lowered above with a reason, or cleared, end in a pause." in refused["outcome"]
    assert "say how urgent it is now, or end in a pause." in refused["fracture: level_now"]
    visits.save(visit, "safety", told("fracture_injury", outcome=PAUSED, **done("fracture")))
    assert (found().level_found, found().level_now) == ("E", "E")


def test_what_may_be_lowered_says_nothing_of_what_may_not(as_therapist, visit, therapist):
    """Beside an emergency that is cleared only, and beside one of an earlier visit, a fall opens nothing."""
    fall = "Until it is lowered above with a reason, or cleared, end in a pause."
    cleared_ces = told("ces_bladder", outcome=PAUSED, **done("ces"))
    visits.save(visit, "safety", cleared_ces)
    visits.save(visit, "safety", told("ces_bladder", outcome=CLEAR, **cleared("ces")))
    both = told("ces_bladder", "fracture_injury", **cleared("ces"))
    assert fall in visits.words(
        visits.send(as_therapist, visit, "safety", both, do="show")
    )  # the other is closed
    suicide = visits.words(
        visits.send(as_therapist, visit, "safety", told(suicide_answer="active"), do="show")
    )
    assert "Until it is cleared, end in a pause." in suicide
    Draft.objects.all().delete()
    visits.save(visit, "safety", told("neuro_weakness", outcome=PAUSED, **done("neuro_prog")))
    visits.completed(visit)
    later = visits.change(
        visits.begin(therapist, visit.client, held_on=date(2026, 3, 17)), consent_to_record="yes"
    )
    page = visits.words(visits.send(as_therapist, later, "safety", told("fracture_injury"), do="show"))
    assert "An emergency sign of an earlier visit is open. Until it is cleared, end in a pause." in page
    assert fall not in page
    lower = done("fracture", level_now="U", level_reason="Six years ago, looked at then")
    refused = faults(later, told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **lower))
    assert "An emergency sign of an earlier visit is open." in refused["outcome"]


def test_the_record_does_not_say_that_nothing_changes_touch_while_a_sign_is_open(as_therapist, visit):
    lower = {"level_now": "U", "level_reason": "Six years ago, looked at then"}
    opened = told("fracture_injury", outcome=FOLLOW_UP, reason="Rung", **done("fracture", **lower))
    closed = told("fracture_injury", outcome=CLEAR, **cleared("fracture", **lower))
    for answers, words in ((opened, "Nothing else changes"), (closed, "Nothing changes")):
        visits.save(visit, "safety", answers | {"touch_safe": "yes"})
        assert f"{words} what is safe." in visits.words(as_therapist.get(reverse("review", args=[visit.pk])))
