"""The words we teach with: read from education/content once, checked, handed out as frozen rows.

    step_guide(slug) -> StepGuide               safety, acknowledge, … timescale, before-you-go
    step_guides() -> tuple                      all of them, in order
    safety() -> Safety                          opening, none_label, review_question, levels, outcomes, touch
    screen_groups() -> tuple[ScreenGroup]       the seven groups, each with its lines; a line names one flag
    flags() -> {id: Flag}                       21 of the screen, then suicide and home_unsafe (screened=False)
    direct_question(flag) -> DirectQuestion     "suicide", "home_unsafe": ask alone
    get_help(emergency=, crisis=, clinic=) -> tuple[HelpBlock]     fixed text with the clinic's numbers in it
    messages(urgent=, known_condition=) -> tuple[Message]          message(id); .explain(known_condition)
    pictures(message=, urgent=, known_condition=) -> tuple[Picture]   picture(id); .words(known_condition)
    brain_cards(kind=, urgent=) -> tuple[BrainCard]                brain_card(id); .words(known_condition)
    evidence() -> tuple[Evidence], evidence_plain() -> str         verified figures only
    domains() -> tuple[Domain], domain(id); belief_help() -> BeliefHelp
    questions(group) -> tuple[Question], question(id)              belief before_you_go explanation alternative
                                                                   activity resource life
    resources(message=, audience="client", urgent=) -> tuple[Resource]   offered only; resource(id) finds any
    chips(name) -> tuple[Chip | Region | Horizon | Unit]; label(name, id) -> str
    starters(loss=, worry=, effort=) -> tuple[str]                 what to say back, for the slots that are filled
    validate()                                                     reads everything; ContentError names file and key

`urgent=True` while an E or U finding is open; `known_condition=True` when the client has one. The rows are in
education/content_types.py. A stored id that is no longer in the files is the caller's to handle: KeyError.
"""

import tomllib
from dataclasses import MISSING, fields
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_type_hints

from education import content_types as rows

CONTENT = Path(__file__).parent / "content"
FILES = ["steps", "safety", "messages", "pictures", "brain", "evidence", "beliefs", "resources", "chips"]
SLOTS = ("loss", "worry", "effort")


class ContentError(Exception):
    """A content file is incomplete or points at something that is not there."""


@cache
def content(name):
    """One file as plain data, once its source, author and dates are known to be there."""
    data = tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))
    for key, kind in {"source": str, "author": str, "reviewed_on": date, "review_by": date}.items():
        if not isinstance(data.get(key), kind):
            raise ContentError(f"{name}.toml: {key} is missing or not a {kind.__name__}")
    return data


def row(cls, data, where):
    """One table as a frozen row; an unknown, missing, empty or mistyped key is an error with its name."""
    hints = get_type_hints(cls)
    for key in data.keys() - hints.keys():
        raise ContentError(f"{where}: unknown key {key}")
    for field in fields(cls):
        if field.name not in data:
            if field.default is MISSING:
                raise ContentError(f"{where}: {field.name} is missing")
            continue
        value, kind = data[field.name], hints[field.name]
        if kind in (str, int, bool, dict) and type(value) is not kind:
            raise ContentError(f"{where}: {field.name} should be {kind.__name__}")
        if value == "" and field.name not in cls.MAY_BE_EMPTY:
            raise ContentError(f"{where}: {field.name} is empty")
    return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()})


def table(name, key, cls, id_key="id", data=None):
    """A list of tables as {id: row}, in file order; an id may stand once."""
    found = {}
    for number, entry in enumerate(content(name)[key] if data is None else data, start=1):
        where = f"{name}.toml: {key} {entry.get(id_key, number)}"
        made = row(cls, entry, where)
        if getattr(made, id_key) in found:
            raise ContentError(f"{where} is there twice")
        found[getattr(made, id_key)] = made
    return found


# --- steps ---------------------------------------------------------------------------------------------------------


