"""A time of day as people write it: 14:30, 2.30 pm, half past two."""

import re
from datetime import time

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SAID = (  # what is said, and how it is written
    (re.compile(rf"\b({'|'.join(NUMBERS)})\b"), lambda said: str(NUMBERS.index(said[1]) + 1)),
    (re.compile(r"\b(noon|midday)\b"), lambda said: "12 pm"),
    (
        re.compile(r"\bin the (morning|afternoon|evening)\b"),
        lambda said: "am" if said[1] == "morning" else "pm",
    ),
    (re.compile(r" ?o[’']?clock\b"), lambda said: ""),
    (re.compile(r"\b(half|quarter) past ([0-9]{1,2})\b"), lambda said: f"{said[2]}:{PAST[said[1]]}"),
    (re.compile(r"\bquarter to ([0-9]{1,2})\b"), lambda said: f"{(int(said[1]) - 2) % 12 + 1}:45"),
)
PAST = {"half": 30, "quarter": 15}
WRITTEN = re.compile(r"([0-9]{1,2})(?:[:.h ]?([0-9]{2}))? ?(?:(a|p)\.?m\.?)?")
AFTERNOON = tuple("123456")  # of one digit and without am: nobody is asked to come at 2:30 at night


def time_of(text):
    """The time a text says, or None. `02:30` and `2.30 am` are of the night; `2:30` is of the afternoon."""
    text = " ".join(text.lower().split())
    for said, written in SAID:
        text = said.sub(written, text)
    found = WRITTEN.fullmatch(text)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if hour > 23 or minute > 59 or half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif found[1] in AFTERNOON:
        hour += 12
    return time(hour, minute)
