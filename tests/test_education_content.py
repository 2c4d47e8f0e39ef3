"""What we teach and ask: the safety wording to the letter, nothing out of date or out of place."""

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from education import library, reader, screen

FILES = sorted(reader.CONTENT.glob("*.toml"))

# Two levels: the higher stands until lowered with a reason. `child` alone starts at R, by birth date.
LEVELS = {
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
}

# The swollen calf and the cold limb are one question when read aloud; here a line each, a finding each.
SCREEN = {
    1: (
        {"ces"},
        (
            "In the last days or weeks, anything new: less or odd feeling between your legs, "
            "around your back passage or genitals, or when you wipe? Trouble starting to pee, "
            "holding it, or feeling it? Leaking from the bowel, or not feeling it? A change in "
            "feeling during sex? New pain, tingling or weakness in both legs?"
        ),
    ),
    2: (
        {"neuro_prog", "myelopathy"},
        (
            "New weakness in an arm, hand, leg or foot? Numbness that spreads? Clumsy hands, "
            "unsteady walking, electric shocks when you bend your neck?"
        ),
    ),
    3: (
        {"fracture"},
        (
            "A fall, blow or accident before this began or got worse? Thin bones, or steroid "
            "tablets for months? Sudden sharp pain in one spot, or a new change of shape?"
        ),
    ),
    4: (
        {"cancer", "infection", "hot_joint"},
        (
            "Fever, shivers, night sweats? Losing weight without trying? Feeling ill? Ever had "
            "cancer? An infection, operation or injection lately, or anything that lowers your "
            "defences? Pain that grows steadily, night after night, whatever your position? One "
            "joint suddenly hot and swollen?"
        ),
    ),
    5: (
        {"vascular_neck", "cardiac_resp", "aaa", "dvt", "limb_cold", "visceral"},
        (
            "A sudden worst-ever headache or neck pain, double vision, slurred speech, trouble "
            "swallowing, numb face, collapse? Chest, jaw or arm pain with effort, short of "
            "breath, sweating? Tearing pain in back or belly? One calf swollen, warm and sore? A "
            "limb cold, pale and painful? Pain that goes with eating, peeing or periods, or blood"
            " in pee or stool?"
        ),
    ),
    6: (
        {"inflammatory", "pmr_gca", "crps"},
        (
            "Stiff for more than half an hour in the morning, better once moving, waking in the "
            "second half of the night? Psoriasis, sore red eyes, bowel disease, in you or the "
            "family? Over 50: new stiffness of both shoulders or hips, new headache, sore scalp, "
            "jaw pain on chewing, change of sight? After an injury: a limb that changes colour, "
            "warmth or swelling, or cannot bear touch?"
        ),
    ),
    7: (
        {"pregnancy", "medication", "no_review", "pem"},
        (
            "Pregnant, or a baby lately? Strong painkillers, sleeping or calming tablets, or "
            "steroids? A pain that nobody who can diagnose has looked at, or that has changed "
            "since they did? After small efforts, do you crash for days?"
        ),
    ),
}

GET_HELP = (
    "Call 111 or go now for any of: numbness between the legs or around the bottom; you cannot "
    "pee, cannot feel it, or lose control of bladder or bowel; new weakness or numbness in both "
    "legs; sudden worst-ever headache or neck pain, trouble with sight, speech or swallowing; "
    "chest pain with effort, short of breath; tearing back or belly pain; a cold, pale, painful "
    "limb; you might act on thoughts of ending your life (1737). Call 09 555 0142 today for: "
    "fever or shivers with your pain; a hot, swollen joint; a swollen, sore calf (with "
    "breathlessness: now); over 50 with new headache, sore scalp or jaw pain on chewing; weakness"
    " that is new or growing; a fall with new pain; thoughts that life is not worth living (1737,"
    " day and night). Call this week for: losing weight without trying; pain that grows every "
    "night; pain that is new or not like your usual pain."
)

MESSAGES = [
    "m_real",
    "m_protector",
    "m_hurt_harm",
    "m_volume",
    "m_learn",
    "m_healing",
    "m_scan",
    "m_move",
    "m_pace",
    "m_flare",
    "m_function",
    "m_people",
    "m_unsure",
]
WITHHELD = {"m_hurt_harm", "m_healing", "m_scan", "m_flare"}

