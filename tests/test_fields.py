"""What is typed is kept as it was meant, or refused in words: nothing is read as something else."""

import re
import unicodedata
from datetime import date, time

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from painconsult.ui.fields import (
    Choice,
    Conviction,
    Day,
    Email,
    Line,
    Months,
    Rating,
    Several,
    Ticked,
    TimeOfDay,
    Whole,
    Words,
    YesNo,
)
from painconsult.ui.sheet import Sheet, as_posted
from painconsult.ui.templatetags.ui import line

ODD = [
    "1_0", "٣", "7.5", "-0", "+7", "10/10", "3/4/25", "７", "1e1", "0x7", "07.", "½", "²", "7 8", "7,5",
    "99999", "1" * 400, "ⅶ", "NaN", "inf", "-1", "1\u0660", "7\u200b", "\u202e7", "7\x00", "true",
]  # fmt: skip
settings.register_profile("fields", max_examples=300, deadline=None)
settings.load_profile("fields")


class Form(forms.Form):
    words = Words(20)
    line = Line(20)
    choice = Choice({"a": "A", "b": "B"})
    sure = YesNo()
    several = Several({"a": "A", "b": "B", "c": "C"}, most=2)
    ticked = Ticked()
    rating = Rating()
    conviction = Conviction()
    whole = Whole(0, 240)
    months = Months()
    at = TimeOfDay()
    day = Day()


def read(**posted):
    """(what was accepted, {field: sentence}) of a posted form."""
    lists = {
        name.replace("__", "-"): value if isinstance(value, list) else [value]
        for name, value in posted.items()
    }
    form = Form(MultiValueDict(lists))
    form.is_valid()
    return form.cleaned_data, {name: said[0] for name, said in form.errors.items()}


def day(*parts):
    return read(**{f"day__{name}": part for name, part in zip(("day", "month", "year"), parts, strict=True)})


# --- Numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_spelling_of_a_number_is_refused_with_a_sentence(odd):
    answers, faults = read(rating=odd, conviction=odd, whole=odd)
    assert set(faults) == {"rating", "conviction", "whole"}
    assert faults["rating"] == faults["conviction"] == "Choose one of the numbers offered."
    assert faults["whole"] in (
        "Type a whole number in digits, such as 12.",
        "Type a number from 0 to 240.",
    )
    assert not {"rating", "conviction", "whole"} & set(answers)


@given(st.text())
@example("10")
@example("010")
@example(" 7")
@example("7\n")
def test_a_rating_is_one_of_its_eleven_keys_or_refused(text):
    keys = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9, "10": 10}
    answers, faults = read(rating=text)
    if text in keys:
        assert answers["rating"] == keys[text]
    elif text == "":
        assert answers["rating"] is None
    else:
        assert faults == {"rating": "Choose one of the numbers offered."}


def test_how_true_goes_in_fives_to_a_hundred():
    accepted = [n for n in range(-5, 130) if "conviction" not in read(conviction=str(n))[1]]
    assert accepted == [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100]


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{1,5}", fullmatch=True)))
@example("٣")
@example("007")
@example("240")
@example("241")
@example("12\n")
def test_a_whole_number_is_what_its_plain_digits_say_or_refused(text):
    answers, faults = read(whole=text)
    typed = text.strip()
    plain = re.fullmatch("[0123456789]{1,4}", typed)
    if not typed:
        assert answers["whole"] is None
    elif plain and int(typed) <= 240:
        assert answers["whole"] == int(typed)
        assert str(answers["whole"]) == (typed.lstrip("0") or "0")
    else:
        assert "whole" in faults


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0", "　"])
def test_a_blank_is_not_answered_and_never_nought(blank):
    answers, faults = read(
        whole=blank, months=blank, words=blank, line=blank, day__day=blank, day__month=blank, day__year=blank
    )
    assert faults == {}
    assert (answers["whole"], answers["months"], answers["day"]) == (None, None, None)
    assert (answers["words"], answers["line"]) == ("", "")


def test_what_was_not_sent_is_not_answered():
    answers, faults = read()
    assert faults == {}
    assert answers == {
        "words": "",
        "line": "",
        "choice": "",
        "sure": "",
        "several": [],
        "ticked": False,
        "rating": None,
        "conviction": None,
        "whole": None,
        "months": None,
        "at": None,
        "day": None,
    }


# --- How long ---------------------------------------------------------------------------------

HOW = "Write how long, such as 8 months or 3 years."


