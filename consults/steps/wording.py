"""Advice on the clinician's own words: what a client might hear in them, and one way to say it (guide D.3).

It never blocks and never touches the client's words or anything about safety. It is shown while a page is being
typed; what was saved was meant, and is not brought up again.
"""

from django.utils.datastructures import MultiValueDict

from consults.steps.findings import urgent_is_open
from consults.steps.page import StepPage
from education import language

KEPT = "kept_wording"  # posted: phrases somebody chose to keep, for as long as the page is being typed
MOST = 3  # phrases of one field at a time


def advise(page):
    """Give each sheet of a page its `advice`: {field: findings}, of words that are the clinician's."""
    visit, kept = page.consultation, {words.casefold() for words in page.data.getlist(KEPT)}
    saved = {
        sheet.name(field): sheet.text(field).casefold()
        for sheet in StepPage(page.step, visit, page.row).sheets
        for field in sheet.heard
    }
    offer = not urgent_is_open(visit)  # most of the other wordings reassure
    for sheet in page.sheets:
        if "author" in sheet and sheet.text("author") == "client":
            continue
        sheet.advice = {
            field: [
                each | {"better": each["better"] if offer else "", "waits": not visit.outcome}
                for each in found(sheet.text(field), audience)
                if each["words"].casefold() not in kept
                and each["words"].casefold() not in saved.get(sheet.name(field), "")
            ][:MOST]
            for field, audience in sheet.heard.items()
        }


def found(text, audience):
    """What may be heard in a text, each phrase once."""
    phrases = {}
    for each in language.check(text, audience=audience):
        words = text[each.start : each.end]
        phrases.setdefault(words.casefold(), {"words": words, "why": each.why, "better": each.better})
    return list(phrases.values())


def take(page, what, name, number):
    """The posted data after a press: `add` writes the other wording after what stands there, to be edited; `keep`
    says no more about the phrase. A press on advice that is no longer there changes nothing."""
    data = MultiValueDict({key: list(page.data.getlist(key)) for key in page.data})
    advise(page)
    told = {sheet.name(field): each for sheet in page.sheets for field, each in sheet.advice.items()}
    there = told.get(name, ()) if name in page.data else ()
    each = next((one for n, one in enumerate(there) if str(n) == number), None)
    if each and what == "keep":
        data.appendlist(KEPT, each["words"])
    elif each and what == "add" and each["better"]:
        data.setlist(name, [f"{page.data[name].rstrip()} {each['better']}"])
    return data
