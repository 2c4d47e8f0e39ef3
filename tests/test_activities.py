"""Step 5: each thing in the way has its own sentence, and one way of counting at a time."""

import pytest

from consults.actions.plan_content import plan_content
from consults.exports.plan import readable
from consults.models import ActivityVisit
from tests import visits

ROW = "activity-new1"


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


def with_barriers(*barriers, **plans):
    told = {f"{ROW}-confidence": "5", f"{ROW}-barriers_chosen": list(barriers)}
    return told | {f"{ROW}-barrier_plan_{barrier}": plan for barrier, plan in plans.items()}


def test_each_barrier_that_is_chosen_asks_for_its_own_sentence(visit):
    told = visits.good("activities", **with_barriers("weather", "sleep", weather="Indoors, with a broom"))
    assert visits.faults_of(visit, "activities", told) == {
        "new1: barrier_plan_sleep": "Sleep: say in a sentence what they will do then."
    }


def test_each_barrier_is_kept_with_its_sentence_and_stands_on_the_plan(visit):
    plans = {"weather": "Indoors, with a broom", "no_time": "Half the minutes before lunch"}
    visits.save(visit, "activities", visits.good("activities", **with_barriers(*plans, **plans)))
    asked = ActivityVisit.objects.get()
    assert asked.barriers == [
        {"barrier": "weather", "plan": "Indoors, with a broom"},
        {"barrier": "no_time", "plan": "Half the minutes before lunch"},
    ]
    step = readable(plan_content(visits.change(visit)))["steps"][0]
    assert [(each["names"], each["plan"]) for each in step["barriers"]] == [
        ("weather", "Indoors, with a broom"),
        ("no time", "Half the minutes before lunch"),
    ]


def test_the_sentence_of_a_barrier_that_is_not_chosen_is_not_kept(visit):
    told = with_barriers("weather", weather="Indoors", sleep="An early night")
    visits.save(visit, "activities", visits.good("activities", **told))
    assert ActivityVisit.objects.get().barriers == [{"barrier": "weather", "plan": "Indoors"}]
    answers = visit.entries.get().answers["rows"]["activity"][0][1]
    assert answers["barrier_plan_sleep"] == ""


def test_what_was_stored_with_one_sentence_for_all_is_shown_at_each(visit, as_therapist):
    both = [{"barrier": barrier, "plan": "Lucia sets the table"} for barrier in ("tiredness", "caring")]
    activity = visits.make_activity(visit, visit_row={"barriers": both})
    page = as_therapist.get(visits.url(visit, "activities"))
    for barrier in ("tiredness", "caring"):
        name = f"activity-{activity.pk}-barrier_plan_{barrier}"
        assert visits.value_of(page, name) == "Lucia sets the table"
    assert page.content.decode().count("Lucia sets the table") == 2


@pytest.mark.parametrize(("confidence", "kept"), [("6", "They want to try"), ("7", "")])
def test_a_reason_for_going_ahead_is_kept_only_below_seven(visit, confidence, kept):
    told = {f"{ROW}-confidence": confidence, f"{ROW}-confidence_reason": "They want to try"}
    visits.save(visit, "activities", visits.good("activities", **told))
    assert ActivityVisit.objects.get().confidence_reason == kept


# --- What the page offers ---------------------------------------------------------------------


def offered(as_therapist, visit, what, **told):
    told = {"activity": "new1", f"{ROW}-activity": "Chip"} | {f"{ROW}-{k}": v for k, v in told.items()}
    reply = visits.send(as_therapist, visit, "activities", told, do=f"put:{what}:new1")
    field = {"action": "then_action", "half": "bad_day_version"}[what]
    return visits.value_of(reply, f"{ROW}-{field}")


COUNTED = {"amounts": "measured", "unit": "minutes", "start_amount": "16"}


@pytest.mark.parametrize(
    ("told", "action", "half"),
    [
        (COUNTED, "Chip: 16 minutes, then stop", "Half: 8 minutes, on the same days"),
        (COUNTED | {"start_amount": "1"}, "Chip: 1 minute, then stop", ""),
        (COUNTED | {"unit": ""}, "", ""),
        (
            COUNTED | {"amounts": "recalled"},
            "Chip, as far as it goes on an ordinary day",
            "",
        ),
        ({"amounts": "recalled"}, "Chip, as far as it goes on an ordinary day", ""),
        ({"amounts": "words", "now_words": "A coffee with one of them"}, "", ""),
    ],
)
def test_what_is_offered_follows_from_what_was_counted(as_therapist, visit, told, action, half):
    assert offered(as_therapist, visit, "action", **told) == action
    assert offered(as_therapist, visit, "half", **told) == half


def test_how_much_is_asked_in_words_a_first_user_understands(as_therapist, visit):
    page = visits.words(as_therapist.get(visits.url(visit, "activities")))
    assert (
        "How much of it now? On an ordinary day, without two worse days after it. We counted it Roughly, from memory In words, or none of it"
        in page
    )
    assert "On the drive home" not in visits.words(as_therapist.get(visits.url(visit, "resources")))