@pytest.mark.parametrize(
    ("said", "months"),
    [
        ("3 years", 36), ("3 Years", 36), (" 3  YEARS ", 36), ("3years", 36), ("3 yrs", 36), ("3y", 36),
        ("1 year", 12), ("a year", 12), ("one year", 12), ("Twelve years", 144), ("0 years", 0),
        ("18 months", 18), ("18 mths", 18), ("18m", 18), ("a month", 1), ("0 months", 0),
        ("2.5 years", 30), ("2 and a half years", 30), ("2½ years", 30), ("2 1/2 years", 30),
        ("2 years and a half", 30),
        ("a year and a half", 18), ("one and a half years", 18), ("half a year", 6), ("a half year", 6),
        ("About 3 years", 36), ("over 3 years.", 36), ("3 years ago", 36), ("over 3 years ago.", 36), ("twenty years", 240), ("1 year & 6 months", 18),
        ("6 months 1 year", 18), ("1 month and 2 weeks", 1), ("a month and a half", 2),
        ("1 year 6 months", 18), ("1 year, 6 months", 18), ("1 year and 6 months", 18), ("1 year, and 6 months", 18),
        ("1y6m", 18), ("one year and one month", 13),
        ("36", 36), ("036", 36), ("0", 0), ("1200", 1200), ("100 years", 1200),
    ],
)  # fmt: skip
def test_how_long_is_typed_as_it_is_said_and_a_number_alone_is_months(said, months):
    assert read(months=said) == (read()[0] | {"months": months}, {})


@pytest.mark.parametrize(
    ("said", "months"),
    [
        ("1 week", 1), ("2 weeks", 1), ("6 weeks", 1), ("7 weeks", 2), ("8 weeks", 2), ("8 wks", 2),
        ("52 weeks", 12), ("10w", 2), ("half a week", 1), ("0 weeks", 0), ("2 and a half months", 3), ("half a month", 1),
    ],
)  # fmt: skip
def test_weeks_and_half_months_go_to_the_nearest_month_and_never_to_none(said, months):
    assert read(months=said) == (read()[0] | {"months": months}, {})


@pytest.mark.parametrize(
    "said",
    [
        *ODD, "-3 years", "٣ years", "３ years", "1_0 months", "1e1 months", "3 years\u200b", "1201", "1201 months",
        "100 years 1 month", "101 years", "2019", "9999 years", "99999 months", "1" * 400 + " years", "2.25 years",
        "2,5 years", ".5 years", "1/2 a year",
        "years", "month", "½", "2½", "three", "a", "a half", "half", "3 4 years", "3 ½ ½ years", "21/2 years",
        "year and a half", "about year and a half", "years and a half", "and a half years",
        "1 year 2 years", "1 year,", "1 year and", "and 6 months", "1 and a half years and a half", "3 about years", "3 over years",
        "3 days", "since 2019", "2-3 years", "ages", "3 yearss", "3 years" + " ago" * 30,
    ],
)  # fmt: skip
def test_how_long_is_never_guessed_and_one_sentence_says_how_to_write_it(said):
    answers, faults = read(months=said)
    assert (answers.get("months"), faults) == (None, {"months": HOW})


@given(st.text())
@example("3\x00years")
@example("\u202e3 years")
def test_any_text_is_a_length_in_bounds_or_the_sentence(text):
    answers, faults = read(months=text)
    if "months" in faults:
        assert faults == {"months": HOW}
    else:
        assert answers["months"] is None or 0 <= answers["months"] <= 1200


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (None, []), (0, ["0 months"]), (1, ["1 month"]), (11, ["11 months"]), (12, ["1 year"]), (18, ["18 months"]),
        (24, ["2 years"]), (26, ["26 months"]), (36, ["3 years"]), (1200, ["100 years"]),
    ],
)  # fmt: skip
def test_how_long_is_shown_in_years_where_they_are_whole(stored, shown):
    assert Months().posted("months", stored) == {"months": shown}


def test_two_ways_to_say_how_long_are_no_difference():
    assert Months().told("24") == Months().told("2 years") == Months().told("24 months") == "2 years"
    assert Months().told("since 2019") == "since 2019"


def test_how_long_is_asked_in_a_box_of_one_line_that_keeps_what_was_refused():
    fields = {"months": Months(label="How long")}
    sheet = Sheet(fields, MultiValueDict({"months": ["since 2019"]}), {"months": [HOW]})
    drawn = line(sheet, "months")
    assert '<input class="govuk-input" type="text"' in drawn
    assert 'value="since 2019"' in drawn
    assert HOW in drawn


# --- The time of day --------------------------------------------------------------------------

