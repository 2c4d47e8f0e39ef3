"""Cards: what was heard in step 1 waits here until a later step takes it up, merges it or leaves it."""

import re

from django.db.models import FilteredRelation, Q

from consults.models import Card, CardUse
from consults.steps.known import until_now
from painconsult.ui.fields import Field, Line, RawList

AN_IDEA = 3  # words; fewer is part of the one beside it
# What the "and" after these joins belongs together.
OF_TWO = re.compile(r"\b(?:between|both|because of)\b", re.IGNORECASE)
USE = re.compile(r"([0-9]{1,18}):(left|merged)(?::([0-9a-f-]{36}|new[0-9]{1,3}))?\Z")


class CardUses(Field):
    """What became of cards that no new row took: tokens `<card>:left` or `<card>:merged:<row>`."""

    widget = RawList

    def to_python(self, value):
        found = [USE.match(token) for token in value or []]
        return [match[0] for match in found if match]

    def posted(self, name, value):
        return {name: list(value or [])}


def card_field():
    """The hidden field of a new row that took a card up."""
    return Line(20, label="Card")


def open_cards(consultation, kinds, slug):
    """The client's cards of these kinds that this step has not dealt with yet."""
    use = FilteredRelation("uses", condition=Q(uses__slug=slug))
    cards = Card.objects.filter(client=consultation.client_id, kind__in=kinds)
    return until_now(cards.annotate(use=use).filter(use=None), consultation)


def taken(consultation, card_id, field):
    """The values of a new row that takes up this card; nothing when there is no such card."""
    known = re.match(r"[0-9]{1,18}\Z", card_id)
    card = Card.objects.filter(client=consultation.client_id, pk=int(card_id) if known else 0).first()
    return {field: card.words, "card": card.pk} if card else {}


def ideas_in(words):
    """What is said in one breath and may be more than one idea: its sentences, else the two sides of an "and". Nothing
    where it reads as one. Only ever an offer: "worn out and crumbling" is one, and nobody but the client knows."""
    ideas = [_alone(part) for part in re.split(r"(?<=[.!?…])\s+|[;\n]", words)]
    ideas = [idea for idea in ideas if idea]
    if len(ideas) == 1:
        # a comma tells ideas apart, so it comes first
        ands = [*re.finditer(", and ", words), *re.finditer("(?<!,) and ", words)]
        halves = [(words[: at.start()], words[at.end() :]) for at in ands]
        halves = [[_alone(one), _alone(other)] for one, other in halves if not OF_TWO.search(one)]
        ideas = next(filter(_are_ideas, halves), [])
    return ideas if _are_ideas(ideas) else []


def _are_ideas(parts):
    return len(parts) in (2, 3) and all(
        len(part.split()) >= AN_IDEA and not part.endswith(" and") for part in parts
    )


def _alone(part):
    """A part as it stands by itself; a question stays one."""
    part = re.sub(r"\Aand ", "", part.strip().rstrip(".,… "))
    return part[:1].upper() + part[1:]


def taken_apart(consultation, card_id, field):
    """[values] of new rows, one for each idea of this card; whichever is kept has taken it up."""
    whole = taken(consultation, card_id, field)
    return [whole | {field: idea} for idea in ideas_in(whole.get(field, ""))]


def said_in_step_1(consultation, words):
    """How true their own explanation felt in step 1 of this visit, while these are still its words; else None.

    A belief is one line, the explanation may have been several.
    """
    same = words and words.split() == consultation.client_explanation.split()
    return consultation.explanation_conviction if same else None


def waiting(page, kinds, rows_name):
    """Return [(card, state)] for the page: "" still waiting, "left" or "merged" in what is being typed.

    A card whose row is on the page is not listed again.
    """
    on_rows = {sheet.text("card") for sheet in page.rows[rows_name] if "card" in sheet}
    dealt = {m[1]: m[2] for token in page.sheet.texts("cards") if (m := USE.match(token))}
    return [
        (card, dealt.get(str(card.pk), ""))
        for card in open_cards(page.consultation, kinds, page.step.slug)
        if str(card.pk) not in on_rows
    ]


def use(consultation, document, saved, kinds, target):
    """Note what became of each card in this save. `target` is the field of CardUse that names the row."""
    slug, cards = document.step.slug, {}
    for (_, row_id), row in saved.items():
        taken_card = document.answer_of(row_id, "card") or ""
        if taken_card.isascii() and taken_card.isdecimal() and row is not None:
            cards.setdefault(int(taken_card), ("taken", row))
    for token in document.form.cleaned_data.get("cards", []):
        card_id, became, row_id = USE.match(token).groups()
        row = next((row for (_, posted), row in saved.items() if posted == row_id), None)
        if became == "left" or row is not None:
            cards.setdefault(int(card_id), (became, row))
    mine = {card.pk: card for card in open_cards(consultation, kinds, slug)} if cards else {}
    for card_id, (became, row) in cards.items():
        if card_id in mine:
            CardUse.objects.create(
                clinic_id=consultation.clinic_id,
                card=mine[card_id],
                consultation=consultation,
                slug=slug,
                became=became,
                **({target: row} if row is not None else {}),
            )
