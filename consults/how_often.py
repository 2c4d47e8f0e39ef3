"""How many times a week the "when" of a plan already says: nobody has to press what was just said."""

import re

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PARTS = ("morning", "lunchtime", "afternoon", "evening", "night", "bedtime")
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
MOST = 14  # twice a day

A_DAY = "|".join(DAYS)
DAY = re.compile(rf"\b({A_DAY})s?\b")
FROM_TO = re.compile(rf"\b({A_DAY})s? ?(?:to|till|until|through|-|–) ?({A_DAY})s?\b")
PART = re.compile(rf"\b({'|'.join(PARTS)})s?\b")
DAILY = re.compile(rf"\bdaily\b|\b(?:every|each) (?:single )?(day|{'|'.join(PARTS)})\b")
WORKDAYS = re.compile(r"\b(?:(?:every|each) weekday|weekdays)\b")
COUNTED = re.compile(
    rf"\b(?:(once|twice)|({'|'.join(NUMBERS)}|[1-7])(?: times| days|x| x| (?:{'|'.join(PARTS)})s))"
    r" (?:(?:a|per|each|every) (day|week)|(daily|weekly))\b"
)
# Words that take some of it back, parts of a week that are no number of days, and short names of days.
UNCLEAR = re.compile(
    r"\b(?:or|other|second|third|alternate|except|but|not|if|unless|most|some|few|fortnight\w*|month\w*|weekends?"
    r"|mon|tues?|wed|thu|thurs?|fri|sat|sun)\b"
)


def times_named(when):
    """The times a week that these words name, from 1 to 14; None where they name none, or leave it open.

    "Every morning, after coffee" is 7, "Tuesday and Friday" 2, "twice a day" 14. Never a guess: what could mean two
    numbers is none, and is asked.
    """
    said = " ".join(when.casefold().split())
    if UNCLEAR.search(said):
        return None
    found = set(_counted(said))
    rest = COUNTED.sub(" ", said)
    found |= {number for number in (_days(rest), _daily(rest)) if number}
    if WORKDAYS.search(rest):
        found.add(5)
    return found.pop() if len(found) == 1 and _is_plain(rest) and max(found) <= MOST else None


def _counted(said):
    for once, number, unit, adverb in COUNTED.findall(said):
        times = {"once": 1, "twice": 2}.get(once) or NUMBERS.get(number) or int(number)
        yield times * (7 if unit == "day" or adverb == "daily" else 1)


def _days(said):
    """How many days of the week are named; "Monday to Friday" names five."""
    named = {DAYS.index(day) for day in DAY.findall(said)}
    if between := FROM_TO.search(said):
        first, last = (DAYS.index(day) for day in between.groups())
        named |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return len(named)


def _daily(said):
    """Seven for each part of a day that is named as every one: "every morning and every evening" is twice a day."""
    every = set(DAILY.findall(said))
    return 7 * (len(every - {"", "day"}) or len(every) and 1)


def _is_plain(said):
    """Whether no second part of a day may be meant as well: "Monday, morning and evening" is once or twice."""
    every, parts = set(DAILY.findall(said)) - {"", "day"}, set(PART.findall(said))
    return len(parts) < 2 or parts == every
