"""The three worked cases: every computed number, to the digit."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from consults import change, scoring
from consults.scoring import shown

CASES = json.loads((Path(__file__).parent / "data" / "vignettes.json").read_text("utf-8"), parse_float=str)
FIRST_AND_LAST = [pytest.param(case, id=case["client"]["alias"]) for case in CASES]
VISITS = [
    pytest.param(case, visit, expected, id=f"{case['client']['alias']}-{visit['n']}")
    for case in CASES
    for visit, expected in zip(case["sessions"], case["expected"]["sessions"], strict=True)
]


def weights(case):
    return {goal["id"]: goal["importance"] * goal["difficulty"] for goal in case["goals"]}


def index(rating):
    return scoring.flexibility(rating["mistaken"], rating["alternatives"], rating["contradiction"])


def test_there_are_three_cases_with_eleven_visits():
    assert [case["client"]["alias"] for case in CASES] == ["Graham", "Priya", "Marisol"]
    assert [len(case["sessions"]) for case in CASES] == [4, 3, 4]


@pytest.mark.parametrize(("case", "visit", "expected"), VISITS)
def test_every_number_of_a_visit_is_reproduced(case, visit, expected):
    measures, weight = visit["measures"], weights(case)
    found = {
        "session": visit["n"],
        "PEG": shown(scoring.peg(measures["PEG"])),
        "PSFS_mean": shown(scoring.activity_mean(measures["PSFS"])),
        "GAS_T": shown(scoring.gas_t(visit["gas"].values(), [weight[goal] for goal in visit["gas"]])),
        "GAS_weights_used": [weight[goal] for goal in visit["gas"]],
        "belief_flex": {rating["id"]: shown(index(rating)) for rating in visit["beliefs"]},
    }
    if "PHQ4" in measures:
        found["PHQ4"] = vars(scoring.phq4(measures["PHQ4"]))
    if "PGIC" in measures:
        answer = scoring.pgic(measures["PGIC"])
        found["PGIC"] = f"{answer.value} ({answer.words})"
    if "PROMIS_PI_4a_raw" in measures:
        found["PROMIS_PI_T"] = shown(scoring.promis_pi_4a(measures["PROMIS_PI_4a_raw"]))
    assert found == expected


@pytest.mark.parametrize("case", FIRST_AND_LAST)
def test_the_change_from_first_to_last_visit_is_reproduced(case):
    first, last = case["sessions"][0]["measures"], case["sessions"][-1]["measures"]
    peg = change.score("peg", scoring.peg(first["PEG"]), scoring.peg(last["PEG"]))
    activities = change.activities(first["PSFS"], last["PSFS"])
    each = change.each_activity(first["PSFS"], last["PSFS"])
    assert case["expected"]["change_first_to_last"] == {
        "PEG_change": shown(peg.difference),
        "PEG_change_pct": shown(peg.percent),
        "PEG_ge_1_point_better": peg.word == "better",
        "PEG_ge_30pct_better": peg.responder,
        "PSFS_common_activities": activities.count,
        "PSFS_change": shown(activities.difference),
        "PSFS_ge_MDC90_avg_2": activities.word == "better",
        "PSFS_single_ge_3": {name: one.word == "better" for name, one in each.items()},
    }
    assert scoring.activity_change(first["PSFS"], last["PSFS"]) == activities.difference


def belief(case, name, first, last):
    ratings = (
        next(rating for rating in case["sessions"][n - 1]["beliefs"] if rating["id"] == name)
        for n in (first, last)
    )
    return change.belief(
        *(change.BeliefRating(rating["conviction"], index(rating)) for rating in ratings)
    ).text


def test_a_belief_that_grows_firmer_is_said_as_plainly_as_one_that_loosens():
    graham, _, marisol = CASES
    assert belief(graham, "B1", 1, 3) == (
        "Conviction 80 -> 45 (clearly looser), flexibility 3.0 -> 6.7 (clearly more open)"
    )
    assert belief(marisol, "B2", 2, 3) == (
        "Conviction 75 -> 80 (no clear change), flexibility 3.3 -> 3.0 (no clear change)"
    )
    assert belief(graham, "B1", 4, 1) == (
        "Conviction 30 -> 80 (clearly firmer), flexibility 8.0 -> 3.0 (clearly more closed)"
    )


def test_marisol_gains_exactly_the_two_points_of_activity_and_less_than_thirty_percent():
    first, *_, last = CASES[2]["sessions"]
    activities = change.activities(first["measures"]["PSFS"], last["measures"]["PSFS"])
    assert (activities.difference, activities.word) == (Fraction(2), "better")
    peg = change.score("peg", scoring.peg(first["measures"]["PEG"]), scoring.peg(last["measures"]["PEG"]))
    assert (peg.word, peg.responder) == ("better", False)
