"""What the language checker looks at, what it leaves alone, and that nothing makes it stumble."""

import io
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from education.language import CATEGORIES, Checker, Term, check
from education.language_rules import TERMS_FILE, compile_term, read_terms
from education.management.commands.check_language import report

ROOT = Path(__file__).resolve().parent.parent
HARMFUL = "Your spine is crumbling."


def found(text, **options):
    return [text[finding.start : finding.end] for finding in check(text, **options)]


def test_a_finding_points_at_the_words_and_says_why_and_what_else():
    text = "🙂 Well, your back is unstable."
    (finding,) = check(text)
    assert text[finding.start : finding.end] == "back is unstable"
    assert finding.category == "fragility_instability"
    assert finding.why and finding.better


def test_findings_stand_in_order_and_do_not_overlap():
    findings = check("Your disc has slipped, your pelvis is twisted and you will never run again.")
    assert [f.category for f in findings] == [
        "structural_damage",
        "misalignment_dysfunction",
        "hopeless_prognosis",
    ]
    assert all(a.end <= b.start for a, b in pairwise(findings))


def test_the_halves_of_a_contraction_are_not_flagged_twice():
    text = "Waddell's worse It's"  # the second half of the name began another phrase
    findings = check(text)
    assert all(a.end <= b.start for a, b in pairwise(findings))


@pytest.mark.parametrize(
    "quoted",
    [
        '"Your spine is crumbling."',
        "“Your spine is crumbling.”",
        "‘Your spine is crumbling.’",
        "'Your spine is crumbling.'",
        "«Your spine is crumbling.»",
        "„Your spine is crumbling.“",
        "“He said ‘no hope’ and your spine is crumbling.”",
        "Words: 'it's my spine that's crumbling'",
        '"Your spine is crumbling',
        "“Your spine is crumbling",
        "> Your spine is crumbling.",
    ],
)
def test_a_quotation_is_left_alone(quoted):
    assert check(quoted) == []


@pytest.mark.parametrize(
    "text",
    [
        "“A good day.” " + HARMFUL,
        "The clients' view matters. " + HARMFUL,
        "'Tis a pity. " + HARMFUL,
        "She's 5' 4\" tall. " + HARMFUL,
        '"Unfinished\n' + HARMFUL,
    ],
)
def test_what_stands_outside_a_quotation_is_read(text):
    assert found(text) == ["spine is crumbling"]


@pytest.mark.parametrize(
    "text",
    [
        "Your back is not fragile.",
        "Nothing is torn.",
        "There is no sign of damage in your knee.",
        "Pain does not equal damage.",
        "It isn’t bone on bone.",
        "Your discs haven't slipped and nothing is out of place.",
        "Sore rather than torn is how I would put your tendon.",
        "Avoid saying that the joint is worn out.",
        "Your knee is far from worn out.",
        "Wear and tear does not mean pain.",
    ],
)
def test_what_is_denied_is_left_alone(text):
    assert check(text) == []


def test_a_denial_reaches_no_further_than_its_clause():
    assert found("It is not serious, but your spine is crumbling.") == ["spine is crumbling"]
    assert found("Nothing is broken and your back is unstable.") == ["back is unstable"]


def test_a_not_that_is_part_of_the_phrase_does_not_excuse_it():
    assert check("Don't bend your back.")
    assert check("Your glutes aren't firing.")
    assert check("There's nothing wrong with you.")


@pytest.mark.parametrize(
    "text",
    [
        "She believes that her spine is crumbling.",
        "He was told that his disc had slipped.",
        "Your disc has slipped, he thinks.",
        "The scan report says there is a disc bulge.",
        "Described as bone on bone by the surgeon.",
        "You told me your back is unstable.",
        "According to his brother he should never lift anything again.",
        "In her words: the spine of an eighty-year-old.",
    ],
)
def test_what_others_say_or_believe_is_left_alone(text):
    assert check(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "I think your back is unstable.",
        "The scan shows a slipped disc.",
        "I told him his spine is crumbling.",
    ],
)
def test_what_the_clinician_says_is_read(text):
    assert check(text)


@pytest.mark.parametrize(
    "told",
    [
        "Hold on tight.",
        "Now hold on.",
        "Try to hold on.",
        "I want you to hold still.",
        "Lie down and hold still.",
        "Brace yourself.",
        "You’d better brace yourself.",
        "Get ready and brace yourself.",
    ],
)
def test_to_be_told_to_brace_is_a_threat(told):
    assert [each.category for each in check(told)] == ["procedural_nocebo"]


@pytest.mark.parametrize(
    "lived",
    [
        "Four years of holding on would wear anyone down.",
        "You have held on for four years.",
        "You hold on to what matters to you.",
        "You brace yourself every morning before you stand up.",
        "You just hold on, year after year.",
        "You can brace yourself less now.",
        "You may want to prepare yourself a simple lunch.",
    ],
)
def test_to_have_held_on_is_none(lived):
    assert check(lived) == []


def test_after_a_report_the_clinicians_own_words_are_read_again():
    assert found("You were told it was a slipped disc, but your joints are just worn out.") == [
        "joints are just worn out"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "New numbness around the saddle: emergency department now. Weakness is only getting worse.",
        "Stop exercising and call an ambulance if you get chest pain.",
        "Do not lift or twist until the fracture clinic has seen you.",
        "Suspected torn Achilles, sent to A&E.",
        "Possible cord compression, urgent MRI.",
    ],
)
def test_safety_wording_is_never_touched(text):
    assert check(text) == []


