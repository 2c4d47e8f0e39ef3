"""The words we teach with: read from education/content once, checked, handed out as frozen rows.

Steps       step_guide(slug, first_visit=), step_guides()    StepGuide; safety, acknowledge ... before-you-go
Safety      safety()                                   Safety: opening, levels, outcomes, touch
            screen_groups()                            ScreenGroup with lines; a line names one flag
            flags()                                    {id: Flag}: the 21, then suicide, home_unsafe
            direct_question(flag)                      DirectQuestion for those two: ask alone
            get_help(emergency=, crisis=, clinic=, on="plan")     HelpBlock: emergency, today, week
Explaining  messages(urgent=, known_condition=), message(id)      Message.explain(known_condition)
            pictures(message, urgent=, known_condition=), picture(id)   Picture.words(known_condition)
            brain_cards(kind, urgent=), brain_card(id), card_kinds()    BrainCard.words(known_condition)
            evidence(), evidence_plain()               Evidence: verified figures only
Beliefs     domains(), domain(id), belief_help()       Domain, BeliefHelp
Questions   questions(group), question(id)             Question; belief, before_you_go, explanation,
                                                       alternative, activity, resource, life
Resources   resources(message, audience=, urgent=, known_condition=), resource(id)     what is on offer
Chips       chips(name), label(name, id)               Chip, or Region, Horizon, Unit
            starters(loss=, effort=, main_worry=, client_explanation=)   Saying: ready when its slots are filled
Check       validate()                                 reads it all; ContentError names file and key

`urgent`: an E or U finding is open. `known_condition`: the client has one. Fields: content_types.py.
Lists come in file order; an id that is not in the files is a KeyError.
"""

from dataclasses import replace
from functools import cache
from string import Formatter

from education import content_types as rows
from education.reader import ContentError, content, table
from education.screen import direct_question, flags, get_help, safety, screen_groups

__all__ = ["ContentError", "direct_question", "flags", "get_help", "safety", "screen_groups"]

FILES = ["steps", "safety", "messages", "pictures", "brain", "evidence", "beliefs", "resources", "chips"]
SLOTS = ("loss", "effort", "main_worry", "client_explanation")


# --- steps ----------------------------------------------------------------------------------------


@cache
def _steps():
    guides = []
    for entry in content("steps")["steps"]:
        first, asked, later = (entry.get(key, []) for key in ("first", "asked", "later"))
        prompts = [
            rows.Prompt(text, at in first, at in asked, at in later)
            for at, text in enumerate(entry["prompts"], start=1)
        ]
        if (entry["number"] and len(first) != 3) or not {*first, *asked, *later} <= set(
            range(1, len(prompts) + 1)
        ):
            raise ContentError(
                f"steps.toml: {entry['slug']}: first should name prompts, three for one of the seven"
            )
        if set(first) & set(asked):
            raise ContentError(f"steps.toml: {entry['slug']}: first names what the page asks itself")
        guides.append({**entry, "prompts": prompts})
    return table("steps", "steps", rows.StepGuide, "slug", guides)


def step_guides():
    return tuple(_steps().values())


def step_guide(slug, *, first_visit=False):
    """On a first visit without the prompts that ask about an earlier one."""
    guide = _steps()[slug]
    if first_visit and guide.later:
        return replace(guide, prompts=tuple(prompt for prompt in guide.prompts if not prompt.later))
    return guide


# --- what we teach --------------------------------------------------------------------------------


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


@cache
def card_kinds():
    return tuple(table("brain", "kinds", rows.Chip).values())


@cache
def evidence():
    return tuple(fact for fact in table("evidence", "facts", rows.Evidence).values() if fact.verified)


def evidence_plain():
    return content("evidence")["plain"]


# --- beliefs, questions, resources, chips ---------------------------------------------------------


@cache
def _domains():
    return table("beliefs", "domains", rows.Domain)


def domains():
    return tuple(_domains().values())


def domain(id):
    return _domains()[id]


@cache
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
    """On offer; for one message if named. What no message on offer stands behind is left out."""
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


@cache
def _starters():
    return tuple(table("chips", "starters", rows.Starter).values())


def starters(**said):
    """Every sentence to say back, cut at its slots: what was said stands there, in quotation marks."""
    words = {slot: quote(said.get(slot)) for slot in SLOTS}
    return tuple(
        rows.Saying(one.id, tuple((text, slot or "", words.get(slot, "")) for text, slot in _cut(one.text)))
        for one in _starters()
    )


def quote(words):
    """The client's words inside a sentence: in one line, with one pair of marks and no full stop of their own.

    static/room.js does the same while they are typed.
    """
    words = " ".join((words or "").split()).strip('“”". ')
    return f"“{words}”" if words else ""


def _cut(text):
    """[(words, the slot that follows or None)]."""
    return [(words, slot) for words, slot, _, _ in Formatter().parse(text)]


# --- all of it ------------------------------------------------------------------------------------


def validate():
    """Read every file and follow every reference. Called by a system check, never at import."""
    for name in FILES:
        content(name)
    try:
        _read_everything()
    except KeyError as missing:
        raise ContentError(f"a content file has no {missing}") from missing


def _read_everything():
    step_guides(), screen_groups(), safety(), _questions(), belief_help(), domains()
    evidence(), evidence_plain()
    for name in content("chips")["chips"]:
        chips(name)
    for flag in flags().values():
        if not flag.screened:
            direct_question(flag.id)
    get_help()
    for starter in _starters():
        _known("chips", starter, [slot for _, slot in _cut(starter.text) if slot is not None], SLOTS)
    for one in _messages().values():
        _known("messages", one, [one.picture], _pictures())
        _known("messages", one, one.fits, rows.Message.FITS)
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