WHEN = (
    "Write the hour like 14:30 or 2.30 pm, or only “in the morning”, “in the afternoon” or “in the evening”. "
    "If nothing is agreed yet, leave it empty."
)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("14:30", time(14, 30)), ("14.30", time(14, 30)), ("14h30", time(14, 30)), ("1430", time(14, 30)),
        ("2.30 pm", time(14, 30)), ("2:30pm", time(14, 30)), ("2 PM", time(14)), ("9", time(9)),
        ("9 am", time(9)), ("09:05", time(9, 5)), ("12 pm", time(12)), ("12 am", time(0)),
        ("2.30 a.m.", time(2, 30)), ("02:30", time(2, 30)), ("0:15", time(0, 15)), ("", None), ("  ", None),
        ("2:30", time(14, 30)), ("6.45", time(18, 45)), ("7", time(7)), ("7 pm", time(19)), ("12", time(12)),
        ("half past two", time(14, 30)), ("Half past 9", time(9, 30)), ("quarter to ten", time(9, 45)),
        ("quarter to one", time(12, 45)), ("quarter past 11 in the morning", time(11, 15)), ("noon", time(12)),
        ("four o'clock", time(16)), ("4 o’clock", time(16)), ("10 in the evening", time(22)),
        ("12 noon", time(12)), ("quarter to noon", time(11, 45)), ("half past noon", time(12, 30)), ("midday", time(12)), ("quarter to 12", time(11, 45)), ("quarter to 2 am", time(1, 45)),
        ("in the afternoon", "afternoon"), ("Morning", "morning"), ("the  evening", "evening"), ("In the afternoon.", "afternoon"), ("at 2.30", time(14, 30)), ("at noon", time(12)), ("some time in the morning", "morning"),
        ("quarter to 12 pm", time(11, 45)), ("half past 9 in the evening", time(21, 30)), ("9 o'clock am", time(9)),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed, at):
    assert read(at=typed) == ({**read(at="")[0], "at": at}, {})


@pytest.mark.parametrize(
    "odd",
    [
        *ODD[:-6],
        "25:00",
        "14:60",
        "13 pm",
        "0 am",
        "after lunch",
        "14:3",
        "-2",
        "14:30:00",
        "half past",
        "half past 25",
        "quarter to 0:30",
        "two or three",
        "quarter to 20",
        "quarter to 99",
        "quarter to 0",
        "quarter to 12 am",
        "12 in the evening",
        "in the late afternoon",
        "in the afternoon after three",
        "afternoon, evening",
    ],
)
def test_what_is_no_time_is_refused_in_words(odd):
    assert read(at=odd)[1] == {"at": WHEN}


def test_two_ways_to_say_a_time_are_no_difference():
    assert TimeOfDay().told("2.30 pm") == TimeOfDay().told("half past two") == "14:30"
    assert TimeOfDay().told("Afternoon") == TimeOfDay().told("in the afternoon") == "in the afternoon"
    assert TimeOfDay().told("after lunch") == "after lunch"


# --- Dates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("3", "4", "2025"), date(2025, 4, 3)),
        (("03", "04", "2025"), date(2025, 4, 3)),
        (("29", "2", "2024"), date(2024, 2, 29)),
        (("29", "2", "2000"), date(2000, 2, 29)),
        (("1", "1", "1900"), date(1900, 1, 1)),
        (("31", "12", "2100"), date(2100, 12, 31)),
        (("", "", ""), None),
    ],
)
def test_a_day_is_read_day_first(parts, expected):
    answers, faults = day(*parts)
    assert (answers["day"], faults) == (expected, {})


@pytest.mark.parametrize(
    "parts",
    [
        ("29", "2", "2023"), ("29", "2", "1900"), ("31", "4", "2025"), ("0", "1", "2025"), ("1", "13", "2025"),
        ("3", "4", "25"), ("3", "4", "025"), ("٣", "4", "2025"), ("3", "April", "2025"), ("3", "", "2025"),
        ("3", "4", ""), ("3/4/25", "", ""), ("1_0", "4", "2025"), ("+3", "4", "2025"), ("3", "4", "2025.0"),
        ("3", "4", "0000"), ("3", "4", "1899"), ("3", "4", "2101"), ("3", "4", "９０２５"), ("-3", "4", "2025"),
    ],
)  # fmt: skip
def test_a_day_that_is_not_there_or_can_be_read_two_ways_is_refused(parts):
    answers, faults = day(*parts)
    assert "day" not in answers
    assert faults["day"]


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_comes_back_as_it_was(when):
    answers, faults = day(str(when.day), str(when.month), str(when.year))
    assert (answers["day"], faults) == (when, {})


@given(st.tuples(st.text(), st.text(), st.text()))
def test_any_three_texts_are_a_day_or_a_sentence(parts):
    answers, faults = day(*parts)
    if "day" in faults:
        assert faults["day"].endswith(".")
    elif answers["day"] is not None:
        assert [str(n) for n in (answers["day"].day, answers["day"].month, answers["day"].year)] == [
            re.sub("^0+", "", part.strip()) for part in parts
        ]


# --- Words ------------------------------------------------------------------------------------