DOMAINS = [
    "cause_damage",
    "harm_fear",
    "permanence",
    "control",
    "catastrophizing",
    "identity",
    "treatment_cure",
    "consequences",
    "meaning_faith",
]

JARGON = [
    "nocicept",
    "cortex",
    "cortical",
    "amygdala",
    "insula",
    "neural",
    "neuro",
    "catastroph",
    "rigid",
    "maladaptive",
    "cognitive",
    "psycholog",
    "psychiatr",
    "dysfunction",
    "degenerat",
    "pathology",
    "central.sensiti",
    "kinesio",
    "fear.avoid",
    "self.efficacy",
    "red.flag",
    "chronic",
    "biopsychosocial",
    "phq",
    "tsk",
    "pcs",
    "intervention",
    "adherence",
    "complian",
    "somatic",
    "clinician",
]

TRADE_NAMES = "explain pain|protectometer|sims?\\b|dims?\\b|twin peaks|pain catastrophizing scale|tampa"


def read(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def client_facing():
    """Every sentence a client may read, with where it stands."""
    for group in library.screen_groups():
        yield group.heading
        yield from (group.lead + " " + line.text for line in group.lines)
    for flag in library.flags().values():
        yield flag.name
    for block in library.get_help():
        yield from (block.heading, *block.lines)
    for one in library.messages():
        yield from (one.text, one.explanation, one.with_condition, one.uncertainty)
    for one in library.pictures():
        yield from (one.title, one.text, one.with_condition, one.shows)
    for card in library.brain_cards():
        yield from (card.title, card.plain, card.with_condition)
    for one in library.domains():
        yield from (one.name, one.about, *one.alternatives)
    for group in ("belief", "before_you_go", "explanation", "alternative", "activity", "resource", "life"):
        for one in library.questions(group):
            yield from (one.text, one.low, one.high)
    for one in library.resources():
        yield one.for_client
    for name in reader.content("chips")["chips"]:
        yield from (chip.label for chip in library.chips(name))
    yield from (one.sentence for one in library.starters(**dict.fromkeys(library.SLOTS, "…")))
    yield library.evidence_plain()
    for guide in library.step_guides():  # the step page is read by whoever sits beside it
        yield from (guide.title, guide.short, guide.lede, *(prompt.text for prompt in guide.prompts))


# --- sources and dates ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_says_where_it_comes_from_and_is_not_due_for_review(path):
    data = read(path)
    assert data["source"]
    assert data["author"]
    assert data["reviewed_on"] <= date.today() < data["review_by"]


def test_everything_is_read_and_every_reference_leads_somewhere():
    library.validate()
    assert {path.stem for path in FILES} == set(library.FILES)


def test_the_library_needs_no_django():
    code = "import sys, education.library as l; l.validate(); sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=reader.CONTENT.parent.parent)


def test_rows_cannot_be_changed_by_whoever_shows_them():
    with pytest.raises(FrozenInstanceError):
        library.message("m_real").text = "something else"
    with pytest.raises(TypeError):
        library.flags()["ces"] = None


# --- safety ---------------------------------------------------------------------------------------


def test_the_flags_are_those_of_the_screen_and_the_two_asked_alone():
    assert [flag.id for flag in library.flags().values() if flag.screened] == list(LEVELS)
    assert [flag.id for flag in library.flags().values() if not flag.screened] == ["suicide", "home_unsafe"]


@pytest.mark.parametrize("flag_id", LEVELS)
def test_a_flag_has_its_levels_and_the_higher_stands(flag_id):
    flag = library.flags()[flag_id]
    assert "".join(flag.levels) == LEVELS[flag_id]
    assert flag.starts_at == ("R" if flag_id == "child" else flag.levels[0])
    assert set(flag.do) == set(flag.levels)
    assert all(flag.do.values())


@pytest.mark.parametrize("number", SCREEN)
def test_a_group_is_read_aloud_word_for_word(number):
    flags, words = SCREEN[number]
    group = library.screen_groups()[number - 1]
    assert group.number == number
    assert " ".join(filter(None, [group.lead, *(line.text for line in group.lines)])) == words
    assert set(group.flags) == flags


def test_every_flag_but_child_has_a_line():
    asked = {line.flag for group in library.screen_groups() for line in group.lines}
    assert asked == LEVELS.keys() - {"child"}
    assert library.flags()["child"].by_birth_date


def test_the_screen_opens_without_naming_what_it_looks_for():
    assert library.safety().opening == (
        "Before we go on, there is a short list I ask everyone, "
        "so that we don't miss something a doctor should see first."
    )
    shown = " ".join([library.safety().opening, *(group.heading for group in library.screen_groups())])
    for flag in library.flags().values():
        assert flag.think_of.lower() not in f"{shown} {flag.name}".lower()


def test_touch_and_movement_are_asked_in_these_words():
    assert library.safety().touch.question == "Anything that changes what touch or movement is safe today?"


def test_thoughts_of_not_wanting_to_live_are_asked_directly():
    asked = library.direct_question("suicide")
    assert asked.question == (
        "Sometimes with this much pain people have thoughts of not wanting to live. Has that been so for you?"
    )
    assert [(answer.id, answer.level) for answer in asked.answers] == [
        ("none", ""),
        ("passive", "U"),
        ("active", "E"),
    ]


def test_home_is_asked_about_alone():
    assert "alone" in library.direct_question("home_unsafe").help
    assert library.flags()["home_unsafe"].private


@pytest.mark.parametrize("on", ["plan", "ally", "flare", "paused"])
def test_get_help_is_the_fixed_text_wherever_it_is_printed(on):
    blocks = library.get_help(emergency="111", crisis="1737", clinic="09 555 0142", on=on)
    assert [block.id for block in blocks] == ["emergency", "today", "week"]
    text = " ".join(f"{block.heading} {block.intro} {'; '.join(block.lines)}." for block in blocks)
    assert text == GET_HELP


def test_get_help_prints_in_words_what_the_clinic_has_not_entered():
    emergency, today, _ = library.get_help()
    assert emergency.heading == "Call your local emergency number or go now"
    assert emergency.lines[-1].endswith("(your local crisis line)")
    assert today.heading == "Call your doctor today"


def test_a_number_with_braces_is_printed_as_it_is():
    assert library.get_help(clinic="{0}")[1].heading == "Call {0} today"


# --- explaining -----------------------------------------------------------------------------------


def test_the_messages_are_these_in_this_order():
    assert [one.id for one in library.messages()] == MESSAGES


def test_an_open_urgent_finding_holds_back_what_would_reassure():
    assert {one.id for one in library.messages()} - {
        one.id for one in library.messages(urgent=True)
    } == WITHHELD
    assert {"guard", "grey_hair", "after_dancing", "storm_harbour"}.isdisjoint(
        one.id for one in library.pictures(urgent=True)
    )
    assert {"pain_is", "scan_age"}.isdisjoint(card.id for card in library.brain_cards(urgent=True))
    assert not library.resources("m_scan", urgent=True)


def test_with_a_known_condition_nobody_is_told_that_nothing_is_wrong():
    assert "m_healing" not in {one.id for one in library.messages(known_condition=True)}
    shown = [one.explain(True) for one in library.messages(known_condition=True)]
    shown += [one.words(True) for one in library.pictures(known_condition=True)]
    shown += [card.words(True) for card in library.brain_cards()]
    for text in shown:
        assert not re.search("nothing is broken|no fire|not the same as injured|war is over", text), text


@pytest.mark.parametrize("message_id", ["m_protector", "m_hurt_harm", "m_scan", "m_flare"])
def test_with_a_known_condition_the_explanation_says_as_well_as(message_id):
    assert "as well as" in library.message(message_id).explain(True).lower()


def test_every_message_has_a_picture_and_something_to_take_home():
    for one in library.messages():
        assert one.id in library.picture(one.picture).messages
        assert library.resources(one.id)


def test_every_message_says_what_is_not_known_and_stays_short():
    for one in library.messages():
        assert one.uncertainty
        assert 2 <= len(re.findall(r"[.?!](?: |$)", one.explanation)) <= 4, one.id


def test_brain_cards_come_with_what_is_not_known():
    assert [len(library.brain_cards(kind)) for kind in ("change", "region", "effect")] == [5, 5, 4]
    for kind in ("change", "network", "region", "effect"):
        for card in library.brain_cards(kind):
            assert any(library.brain_card(id).kind == "uncertainty" for id in card.show_with)


def test_no_figure_quoted_from_memory_is_offered_anywhere():
    kept_back = [fact for fact in read(reader.CONTENT / "evidence.toml")["facts"] if not fact["verified"]]
    assert {fact["id"] for fact in kept_back} == {"c2020_cbt", "c2023_num"}
    assert {fact.id for fact in library.evidence()}.isdisjoint(fact["id"] for fact in kept_back)
    offered = " ".join(fact.text for fact in library.evidence())
    others = " ".join(path.read_text(encoding="utf-8") for path in FILES if path.stem != "evidence")
    assert not re.search(r"SMD|[-−]0\.\d\d|23 ?%|11 ?%", offered + others)
    assert all(fact.certainty for fact in library.evidence())


def test_only_resources_met_in_a_published_page_are_offered():
    entries = read(reader.CONTENT / "resources.toml")["resources"]
    not_read = {entry["id"] for entry in entries if entry["basis"] == "known"}
    assert {"flippin_pain", "aci_pain_network", "recovery_strategies"} <= not_read
    offered = library.resources() + library.resources(audience="staff")
    assert not_read.isdisjoint(one.id for one in offered)
    assert all(one.with_card == "availability" for one in offered if one.type == "app")
    assert library.resource("tame_the_beast").url == "https://tamethebeast.org"
    assert library.resource("five_minutes").url == ""


# --- beliefs, questions, chips --------------------------------------------------------------------


def test_the_domains_are_these_and_none_shows_its_id():
    assert [one.id for one in library.domains()] == DOMAINS
    assert library.domain("catastrophizing").name == "Worst-case thoughts"
    for one in library.domains():
        assert one.id not in one.name
        assert one.sounds_like and one.probes


def test_no_other_way_to_see_it_is_offered_for_meaning_and_faith():
    assert [one.id for one in library.domains() if not one.alternatives] == ["meaning_faith"]
    assert "Listen" in library.domain("meaning_faith").advice


def test_the_five_questions_about_an_idea_are_asked_in_these_words():
    asked = [(one.id, one.text, one.low, one.high, one.maximum, one.step) for one in library.questions()]
    assert asked == [
        ("conviction", "Right now, how true does this feel?", "not at all", "completely", 100, 5),
        (
            "flex_mistaken",
            "How possible is it, in your view, that it is not quite like that?",
            "not possible",
            "very possible",
            10,
            1,
        ),
        (
            "flex_alternatives",
            "How easily can you think of another explanation that could also fit?",
            "none",
            "several come easily",
            10,
            1,
        ),
        (
            "flex_contradiction",
            "If you tried it several times and it went fine, how much would that change the idea?",
            "not at all",
            "completely",
            10,
            1,
        ),
        (
            "impact",
            "How much does this idea get in the way of what matters to you?",
            "not at all",
            "completely",
            10,
            1,
        ),
    ]


def test_the_limits_of_the_rating_are_printed_with_it():
    assert "own wording, not validated" in library.belief_help().limits


def test_the_visit_ends_with_two_questions():
    assert [one.id for one in library.questions("before_you_go")] == ["felt_understood", "makes_sense"]
    assert library.question("felt_understood").low_at == 6


def test_horizons_are_due_when_they_say():
    due = {one.id: (one.days, one.months) for one in library.chips("horizons")}
    assert due == {
        "today": (0, 0),
        "this_week": (7, 0),
        "6_weeks": (42, 0),
        "3_months": (0, 3),
        "6_months": (0, 6),
    }


def test_every_chip_fits_its_column():
    for name in reader.content("chips")["chips"]:
        assert all(len(chip.id) <= 20 for chip in library.chips(name)), name


def test_the_body_has_a_front_and_a_back_and_two_sides():
    regions = {one.id: one for one in library.chips("body_regions")}
    assert {one.view for one in regions.values()} == {"front", "back", "both"}
    for id in regions:
        if id.startswith("left_"):
            assert id.replace("left_", "right_") in regions


def test_a_starter_is_ready_when_its_slots_are_filled():
    assert [one.id for one in library.starters() if one.ready] == ["plain"]
    ready = [one for one in library.starters(loss="Saturday golf", main_worry=" ") if one.ready]
    assert [one.id for one in ready] == ["loss", "plain"]
    assert ready[0].sentence.startswith("You told me what you miss: “Saturday golf”. That is")
    assert "“{main_worry}”" in library.starters(loss="{main_worry}")[1].sentence


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("Golf", "“Golf”"),
        (" Golf \r\n with  Dave. ", "“Golf with Dave”"),
        ("“Golf”", "“Golf”"),
        ('"Golf."', "“Golf”"),
        ("Will it end?", "“Will it end?”"),
        (" . ", ""),
        (None, ""),
    ],
)
def test_words_stand_in_a_sentence_with_one_pair_of_marks(typed, quoted):
    assert library.quote(typed) == quoted


