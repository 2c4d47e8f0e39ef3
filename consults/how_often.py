"""How many times a week the "when" of a plan says: nobody has to press what was just said.

Only a cue that is one plain saying is read, as a whole: "every morning, after coffee", "Tuesday and Friday", "twice a
week". Whatever else stands in it ("or", "at 10 and at 4", "every day off") may mean another number, so it is asked.
"""

import re

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
MOST = 14  # twice a day

DAY, PART, NUMBER = "|".join(DAYS), "morning|lunchtime|afternoon|evening|night", f"{'|'.join(NUMBERS)}|[1-7]"
EVERY_PART = rf"(?:every|each) (?:single )?(?:day|{PART})"
ONE_DAY = rf"(?:{DAY})s?(?: (?:{PART})s?)?"
SOME_DAYS = rf"{ONE_DAY}(?:(?:, | and |, and ){ONE_DAY})*"
# What a saying may go with: a moment that a day has once.
MOMENT = (
    "breakfast|lunch|dinner|supper|tea|coffee|bed|bedtime|getting up|getting dressed|washing up|brushing my teeth"
    "|news|bath|shower|walk|dog's walk|dog’s walk|school run|shop|shopping"
)
BESIDE = (
    r"(?:right |straight )?(?:after|before|with|at) (?:the |my |his |her |a )?"
    rf"(?:first |morning )?(?:{MOMENT})"
)
BEFORE, AFTER = re.compile(rf"{BESIDE}, "), re.compile(rf",? {BESIDE}\Z")


def times_named(when):
    """The times a week that these words name, from 1 to 14; None where they name none, or leave it open."""
    words = " ".join(when.casefold().split()).removesuffix(".")
    beside = BEFORE.match(words)
    said = words[beside.end() :] if beside else AFTER.sub("", words)
    return next((read(said) for saying, read in SAYINGS.items() if re.fullmatch(saying, said)), None)


def _days(said):
    """How many days are named; one that is named twice may be twice on that day."""
    named = re.findall(DAY, said)
    return len(named) if len(named) == len(set(named)) else None


def _span(said):
    first, last = map(DAYS.index, re.findall(DAY, said))
    return (last - first) % 7 + 1 if first != last else None


def _twice(said):
    """Two parts of the day; "every day and every morning" may be one."""
    return 14 if len(set(re.findall(PART, said))) == 2 else None


def _times(said):
    """A count, unless days that are named beside it are another number."""
    number = re.match(r"\w+", said)[0]
    times = {"once": 1, "twice": 2}.get(number) or NUMBERS.get(number) or int(number)
    times *= 7 if re.search(r" a day| daily", said) else 1
    return times if times <= MOST and _days(said) in (0, times) else None


SAYINGS = {
    rf"daily|{EVERY_PART}": lambda said: 7,
    rf"{EVERY_PART} and {EVERY_PART}": _twice,
    r"every weekday|on weekdays|weekdays": lambda said: 5,
    rf"(?:{DAY})s? ?(?:to|-|–) ?(?:{DAY})s?": _span,
    rf"(?:on |every )?{SOME_DAYS}": _days,
    rf"(?:once|twice|(?:{NUMBER}) times) (?:a week|a day|daily|weekly)(?:[:,] {SOME_DAYS})?": _times,
    rf"(?:{NUMBER}) (?:days|{PART.replace('|', 's|')}s) a week": _times,
}