def test_the_get_help_text_is_never_touched():
    text = (
        "Call 999 or go now for any of: numbness between the legs or around the bottom; you cannot pee, cannot feel "
        "it, or lose control of bladder or bowel; new weakness or numbness in both legs; tearing back or belly pain; "
        "you might act on thoughts of ending your life. Call the clinic today for: weakness that is new or growing; "
        "a fall with new pain. Call this week for: pain that grows every night."
    )
    assert check(text) == []


def test_a_diagnosis_and_history_stay():
    for text in (
        "Wrist fracture, 2009.",
        "History of slipped disc.",
        "In 2010 she broke her leg and tore a ligament.",
    ):
        assert check(text) == []


def test_the_private_record_is_read_for_blame_only():
    text = "Patient denies night pain. Your spine is crumbling."
    assert found(text, audience="record") == ["denies"]
    assert len(found(text)) == 2


def test_another_audience_is_refused():
    with pytest.raises(ValueError, match="audience"):
        check("text", audience="press")


def test_a_clinic_may_add_a_term():
    term = Term("hopeless_prognosis", "munted ..1 for good", "Ours.", "Better.")
    (finding,) = check("That's munted for good.", extra=[term])
    assert (finding.category, finding.why, finding.better) == ("hopeless_prognosis", "Ours.", "Better.")
    assert check("That's munted for good.") == []


@pytest.mark.parametrize("muted", ["Spine is crumbling", "structural_damage"])
def test_a_clinic_may_mute_a_wording_or_a_category(muted):
    assert Checker(muted=[muted]).check(HARMFUL) == []


def test_a_clinic_cannot_mute_what_protects_safety_wording():
    text = "Your spine is crumbling; ambulance called."
    assert Checker(muted=["-safety", "emergency|ambulance"]).check(text) == []


@pytest.mark.parametrize(
    "term", [Term("rude", "silly"), Term("dismissive", "..2"), Term("dismissive", "@nowhere")]
)
def test_a_term_that_cannot_be_understood_is_refused(term):
    with pytest.raises(ValueError, match="."):
        Checker(extra=[term])


def test_every_row_of_the_term_list_can_be_read():
    terms, lists = read_terms()
    assert {term.category for term in terms if not term.category.startswith("-")} == set(CATEGORIES)
    for term in terms:
        compile_term(term, lists)
        assert term.category.startswith("-") or (term.why and term.better), term


def test_a_row_with_too_many_columns_is_named(tmp_path):
    bad = tmp_path / "terms.tsv"
    bad.write_text("# a comment\ndismissive\ta\tb\tc\td\te\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_terms(bad)


def test_the_term_list_explains_its_own_language():
    head = TERMS_FILE.read_text(encoding="utf-8").split("\ncategory\t")[0]
    for sign in ("..3", "=avoid", "degenerat*", "@part", "^", "unless"):
        assert sign in head


def test_the_checker_needs_neither_django_nor_a_database():
    code = "import sys, education.language as l; l.check('x'); print('django' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "False\n"


PIECES = st.sampled_from(
    [*"\"'“”‘’«»„‚`.,;:!?()-—\n\t\u200b\u0301\u202e\ufeff\ud800 א", "your ", "back ", "spine ", "is ", "not ", "crumbling ",
     "don't ", "bend ", "never ", "again", "he ", "thinks ", "worn ", "out ", "🙂", "If ", "hurts", "\r\n", "L4/5", "c/o "]
)  # fmt: skip


SPOKEN = st.sampled_from((ROOT / "tests/data/language_own.tsv").read_text(encoding="utf-8").split())


@given(
    st.one_of(
        st.text(), st.lists(PIECES, max_size=60).map("".join), st.lists(SPOKEN, max_size=40).map(" ".join)
    )
)
def test_no_text_makes_it_stumble(text):
    findings = check(text)
    assert findings == check(text)
    end = 0
    for finding in findings:
        assert end <= finding.start < finding.end <= len(text)
        assert finding.category in CATEGORIES
        end = finding.end


@given(st.text(max_size=200))
def test_a_text_in_the_record_has_no_more_findings_than_one_for_the_client(text):
    assert len(check(text, audience="record")) <= len(check(text))


def run(monkeypatch, given_bytes, *options):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given_bytes), encoding="utf-8"))
    out = io.StringIO()
    call_command("check_language", *options, stdout=out)
    return out.getvalue()


def test_the_command_answers_every_line_in_order_blank_ones_too(monkeypatch):
    out = run(monkeypatch, b"Your back is unstable.\n\nA fine day.\nI'll fix you.", "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["text"] for answer in answers] == [
        "Your back is unstable.",
        "",
        "A fine day.",
        "I'll fix you.",
    ]
    assert [len(answer["findings"]) for answer in answers] == [1, 0, 0, 1]
    assert list(answers[0]["findings"][0]) == ["start", "end", "category", "why", "better"]


def test_the_command_takes_bytes_that_are_no_text(monkeypatch):
    out = run(monkeypatch, b"\xff\xfe spine is crumbling \xc3\n\x00\r\n\xe2\x80\xa8x\x0c\x1e\n", "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert len(answers) == 3
    assert len(answers[0]["findings"]) == 1


def test_the_command_says_nothing_for_no_input(monkeypatch):
    assert run(monkeypatch, b"", "--json") == ""


def test_the_command_can_speak_to_people(monkeypatch):
    out = run(monkeypatch, b"Your spine is crumbling.\nA fine day.\n")
    assert "spine is crumbling: " in out and "Perhaps: " in out
    assert "fine day" not in out


def test_lone_surrogates_come_out_as_valid_json():
    out = io.StringIO()
    report(["your spine is crumbling \udcff\n"], out, as_json=True)
    json.loads(out.getvalue().encode("utf-8"))
