"""A published plan, arranged for a page. Every schema that was ever published stays readable."""

import re
import unicodedata
from datetime import date

from consults.actions.plan_content import SCHEMA, without
from consults.how_often import times_named
from education import library


def readable(content, *, schema=SCHEMA, allies=None, today=None):
    """Return what the page of a plan shows, whatever the schema it was published with.

    `allies` are the ids of those who agree to be on it now; somebody who took their consent back
    is on no page, whatever was published. None: as the content has it. Dates before `today` are over.
    """
    told = [line for line in LINES[schema](content["lines"]) if _agrees(line, allies)]
    again, lines = repeated(told), {}
    for line in told:
        if line.get("part") == "often":  # not said again, and its boxes to tick stay on paper
            line = line | {"is_said": line["id"] in again}
        elif line["id"] in again:
            continue
        lines.setdefault(line["section"], []).append(line)
    flare = {line["part"].replace("-", "_"): sentences(line["words"]) for line in lines.get("flare", [])}
    goals = _goals(lines.get("goals", []))
    steps = _steps(lines.get("step", []), {plain(goal["title"]) for goal in goals})
    return {
        **{name: content[name] for name in ("client", "clinic", "help")},
        "agreed_on": date.fromisoformat(content["agreed_on"]),
        "made_with": _mid_sentence(content["made_with"]),
        "crisis": content.get("crisis", ""),  # since schema 4
        "why": [line["words"] for line in lines.get("why", [])],
        "steps": steps,
        "goals": goals,
        "next": _to_come(lines.get("next", []), today),
        **_mind(lines.get("mind", [])),
        "allies": _allies(lines.get("who", [])),
        "resources": lines.get("resource", []),
        "flare": flare,
        "bad_day": any(step["bad_day"] for step in steps) or "first" in flare or "say" in flare,
    }


# --- what was published, as lines of today --------------------------------------------------------


def _lines_1(lines):
    """Schema 1 had no parts in what to keep in mind, and one line for a person."""
    for line in lines:
        if line["section"] == "mind":
            said = {"part": "said", "words": line["said"]} if "said" in line else {"part": "idea"}
            yield {**line, **said}
        elif line["section"] == "who":
            yield {**line, "part": "helps"}
            if line["will_stop"]:
                less = {"id": f"less-{line['ally']}", "part": "less", "of": line["id"]}
                yield {**line, **less, "words": line["will_stop"]}
        else:
            yield line


def _lines_2(lines):
    """Schema 2 had of an idea its headline only."""
    for line in lines:
        yield line | {"explanation": "", "unsure": ""} if line.get("part") == "idea" else line


def _lines_3(lines):
    """Schema 3 had of a date its day only, and what is counted in the line of the activity."""
    for line in lines:
        yield line | {"at": ""} if line["section"] == "next" else line
        if line.get("count"):
            counting = {"id": f"count-{line['id']}", "part": "count", "of": line["id"], "ordinary": True}
            yield line | counting


def _lines_4(lines):
    """Schema 4 had of a date its hour, and no part of the day."""
    for line in lines:
        yield line | {"part_of_day": ""} if line["section"] == "next" else line


LINES = {
    1: lambda lines: LINES[2](_lines_1(lines)),
    2: lambda lines: LINES[3](_lines_2(lines)),
    3: lambda lines: LINES[4](_lines_3(lines)),
    4: _lines_4,
    5: list,
}


def says_the_same(version, content):
    """Whether a published version tells what this content would, whatever the schema it was published with."""
    return version.content | {"lines": list(LINES[version.schema](version.content["lines"]))} == content


def _agrees(line, allies):
    return line["section"] != "who" or allies is None or line["ally"] in allies


def listed(content, struck=()):
    """The lines of a plan that is about to be published, one by one, with dates as dates; `again` are those
    whose words another line has that is not left out."""
    again = repeated(without(content, struck)["lines"])
    return [
        line
        | {name: date.fromisoformat(line[name]) for name in ("by", "due") if line.get(name)}
        | {"again": line["id"] in again}
        | ({"says_more": says_more(line)} if line["section"] == "goals" else {})
        for line in content["lines"]
    ]


# --- nothing is said twice ------------------------------------------------------------------------