# --- how it reads ---------------------------------------------------------------------------------


def test_the_steps_are_these_and_each_shows_three_prompts_first():
    guides = library.step_guides()
    assert [(guide.number, guide.slug) for guide in guides] == [
        (0, "safety"),
        (1, "acknowledge"),
        (2, "explain"),
        (3, "beliefs"),
        (4, "reframe"),
        (5, "activities"),
        (6, "resources"),
        (7, "timescale"),
        (0, "before-you-go"),
    ]
    assert [len(guide.prompts) for guide in guides[1:8]] == [10, 8, 10, 8, 9, 8, 8]
    assert all(len(guide.first_prompts) == 3 for guide in guides if guide.number)


def test_notes_to_the_therapist_do_not_guess_who_the_client_is():
    for guide in library.step_guides():
        for text in (guide.lede, guide.help, *guide.avoid):
            assert not re.search(r"\b(he|she|his|her|him|hers)\b", text, re.IGNORECASE), text


def test_nothing_a_client_may_read_uses_the_trade_s_words():
    for text in client_facing():
        assert not re.search("|".join(JARGON), text, re.IGNORECASE), text
        assert not re.search(TRADE_NAMES, text, re.IGNORECASE), text


# --- a slip in a file is named --------------------------------------------------------------------


@pytest.fixture
def content_copy(tmp_path, monkeypatch):
    """A copy of the files to break, with every cache emptied before and after."""
    shutil.copytree(reader.CONTENT, tmp_path / "content")
    monkeypatch.setattr(reader, "CONTENT", tmp_path / "content")
    forget()
    yield tmp_path / "content"
    forget()


