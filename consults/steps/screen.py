"""What was asked: the lines read aloud, what follows from a birth date, and what is asked alone."""

from functools import cache

from education import library

ADULT = 18
SUICIDE_LEVELS = {"passive": "U", "active": "E"}


def is_child(consultation):
    return age_on(consultation.client.birth_date, consultation.held_on) < ADULT


def age_on(born, day):
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@cache
def lined_flags():
    """The flags that have a line to read aloud."""
    return {line.flag for group in library.screen_groups() for line in group.lines}


def answers_by_flag(screen):
    """Return {flag: "yes" | "no"} for every sign that was asked; one that is missing was not.

    `screen` holds `yes` (ids of lines pressed) and `none` (numbers of groups read to the end).
    """
    yes, none = set(screen.get("yes", [])), set(screen.get("none", []))
    told = {}
    for group in library.screen_groups():
        for line in group.lines:
            if line.id in yes:
                told[line.flag] = "yes"
            elif str(group.number) in none:
                told.setdefault(line.flag, "no")
    return told


def said(consultation):
    """The answers of a saved check, as its form has them."""
    told = {name: getattr(consultation, name) for name in ("suicide_answer", "child_night_or_limp")}
    return {"yes": [], "none": []} | (consultation.screen or {}) | told


def found_now(consultation, answers):
    """Return {flag: (level, answer)} of what these answers say is there."""
    flags = library.flags()
    found = {
        flag: (flags[flag].starts_at, "yes")
        for flag, answer in answers_by_flag(answers).items()
        if answer == "yes"
    }
    if is_child(consultation):
        found["child"] = ("U" if answers.get("child_night_or_limp") == "yes" else "R", "yes")
    if answers.get("suicide_answer") in SUICIDE_LEVELS:
        found["suicide"] = (SUICIDE_LEVELS[answers["suicide_answer"]], answers["suicide_answer"])
    return found


def unasked_emergencies(consultation, answers):
    asked = answers_by_flag(answers)
    return [
        flag.name
        for flag in library.flags().values()
        if flag.can_be_emergency and flag.id not in asked and flag.id in lined_flags()
    ]