@cache
def _steps():
    guides = []
    for entry in content("steps")["steps"]:
        first = entry["first"]
        prompts = [rows.Prompt(text, at in first) for at, text in enumerate(entry["prompts"], start=1)]
        if len(first) != 3 or not set(first) <= set(range(1, len(prompts) + 1)):
            raise ContentError(f"steps.toml: {entry['slug']}: first should name three of the prompts")
        guides.append({**entry, "prompts": prompts})
    return table("steps", "steps", rows.StepGuide, "slug", guides)


def step_guides():
    return tuple(_steps().values())


def step_guide(slug):
    return _steps()[slug]


# --- safety --------------------------------------------------------------------------------------------------------


@cache
def flags():
    found = table("safety", "flags", rows.Flag)
    for flag in found.values():
        where = f"safety.toml: flag {flag.id}"
        if not flag.levels or list(flag.levels) != [level for level in "EUR" if level in flag.levels]:
            raise ContentError(f"{where}: levels should be some of E, U, R, the highest first")
        if flag.starts_at not in flag.levels or set(flag.do) != set(flag.levels):
            raise ContentError(f"{where}: starts_at and do should go with its levels")
    return found


@cache
def screen_groups():
    seen, groups = set(), []
    for entry in content("safety")["groups"]:
        lines = table("safety", f"group {entry['number']}", rows.ScreenLine, data=entry["lines"])
        for line in lines.values():
            if line.flag not in flags() or line.id in seen:
                raise ContentError(f"safety.toml: line {line.id}: flag unknown, or the id is there twice")
        seen.update(lines)
        groups.append({**entry, "lines": list(lines.values())})
    asked = {line.flag for group in groups for line in group["lines"]}
    for flag in flags().values():
        if flag.screened and not flag.by_birth_date and flag.id not in asked:
            raise ContentError(f"safety.toml: no line asks about {flag.id}")
    return tuple(table("safety", "groups", rows.ScreenGroup, "number", groups).values())


@cache
def safety():
    data = content("safety")
    return rows.Safety(
        *(data[key] for key in ("opening", "none_label", "review_question")),
        levels=table("safety", "levels", rows.Outcome),
        outcomes=table("safety", "outcomes", rows.Outcome),
        touch=row(rows.Touch, data["touch"], "safety.toml: touch"),
    )


@cache
def direct_question(flag):
    for entry in content("safety")["direct"]:
        if entry["flag"] == flag:
            answers = table("safety", f"direct {flag}", rows.Answer, data=entry["answers"])
            for answer in answers.values():
                if answer.level and answer.level not in flags()[flag].levels:
                    raise ContentError(
                        f"safety.toml: {flag}: answer {answer.id} has a level its flag has not"
                    )
            return row(
                rows.DirectQuestion, {**entry, "answers": [*answers.values()]}, f"safety.toml: direct {flag}"
            )
    raise KeyError(flag)


def get_help(*, emergency="", crisis="", clinic="", on="plan"):
    """The fixed text with the clinic's own numbers; what is missing is said in words, so it always prints."""
    given = {"emergency": emergency, "crisis": crisis, "clinic": clinic}
    words = {key: given[key].strip() or text for key, text in content("safety")["help_fallback"].items()}
    return tuple(
        rows.HelpBlock(
            block.id,
            block.heading.format_map(words),
            block.intro,
            tuple(line.format_map(words) for line in block.lines),
            block.shown_on,
        )
        for block in table("safety", "help", rows.HelpBlock).values()
        if on in block.shown_on
    )


# --- what we teach ---------------------------------------------------------------------------------------------------


@cache
def _messages():
    return table("messages", "messages", rows.Message)


def message(id):
    return _messages()[id]


def messages(*, urgent=False, known_condition=False):
    return tuple(one for one in _messages().values() if one.offered(urgent, known_condition))


@cache
def _pictures():
    return table("pictures", "pictures", rows.Picture)


def picture(id):
    return _pictures()[id]


def pictures(message=None, *, urgent=False, known_condition=False):
    """Those that go with a message on offer."""
    on_offer = {one.id for one in messages(urgent=urgent, known_condition=known_condition)}
    wanted = on_offer if message is None else on_offer & {message}
    return tuple(
        one
        for one in _pictures().values()
        if wanted & set(one.messages) and not (known_condition and one.not_with_known_condition)
    )


