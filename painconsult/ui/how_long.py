"""How long something has been there, as people say it, and in months."""

import re

NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
SAID = {word: number for number, word in enumerate(NUMBERS, start=1)}
SAID |= {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40}
SAID |= {"a": 1, "half": 0.5, "half a": 0.5, "a half": 0.5}
UNITS = {"y": 12, "m": 1, "w": 12 / 52}

HALF = r"(?: and a half| ?½| 1/2)"
ONE = rf"([0-9]{{1,4}}(?:[.]5)?|{'|'.join(sorted(SAID, key=len, reverse=True))})({HALF})?"
UNIT = r" ?(years?|yrs?|y|months?|mths?|mos?|m|weeks?|wks?|w)"
SPAN = re.compile(rf"{ONE}{UNIT}({HALF})?")
WHOLE = re.compile(rf"{SPAN.pattern}(?:(?:,|,? (?:and|&))? ?{SPAN.pattern})?")
# Whole months are near enough for what is said around a length.
AROUND = re.compile(r"\A(?:about|around|almost|nearly|over|more than) |(?: ago)?[.]?\Z")


def months_of(text):
    """The whole months that a text says, or None. A number alone is months.

    Weeks and half months go to the nearest month; what is more than nothing is at least 1.
    """
    text = " ".join(text.casefold().split())
    if re.fullmatch("[0-9]{1,4}", text):
        return int(text)
    text = AROUND.sub("", text)
    if not WHOLE.fullmatch(text):
        return None
    spans = SPAN.findall(text)
    twice = len({unit[0] for _, _, unit, _ in spans}) < len(spans)
    if twice or any(half and later for _, half, _, later in spans):
        return None  # the same unit twice, or a half
    span = sum(_count(number, half or later) * UNITS[unit[0]] for number, half, unit, later in spans)
    return max(1, int(span + 0.5)) if span else 0


def _count(number, half):
    return (SAID[number] if number in SAID else float(number)) + (0.5 if half else 0)


def in_words(months):
    """3 years where they are whole, and else 18 months."""
    number, unit = (months // 12, "year") if months and months % 12 == 0 else (months, "month")
    return f"{number} {unit}{'' if number == 1 else 's'}"
