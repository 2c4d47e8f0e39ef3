"""Advice on the clinician's own words: what a client might hear in them, and one way to say it (guide D.3).

It never blocks and never touches the client's words or anything about safety. It is shown while a page is being
typed; what was saved was meant, and is not brought up again.
"""

import re

from django.utils.datastructures import MultiValueDict

from consults.steps.findings import urgent_is_open
from education import language

KEPT = "kept_wording"  # posted: phrases somebody chose to keep, for as long as the page is being typed
SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?]+|\n|\Z)\s*")


def advise(page):
    """Give each sheet of a page its `advice`: {field: findings}, of words that are the clinician's."""
    kept, visit = kept_of(page.data), page.consultation
    offer = not urgent_is_open(visit)  # most of the other wordings reassure
    for sheet in page.sheets:
        if "author" in sheet and sheet.text("author") == "client":
            continue
        heard = {name: field.heard for name, field in sheet.fields.items() if getattr(field, "heard", "")}
        sheet.advice = {
            name: [
                each | {"waits": not visit.outcome} for each in found(sheet.text(name), audience, kept, offer)
            ]
            for name, audience in heard.items()
        }


def found(text, audience, kept, offer):
    """What is said of one text; without `offer` no other wording."""
    return [
        {"words": words, "start": each.start, "why": each.why, "better": each.better if offer else ""}
        for each in language.check(text, audience=audience)
        if (words := text[each.start : each.end]).casefold() not in kept
    ]


def kept_of(data):
    return {words.casefold() for words in data.getlist(KEPT)}


def take(page, what, name, number):
    """The posted data after a press: `use` puts the other wording in the place of the sentence, `keep` says no
    more about the phrase. A press on advice that is no longer there changes nothing."""
    data = MultiValueDict({key: list(page.data.getlist(key)) for key in page.data})
    advise(page)
    told = {sheet.name(field): each for sheet in page.sheets for field, each in sheet.advice.items()}
    each = next((one for n, one in enumerate(told.get(name, ())) if str(n) == number), None)
    if each and what == "keep":
        data.appendlist(KEPT, each["words"])
    elif each and what == "use" and each["better"]:
        data.setlist(name, [said_instead(page.data[name], each)])
    return data


def said_instead(text, each):
    """The text with `better` in the place of the sentence in which the phrase stands."""
    sentence = next(
        match for match in SENTENCE.finditer(text) if match.start() <= each["start"] < match.end()
    )
    space = sentence[0][len(sentence[0].rstrip()) :]
    return text[: sentence.start()] + each["better"] + space + text[sentence.end() :]