def repeated(lines):
    """Ids of lines whose every sentence stands in another: what they tell themselves in a flare comes first. How often
    is said where the "when" of its step names it."""
    again = {line["id"] for line in lines if line.get("part") == "often" and _says_how_often(lines, line)}
    sayings = [line for line in lines if line["section"] in ("why", "mind") or line.get("part") == "say"]
    seen = set()
    for line in sorted(sayings, key=lambda line: line["section"] != "flare"):
        told = {plain(each) for each in re.split(r"(?<=[.!?])[”\"]?\s+", line["words"])}
        if told <= seen:
            again.add(line["id"])
        seen |= told
    return again


def _says_how_often(lines, often):
    when = (line for line in lines if line.get("of") == often["of"] and line.get("part") == "when")
    return any(times_named(line["cue"]) == often["times"] for line in when)


def plain(words):
    """Words as they sound: no capitals, quotation marks or full stops. A question stays one."""
    marks = ("P", "Z")
    kept = (
        each if each == "?" or unicodedata.category(each)[0] not in marks else " "
        for each in words.casefold()
    )
    return " ".join("".join(kept).split())


# --- the parts of the page ------------------------------------------------------------------------


def _steps(lines, goals):
    """Each step with the parts that hang on it; what it is for, unless a goal or the step itself says so."""
    steps = {
        line["id"]: {
            **line,
            "when": None,
            "often": None,
            "more": "",
            "count": "",
            "barriers": [],
            "bad_day": "",
        }
        for line in lines
        if line["part"] == "what"
    }
    for line in lines:
        step = steps.get(line.get("of"))
        if step is None:
            continue
        if line["part"] in ("when", "often"):
            step[line["part"]] = line
        elif line["part"] == "count":
            step |= {"count": line["count"], "ordinary": line["ordinary"]}
        elif line["part"] == "more":
            step["more"] = line["more"]
        elif line["part"] == "bad-day":
            step["bad_day"] = line["words"]
        else:
            step["barriers"].append(_if_then(line))
    return [_headed(step, goals) | {"pen": _pen(step)} for step in steps.values()]


def _if_then(line):
    """What gets in the way, and what then; `says_when`: the sentence itself begins with it."""
    says_when = plain(line["plan"]).startswith(("if ", "when ", "whenever ", "as soon as "))
    return {"names": _or(line["barriers"]), "plan": line["plan"], "says_when": says_when}


def _headed(step, goals):
    action = step["when"]["action"] if step["when"] else ""
    known = goals | {plain(action)}
    is_for = step["activity"] if action and plain(step["activity"]) not in known else ""
    return step | {"big": action or step["activity"], "for": is_for}


def _pen(step):
    """On paper: a box to tick for each time of one week, or three lines to count on."""
    if step["count"]:
        return range(3)
    cue = step["when"]["cue"] if step["when"] else ""
    return range(step["often"]["times"] if step["often"] else times_named(cue) or 0)


def says_more(goal):
    """Whether what they hope for is other words than the goal itself."""
    return plain(goal["expected"]) not in ("", plain(goal["title"]))


def _goals(lines):
    """Goals with their ladders; paper has room for one ladder, so there the others are a sentence."""
    goals = [_dated(line, "by") | {"is_ladder": len(line["rungs"]) > 1} for line in lines]
    first = next((goal["id"] for goal in goals if goal["is_ladder"]), None)
    return [goal | {"on_paper": goal["id"] == first, "says_more": says_more(goal)} for goal in goals]


def _mind(lines):
    """Their own words, the ideas, and one picture: their own, or one of ours with its drawing."""
    picture = next((line for line in lines if line["part"] in ("picture", "own-picture")), None)
    return {
        "said": [line["words"] for line in lines if line["part"] == "said"],
        "ideas": [line for line in lines if line["part"] == "idea"],
        "picture": picture and {"words": picture["words"], "drawing": _drawing(picture.get("picture"))},
    }


def _drawing(id):
    """The drawing of a picture; one that is no longer taught leaves its words."""
    return next((each for each in library.pictures() if each.id == id), None)


def _allies(lines):
    people = {line["id"]: {**line, "less": ""} for line in lines if line["part"] == "helps"}
    for line in lines:
        if line["part"] == "less" and line["of"] in people:
            people[line["of"]]["less"] = line["words"]
    return list(people.values())


def _to_come(lines, today):
    dated = [_dated(line, "due") for line in lines]
    return [line for line in dated if today is None or line["due"] >= today]


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
