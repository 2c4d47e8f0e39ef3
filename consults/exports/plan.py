"""A published plan, arranged for a page. Every schema that was ever published stays readable."""

from datetime import date


def readable(content, *, schema=1, allies=None):
    """Return what the page of a plan shows.

    `allies` are the ids of those who agree to be on it now; somebody who took their consent back
    is on no page, whatever was published. None: as the content has it.
    """
    return {"template": f"consults/plan/schema_{schema}.html", **READERS[schema](content, allies)}


def _schema_1(content, allies):
    lines = {}
    for line in content["lines"]:
        if line["section"] != "who" or allies is None or line["ally"] in allies:
            lines.setdefault(line["section"], []).append(line)
    flare = {line["part"].replace("-", "_"): sentences(line["words"]) for line in lines.get("flare", [])}
    steps = _steps(lines.get("step", []))
    return {
        **{name: content[name] for name in ("client", "clinic", "help")},
        "agreed_on": date.fromisoformat(content["agreed_on"]),
        "made_with": _mid_sentence(content["made_with"]),
        "why": [line["words"] for line in lines.get("why", [])],
        "steps": steps,
        "goals": _goals(lines.get("goals", [])),
        "next": [_dated(line, "due") for line in lines.get("next", [])],
        "said": [line["said"] for line in lines.get("mind", []) if "said" in line],
        "messages": [line["words"] for line in lines.get("mind", []) if "words" in line],
        "allies": lines.get("who", []),
        "resources": lines.get("resource", []),
        "flare": flare,
        "bad_day": any(step["bad_day"] for step in steps) or "first" in flare or "say" in flare,
    }


READERS = {1: _schema_1}


def listed(content):
    """The lines of a plan that is about to be published, one by one, with dates as dates."""
    return [
        line | {name: date.fromisoformat(line[name]) for name in ("by", "due") if line.get(name)}
        for line in content["lines"]
    ]


def _steps(lines):
    """Each step with the parts that hang on it."""
    steps = {
        line["id"]: {**line, "when": None, "often": None, "barriers": [], "bad_day": ""}
        for line in lines
        if line["part"] == "what"
    }
    for line in lines:
        step = steps.get(line.get("of"))
        if step is None:
            continue
        if line["part"] in ("when", "often"):
            step[line["part"]] = line
        elif line["part"] == "bad-day":
            step["bad_day"] = line["words"]
        else:
            step["barriers"].append({"names": _or(line["barriers"]), "plan": line["plan"]})
    return [step | {"pen": _pen(step)} for step in steps.values()]


def _pen(step):
    """On paper: a box to tick for each time of one week, or three lines to count on."""
    if step["count"]:
        return range(3)
    return range(step["often"]["times"]) if step["often"] else range(0)


def _goals(lines):
    """Goals with their ladders; paper has room for one ladder, so there the others are a sentence."""
    goals = [_dated(line, "by") | {"is_ladder": len(line["rungs"]) > 1} for line in lines]
    first = next((goal["id"] for goal in goals if goal["is_ladder"]), None)
    return [goal | {"on_paper": goal["id"] == first} for goal in goals]


def _dated(line, name):
    return line | {name: date.fromisoformat(line[name]) if line[name] else None}


def sentences(words):
    """A list of short things as sentences: Warmth. A long shower."""
    if isinstance(words, str):
        return words
    said = [word[:1].upper() + word[1:] for word in words]
    return " ".join(word if word[-1:] in ".!?" else f"{word}." for word in said)


def _or(names):
    """Weather, sleep or no time"""
    names = [_mid_sentence(name) for name in names]
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _mid_sentence(words):
    """Words as they stand inside a sentence: NHS nurse stays, Massage therapist loses its capital."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