@cache
def _cards():
    return table("brain", "cards", rows.BrainCard)


def brain_card(id):
    return _cards()[id]


def brain_cards(kind=None, *, urgent=False):
    return tuple(
        card
        for card in _cards().values()
        if kind in (None, card.kind) and not (urgent and card.withheld_when_urgent)
    )


def card_kinds():
    return tuple(table("brain", "kinds", rows.Chip).values())


def evidence():
    return tuple(fact for fact in table("evidence", "facts", rows.Evidence).values() if fact.verified)


def evidence_plain():
    return content("evidence")["plain"]


# --- beliefs, questions, resources, chips --------------------------------------------------------------------------


@cache
def _domains():
    return table("beliefs", "domains", rows.Domain)


def domains():
    return tuple(_domains().values())


def domain(id):
    return _domains()[id]


def belief_help():
    data = content("beliefs")
    words = table("beliefs", "flexibility_words", rows.Chip)
    return rows.BeliefHelp(tuple(words.values()), data["why_two_numbers"], data["limits"], data["choosing"])


@cache
def _questions():
    entries = [*content("beliefs")["questions"], *content("chips")["questions"]]
    return table("chips", "questions", rows.Question, data=entries)


def question(id):
    return _questions()[id]


def questions(group="belief"):
    found = tuple(one for one in _questions().values() if one.group == group)
    if not found:
        raise KeyError(group)
    return found


@cache
def _resources():
    return table("resources", "resources", rows.Resource)


def resource(id):
    return _resources()[id]


def resources(message=None, *, audience="client", urgent=False, known_condition=False):
    """On offer, those for one message if named; `urgent` and a known condition leave out what they leave out."""
    on_offer = {one.id for one in messages(urgent=urgent, known_condition=known_condition)}
    wanted = on_offer if message is None else on_offer & {message}
    return tuple(
        one
        for one in _resources().values()
        if one.offered
        and audience == one.audience
        and (wanted & set(one.messages) or (message is None and not one.messages))
    )


@cache
def _chips(name):
    kinds = {"body_regions": rows.Region, "horizons": rows.Horizon, "units": rows.Unit}
    return table("chips", name, kinds.get(name, rows.Chip), data=content("chips")["chips"][name])


def chips(name):
    return tuple(_chips(name).values())


def label(name, id):
    return _chips(name)[id].label


def starters(**said):
    """Sentences to say back, for the slots that are filled; what the client said stands in quotation marks."""
    words = {slot: f"“{said[slot].strip()}”" for slot in SLOTS if said.get(slot, "").strip()}
    found = table("chips", "starters", rows.Starter).values()
    return tuple(one.text.format_map(words) for one in found if _slots(one.text) <= words.keys())


def _slots(text):
    return {slot for _, slot, _, _ in Formatter().parse(text) if slot is not None}


# --- all of it -------------------------------------------------------------------------------------------------------


def validate():
    """Read every file and follow every reference. Called by a system check, never at import."""
    for name in FILES:
        content(name)
    try:
        _read_everything()
    except KeyError as missing:
        raise ContentError(f"a content file has no {missing}") from missing


def _read_everything():
    step_guides(), screen_groups(), safety(), belief_help(), domains(), evidence(), evidence_plain()
    for name in content("chips")["chips"]:
        chips(name)
    for flag in flags().values():
        if not flag.screened:
            direct_question(flag.id)
    get_help()
    for starter in table("chips", "starters", rows.Starter).values():
        _known("chips", starter, _slots(starter.text), SLOTS)
    for one in _messages().values():
        _known("messages", one, [one.picture], _pictures())
    for one in [*_pictures().values(), *_resources().values()]:
        _known("pictures or resources", one, one.messages, _messages())
    for one in _resources().values():
        _known("resources", one, filter(None, [one.with_card]), _cards())
    for card in _cards().values():
        _known("brain", card, card.show_with, _cards())
        _known("brain", card, [card.kind], [kind.id for kind in card_kinds()])


def _known(name, owner, ids, known):
    for id in ids:
        if id not in known:
            raise ContentError(f"{name}.toml: {owner.id} names {id}, which is not there")
