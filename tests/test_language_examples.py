"""How well the checker tells harmful wording from innocent wording, on three sets of sentences.

The given examples come from the clinical guide; language_own.tsv is what the rules were tuned on;
language_apart.tsv was written before the rules and never used to tune them.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from education.language import CATEGORIES, check
from education.language_rules import read_terms

DATA = Path(__file__).parent / "data"
SETS = ("examples", "own", "apart")
# Nothing of these kinds may be flagged (guide D.3, point 9).
NEVER_FLAGGED = {
    "negated", "client_quote", "reported_speech", "report_quote", "client_belief", "history", "red_flag_record",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    text: str
    category: str
    should_flag: bool
    last: str


def lines(name):
    rows = (DATA / f"language_{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    cells = [row.split("\t") for row in rows]
    return [Line(cell[0], cell[1], cell[2] == "1", cell[-1]) for cell in cells]


def flagged(line):
    return {finding.category for finding in check(line.text)}


def share(part, whole):
    return f"{part:4} of {whole:4}  {part / whole:6.1%}" if whole else "   -"


@pytest.mark.parametrize("name", SETS)
def test_precision_and_recall_are_printed_by_category(name, capsys):
    found, right, wanted, given = Counter(), Counter(), Counter(), Counter()
    for line in lines(name):
        categories = flagged(line)
        given.update(categories)
        if line.should_flag:
            wanted[line.category] += 1
            found[line.category] += bool(categories)
            right[line.category] += line.category in categories
    with capsys.disabled():
        print(f"\n{name:28} flagged               in its category       precision")
        for category in CATEGORIES:
            print(
                f"  {category:25} {share(found[category], wanted[category])}  "
                f"{share(right[category], wanted[category])}  {share(right[category], given[category])}"
            )
        innocent = [line for line in lines(name) if not line.should_flag]
        print(f"  all to flag               {share(found.total(), wanted.total())}")
        print(f"  innocent lines flagged    {share(sum(bool(flagged(i)) for i in innocent), len(innocent))}")
    assert set(wanted) == set(CATEGORIES)


def test_nearly_every_given_example_is_flagged():
    to_flag = [line for line in lines("examples") if line.should_flag]
    missed = [line.text for line in to_flag if not flagged(line)]
    assert len(missed) <= 0.05 * len(to_flag), missed


def test_at_most_one_innocent_given_example_is_flagged():
    wrong = [line.text for line in lines("examples") if not line.should_flag and flagged(line)]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("kind", ["rewording", "vocabulary"])
def test_most_sentences_kept_apart_are_flagged(kind):
    to_flag = [line for line in lines("apart") if line.last == kind]
    missed = [line.text for line in to_flag if not flagged(line)]
    assert len(missed) <= 0.3 * len(to_flag), missed


def test_hardly_any_innocent_sentence_kept_apart_is_flagged():
    innocent = [line for line in lines("apart") if not line.should_flag]
    wrong = [line.text for line in innocent if flagged(line)]
    assert len(wrong) <= 0.05 * len(innocent), wrong


@pytest.mark.parametrize("name", SETS)
def test_the_category_is_right_nine_times_in_ten(name):
    found = [(line.category, flagged(line)) for line in lines(name) if line.should_flag and flagged(line)]
    right = [category for category, categories in found if category in categories]
    assert len(right) >= 0.9 * len(found)


@pytest.mark.parametrize("name", ["examples", "own"])
def test_denied_quoted_reported_past_and_safety_lines_are_never_flagged(name):
    shielded = [line for line in lines(name) if line.category in NEVER_FLAGGED]
    assert shielded
    assert [line.text for line in shielded if flagged(line)] == []


def test_every_better_wording_passes_the_check():
    offered = {line.last for line in lines("examples") if line.should_flag}
    offered |= {term.better for term in read_terms()[0] if term.better}
    assert [better for better in offered if check(better)] == []
