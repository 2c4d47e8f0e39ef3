"""How many times a week the "when" of a plan says: nobody has to press what was just said.

Only a cue that is one plain saying is read, as a whole: "every morning, after coffee", "Tuesday and Friday", "twice a
week". Whatever else stands in it ("or", "at 10 and at 4", "every day off") may mean another number, so it is asked.
"""

import re

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
MOST = 14  # twice a day

DAY, PART = "|".join(DAYS), "morning|lunchtime|afternoon|evening|night"
EVERY_PART = rf"(?:every|each) (?:single )?(?:day|{PART})"
ONE_DAY = rf"(?:{DAY})s?(?: (?:{PART})s?)?"
TIMES = rf"(?:once|twice|(?:{'|'.join(NUMBERS)}|[1-7]) (?:times|days|{PART.replace('|', 's|')}s))"
SAYINGS = {
    "daily": rf"daily|{EVERY_PART}",
    "twice": rf"{EVERY_PART} and {EVERY_PART}",
    "workdays": r"every weekday|on weekdays|weekdays",
    "span": rf"(?P<first>{DAY})s? ?(?:to|-|–) ?(?P<last>{DAY})s?",
    "days": rf"(?:on |every )?{ONE_DAY}(?:(?:, | and |, and ){ONE_DAY})*",
    "times": rf"{TIMES} (?:a (?:week|day)|daily|weekly)(?:[:,] {ONE_DAY}(?: and {ONE_DAY}|, {ONE_DAY})*)?",
}
# What it follows or goes with: a few plain words, none of which could be a second moment or an exception.
NO_MORE = (
    rf"and|or|but|not|no|if|when|unless|again|then|than|meals?|every|each|other|next|week\w*|{DAY}|{PART}s?"
)
WORD = rf"(?!(?:{NO_MORE})\b)[a-z'’]+"
BESIDE = rf"(?:right |straight )?(?:after|before|with|at) {WORD}(?: {WORD}){{0,4}}"
CUES = {
    name: re.compile(rf"(?:{BESIDE}, )?(?P<said>{saying})(?:,? {BESIDE})?[.]?")
    for name, saying in SAYINGS.items()
}


def times_named(when):
    """The times a week that these words name, from 1 to 14; None where they name none, or leave it open."""
    words = " ".join(when.casefold().split())
    for name, cue in CUES.items():
        if found := cue.fullmatch(words):
            return READ[name](found)
    return None


def _span(found):
    first, last = (DAYS.index(found[end]) for end in ("first", "last"))
    return (last - first) % 7 + 1


def _days(found):
    return len(set(re.findall(DAY, found["said"])))


def _twice(found):
    """Two parts of the day; "every day and every morning" may be one."""
    parts = re.findall(PART, found["said"])
    return 14 if len(set(parts)) == 2 else None


def _times(found):
    """A count, unless days that are named beside it are another number."""
    number = re.match(r"\w+", found["said"])[0]
    times = {"once": 1, "twice": 2}.get(number) or NUMBERS.get(number) or int(number)
    times *= 7 if re.search(r" a day| daily", found["said"]) else 1
    return times if times <= MOST and _days(found) in (0, times) else None


READ = {
    "daily": lambda found: 7,
    "twice": _twice,
    "workdays": lambda found: 5,
    "span": _span,
    "days": _days,
    "times": _times,
}
