"""The rows of education/content. A field without a default must be in the file, and not empty."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import ClassVar


@dataclass(frozen=True)
class Row:
    MAY_BE_EMPTY: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class Chip(Row):
    id: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Region(Row):
    """A part of the body, for the drawing and the list that says the same; sides are the client's."""

    id: str
    label: str
    view: str  # front, back, both


@dataclass(frozen=True)
class Horizon(Row):
    """How far away a goal is: due in so many days or calendar months."""

    id: str
    label: str
    meaning: str
    review: str
    days: int = 0
    months: int = 0


@dataclass(frozen=True)
class Unit(Row):
    id: str
    label: str  # for 0, 2, 3 …
    one: str


@dataclass(frozen=True)
class Starter(Row):
    id: str
    text: str


@dataclass(frozen=True)
class Saying:
    """A starter with what was said in its slots: [(words, the slot after them or "", what stands there)]."""

    id: str
    parts: tuple

    @property
    def ready(self):
        return all(said for _, slot, said in self.parts if slot)

    @property
    def sentence(self):
        return "".join(words + said for words, _, said in self.parts)


@dataclass(frozen=True)
class Question(Row):
    """A 0-10 (or 0-100 by 5) question the client answers. `ask_low` follows an answer of at most `low_at`; `help` is
    read with it on the turned screen."""

    id: str
    group: str
    text: str
    low: str
    high: str
    maximum: int = 10
    step: int = 1
    ask_after: str = ""
    low_at: int = -1
    ask_low: str = ""
    help: str = ""


@dataclass(frozen=True)
class Prompt(Row):
    text: str
    first: bool
    asked: bool = False  # by the step's own page: not listed beside it again
    later: bool = False  # makes no sense on a first visit


@dataclass(frozen=True)
class StepGuide(Row):
    slug: str
    number: int  # 0: not one of the seven
    title: str
    short: str
    lede: str
    prompts: tuple[Prompt, ...]
    first: tuple[int, ...]
    avoid: tuple[str, ...]
    good_record: str
    help: str
    next_label: str
    next_label_checked: str = ""  # when the safety check is already done
    asked: tuple[int, ...] = ()
    later: tuple[int, ...] = ()

    @property
    def first_prompts(self):
        return tuple(prompt.text for prompt in self.prompts if prompt.first)

    @property
    def more_prompts(self):
        return tuple(prompt.text for prompt in self.prompts if not (prompt.first or prompt.asked))


@dataclass(frozen=True)
class Flag(Row):
    """A sign and what it opens. `think_of` is for staff help, never on a screen the client may see."""

    id: str
    name: str
    levels: tuple[str, ...]  # E, U, R: the highest first
    starts_at: str  # where a yes stands until lowered with a reason
    think_of: str
    ask: str
    do: dict  # level -> what to do
    clearance: str = ""  # how else one may come
    # the line that may be about something long ago: while it is the only yes, how urgent it is is asked first
    old_line: str = ""
    long_ago: str = ""  # what to do where it is, and was examined
    lower_example: str = ""  # a reason as one would write it
    by_birth_date: bool = False
    private: bool = False
    screened: bool = True  # False: asked directly, alone

    @property
    def can_be_emergency(self):
        return "E" in self.levels


@dataclass(frozen=True)
class ScreenLine(Row):
    id: str
    text: str
    flag: str


@dataclass(frozen=True)
class ScreenGroup(Row):
    number: int
    heading: str
    lines: tuple[ScreenLine, ...]
    lead: str = ""  # read aloud
    note: str = ""  # for who reads it aloud

    @property
    def flags(self):
        return tuple(dict.fromkeys(line.flag for line in self.lines))


@dataclass(frozen=True)
class Outcome(Row):
    id: str
    label: str
    meaning: str


@dataclass(frozen=True)
class Touch(Row):
    question: str
    examples: tuple[str, ...]
    consent: str
    consent_label: str


@dataclass(frozen=True)
class Safety:
    opening: str
    personal: str  # read aloud after it
    none_label: str
    review_question: str
    levels: dict[str, Outcome]
    outcomes: dict[str, Outcome]
    touch: Touch


@dataclass(frozen=True)
class Answer(Row):
    id: str
    label: str
    do: str
    level: str = ""  # "" opens nothing


@dataclass(frozen=True)
class DirectQuestion(Row):
    flag: str
    question: str
    help: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class HelpBlock(Row):
    id: str
    heading: str
    intro: str
    lines: tuple[str, ...]
    shown_on: tuple[str, ...]  # plan, ally, flare, paused


@dataclass(frozen=True)
class Message(Row):
    id: str
    text: str
    picture: str
    explanation: str
    uncertainty: str
    caution: str  # staff
    source: str
    with_condition: str = ""  # instead of `explanation` when a condition is known: "as well as"
    withheld_when_urgent: bool = False
    not_with_known_condition: bool = False
    hears: tuple[str, ...] = ()  # beginnings of words that this message answers
    fits: tuple[str, ...] = ()  # what is on record: of FITS

    FITS: ClassVar[tuple[str, ...]] = ("known_condition", "disbelieved")

    @cached_property
    def _heard(self):
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, self.hears))})", re.IGNORECASE)

    def is_heard_in(self, words):
        return bool(self.hears) and self._heard.search(words.replace("’", "'")) is not None

    def offered(self, urgent=False, known_condition=False):
        return not (urgent and self.withheld_when_urgent) and not (
            known_condition and self.not_with_known_condition
        )

    def explain(self, known_condition=False):
        return (known_condition and self.with_condition) or self.explanation


@dataclass(frozen=True)
class Picture(Row):
    id: str
    title: str
    text: str
    shows: str  # the drawing's alternative text
    messages: tuple[str, ...]
    with_condition: str = ""
    not_with_known_condition: bool = False

    def words(self, known_condition=False):
        return (known_condition and self.with_condition) or self.text


@dataclass(frozen=True)
class BrainCard(Row):
    id: str
    kind: str
    title: str
    fact: str  # staff
    plain: str
    caution: str  # staff
    source: str
    show_with: tuple[str, ...] = ()  # cards that must be shown beside this one
    with_condition: str = ""
    withheld_when_urgent: bool = False

    def words(self, known_condition=False):
        return (known_condition and self.with_condition) or self.plain


@dataclass(frozen=True)
class Evidence(Row):
    id: str
    text: str
    certainty: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Domain(Row):
    """A kind of idea about pain. `name` is what a screen says; the id is never shown."""

    id: str
    name: str
    about: str
    sounds_like: tuple[str, ...]
    alternatives: tuple[str, ...]
    probes: tuple[str, ...]
    advice: str = ""
    alternatives_withheld_when_urgent: bool = False


@dataclass(frozen=True)
class BeliefHelp:
    flexibility_words: tuple[Chip, ...]
    why_two_numbers: str
    limits: str
    choosing: str


@dataclass(frozen=True)
class Resource(Row):
    MAY_BE_EMPTY: ClassVar[tuple[str, ...]] = ("where",)

    id: str
    type: str
    title: str
    where: str
    for_client: str
    note: str  # staff
    basis: str  # seen, known, kind
    messages: tuple[str, ...]
    audience: str = "client"  # or staff
    languages: tuple[str, ...] = field(default=("en",))
    with_card: str = ""  # a brain card shown beside it
    last_checked: date | None = None

    @property
    def offered(self):
        return self.basis in ("seen", "kind")

    @property
    def url(self):
        """A link, when `where` is an address."""
        host = self.where.partition("/")[0]
        return f"https://{self.where}" if "." in host and " " not in self.where else ""