def forget():
    for module in (reader, screen, library):
        for thing in vars(module).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("messages", "review_by = 2027-11-23", "", "messages.toml: review_by"),
        ("pictures", 'messages = ["m_real"]', 'messages = ["m_gone"]', "wind_door names m_gone"),
        ("messages", 'picture = "torch"', 'picture = "gone"', "m_people names gone"),
        ("messages", 'fits = ["disbelieved"]', 'fits = ["gone"]', "m_real names gone"),
        ("resources", 'with_card = "availability"', 'with_card = "gone"', "app_diary names gone"),
        ("brain", 'show_with = ["uncertain_causes"]', 'show_with = ["gone"]', "names gone"),
        ("safety", 'levels = ["E"]', "levels = []", "flag ces: levels"),
        ("safety", 'levels = ["E", "U"]', 'levels = ["U", "E"]', "flag neuro_prog: levels"),
        ("safety", 'flag = "ces", text = "A ch', 'flag = "gone", text = "A ch', "line ces_sex"),
        ("safety", 'flag = "pem"', 'flag = "ces"', "no line asks about pem"),
        ("safety", 'id = "passive"', 'id = "none"', "none is there twice"),
        ("safety", "{crisis}, day", "{crises}, day", "crises"),
        ("steps", "first = [1, 3, 9]", "first = [1, 3, 19]", "beliefs: first"),
        ("beliefs", 'id = "impact"', 'id = "conviction"', "conviction is there twice"),
        ("beliefs", 'name = "Worst-case thoughts"', 'name = ""', "catastrophizing: name is empty"),
        ("chips", "maximum = 100", 'maximum = "100"', "maximum should be int"),
        ("chips", "low_at = 6", "lowat = 6", "unknown key lowat"),
        ("chips", "{loss}. And what you fear", "{lost}. And what you fear", "names lost"),
        ("chips", "barriers = [", "barriers = [[", "chips.toml"),
    ],
)
def test_a_slip_in_a_file_is_named_with_file_and_key(content_copy, name, old, new, says):
    path = content_copy / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(library.ContentError, match=re.escape(says)):
        library.validate()