@given(st.text(max_size=19))
@example("cafe\u0301")
@example("a\u202eb")
@example("a\x00b")
@example(" two\r\nlines ")
def test_words_are_kept_or_refused_and_never_bent(text):
    answers, faults = read(words=text)
    if "words" in faults:
        assert faults["words"].startswith(("This holds a hidden character", "Shorten this"))
        return
    kept = answers["words"]
    assert kept == unicodedata.normalize("NFC", kept)
    assert kept == kept.strip()
    assert unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip() == kept


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\x7f",
        "\x85",
        "\u202a",
        "\u202b",
        "\u202c",
        "\u202d",
        "\u202e",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
    ],
)
@pytest.mark.parametrize("name", ["words", "line"])
def test_a_hidden_character_is_refused(name, hidden):
    _, faults = read(**{name: f"take{hidden}none"})
    assert faults[name] == "This holds a hidden character. Delete it or type the words again."


def test_words_keep_new_lines_and_tabs_and_a_line_is_one_line():
    answers, _ = read(words="one\r\ntwo\tthree", line="one\r\n  two\tthree")
    assert (answers["words"], answers["line"]) == ("one\ntwo\tthree", "one two three")


def test_the_same_letter_typed_two_ways_is_one_letter():
    answers, _ = read(words="cafe\u0301", line="\u212b")
    assert (answers["words"], answers["line"]) == ("caf\u00e9", "\u00c5")


def test_length_is_counted_after_trimming_and_said():
    assert read(words="x" * 20 + "  ")[1] == {}
    assert read(words="x" * 21)[1] == {"words": "Shorten this to 20 characters; it has 21."}


# --- Choices ----------------------------------------------------------------------------------


@given(st.text())
@example("a")
@example(" a")
@example("A")
def test_a_choice_is_one_of_the_words_offered(text):
    answers, faults = read(choice=text, sure=text)
    if text in ("a", "b", ""):
        assert answers["choice"] == text
    else:
        assert faults["choice"] == "Choose one of the answers offered."
    assert ("sure" in faults) is (text not in ("yes", "no", ""))


@given(st.lists(st.sampled_from(["a", "b", "c", "d", ""])))
def test_several_are_all_offered_each_once_and_not_too_many(words):
    answers, faults = read(several=words)
    wanted = sorted(set(words))
    if set(words) <= {"a", "b", "c"} and len(wanted) <= 2:
        assert sorted(answers["several"]) == wanted
    else:
        assert "several" in faults


@pytest.mark.parametrize("text", ["no", "on", "true", "1", "YES", "", " yes"])
def test_a_box_is_ticked_only_by_its_own_word(text):
    assert read(ticked=text)[0]["ticked"] is False
    assert read(ticked="yes")[0]["ticked"] is True


@pytest.mark.parametrize("typed", ["x", "a@b", "a@b@c.example", "a b@c.example"])
def test_an_address_is_an_address(typed):
    class Mail(forms.Form):
        email = Email(254)

    assert not Mail(MultiValueDict({"email": [typed]})).is_valid()
    assert Mail(MultiValueDict({"email": ["ann@clinic.example"]})).is_valid()
    assert Mail(MultiValueDict({"email": [""]})).is_valid()


# --- There and back ---------------------------------------------------------------------------

safe_text = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Zs")), max_size=18
    )
    .map(lambda text: unicodedata.normalize("NFC", text)[:18])
    .map(lambda text: unicodedata.normalize("NFC", text))
)
VALUES = {
    "words": safe_text,
    "line": safe_text,
    "choice": st.sampled_from(["", "a", "b"]),
    "sure": st.sampled_from(["", "yes", "no"]),
    "several": st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=2),
    "ticked": st.booleans(),
    "rating": st.one_of(st.none(), st.integers(0, 10)),
    "conviction": st.one_of(st.none(), st.integers(0, 20).map(lambda n: n * 5)),
    "whole": st.one_of(st.none(), st.integers(0, 240)),
    "months": st.one_of(st.none(), st.integers(0, 1200)),
    "at": st.one_of(st.none(), st.times().map(lambda at: at.replace(second=0, microsecond=0))),
    "day": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2100, 12, 31))),
}


@given(st.fixed_dictionaries(VALUES))
def test_what_is_stored_is_shown_and_saved_again_as_the_same(values):
    form = Form(as_posted(Form.base_fields, values))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == values


def test_every_field_of_this_module_is_tried_here():
    import painconsult.ui.fields as module

    ours = {
        name
        for name, thing in vars(module).items()
        if isinstance(thing, type) and issubclass(thing, module.Field) and thing is not module.Field
    }
    assert ours == {
        "Words",
        "Line",
        "Email",
        "Choice",
        "YesNo",
        "Several",
        "Ticked",
        "Rating",
        "Conviction",
        "Whole",
        "Months",
        "TimeOfDay",
        "Day",
    }
