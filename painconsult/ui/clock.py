"""When in a day, as people write it: 14:30, 2.30 pm, half past two, or only "in the afternoon"."""

import re
from datetime import time

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
WORD = re.compile(rf"\b({'|'.join(NUMBERS)})\b")
NOON = re.compile(r"\b(?:12 )?(?:noon|midday)\b")
PARTS = {"morning": time(0), "afternoon": time(12), "evening": time(17)}  # and where each begins
IN_PART = re.compile(rf"(?:(?:some ?time )?(?:in )?the )?({'|'.join(PARTS)})")
SAID = re.compile(r"(half past|quarter past|quarter to) (1[0-2]|[1-9])( ?[ap]\.?m\.?)?")
PAST = {"half past": 30, "quarter past": 15, "quarter to": -15}  # minutes
WRITTEN = re.compile(r"([0-9]{1,2})(?:[:.h ]?([0-9]{2}))?(?: ?o[’']?clock)?(?: ?([ap])\.?m\.?)?")
AFTERNOON = tuple("123456")  # of one digit and without am: nobody is asked to come at 2:30 at night


def time_of(text):
    """The time a text says, or None. `02:30` and `2.30 am` are of the night; `2:30` is of the afternoon."""
    text = NOON.sub("12 pm", " ".join(text.lower().split()).removeprefix("at "))
    text = WORD.sub(lambda word: str(NUMBERS.index(word[1]) + 1), text)
    for part, begins in PARTS.items():
        half = "pm" if begins.hour else "am"
        text = re.sub(
            rf"^(?!12\b)(.*) in the {part}$", rf"\1 {half}", text
        )  # 12 in the evening is no time people agree on
    if said := SAID.fullmatch(text):
        hour = _hour(said[2], (said[3] or "").strip()[:1])
        minutes = hour * 60 + PAST[said[1]]
        return time(*divmod(minutes, 60)) if minutes >= 0 else None
    written = WRITTEN.fullmatch(text)
    if not written:
        return None
    hour, minute, half = int(written[1]), int(written[2] or 0), written[3]
    if hour > 23 or minute > 59 or half and not 1 <= hour <= 12:
        return None
    return time(_hour(written[1], half), minute)


def part_of(text):
    """The part of a day that a text says and no more, one of PARTS, or ""."""
    said = IN_PART.fullmatch(" ".join(text.lower().rstrip(" .").split()))
    return said[1] if said else ""


def begins(at, part):
    """Where an hour or a part of a day stands among the hours; the end of the day where neither is agreed."""
    return at if at is not None else PARTS.get(part, time.max)


def in_short(at, part):
    """An hour or a part of a day as lists have it: 14:30, afternoon, or nothing."""
    return f"{at:%H:%M}" if at is not None else part


def in_words(at, part):
    """An hour or a part of a day inside a sentence: at 14:30, in the afternoon; "" where neither is agreed."""
    if at is not None:
        return f"at {at:%H:%M}"
    return f"in the {part}" if part else ""


def _hour(written, half):
    """The hour of a day that a number means with "a" or "p" after it, or with neither."""
    if half:
        return int(written) % 12 + (12 if half == "p" else 0)
    return int(written) + (12 if written in AFTERNOON else 0)
