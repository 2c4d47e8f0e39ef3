"""The safety screen read aloud, what a yes opens, the questions asked alone, and where to get help."""

from dataclasses import replace
from functools import cache

from education import content_types as rows
from education.reader import ContentError, content, row, table


@cache
def flags():
    found = table("safety", "flags", rows.Flag)
    for flag in found.values():
        where = f"safety.toml: flag {flag.id}"
        if not flag.levels or list(flag.levels) != [level for level in "EUR" if level in flag.levels]:
            raise ContentError(f"{where}: levels should be some of E, U, R, the highest first")
        if flag.starts_at not in flag.levels or set(flag.do) != set(flag.levels):
            raise ContentError(f"{where}: starts_at and do should go with its levels")
    return found


@cache
def screen_groups():
    seen, groups = set(), []
    for entry in content("safety")["groups"]:
        lines = table("safety", f"group {entry['number']}", rows.ScreenLine, data=entry["lines"])
        for line in lines.values():
            if line.flag not in flags() or line.id in seen:
                raise ContentError(f"safety.toml: line {line.id}: flag unknown, or the id is there twice")
        seen.update(lines)
        groups.append({**entry, "lines": list(lines.values())})
    asked = {line.flag for group in groups for line in group["lines"]}
    for flag in flags().values():
        if flag.screened and not flag.by_birth_date and flag.id not in asked:
            raise ContentError(f"safety.toml: no line asks about {flag.id}")
    return tuple(table("safety", "groups", rows.ScreenGroup, "number", groups).values())


@cache
def safety():
    data = content("safety")
    return rows.Safety(
        *(data[key] for key in ("opening", "personal", "none_label", "review_question")),
        levels=table("safety", "levels", rows.Outcome),
        outcomes=table("safety", "outcomes", rows.Outcome),
        touch=row(rows.Touch, data["touch"], "safety.toml: touch"),
    )


@cache
def direct_question(flag):
    for entry in content("safety")["direct"]:
        if entry["flag"] == flag:
            answers = table("safety", f"direct {flag}", rows.Answer, data=entry["answers"])
            for answer in answers.values():
                if answer.level and answer.level not in flags()[flag].levels:
                    raise ContentError(
                        f"safety.toml: {flag}: answer {answer.id} has a level its flag has not"
                    )
            return row(
                rows.DirectQuestion, {**entry, "answers": [*answers.values()]}, f"safety.toml: direct {flag}"
            )
    raise KeyError(flag)


@cache
def _help():
    return tuple(table("safety", "help", rows.HelpBlock).values())


def get_help(*, emergency="", crisis="", clinic="", on="plan"):
    """The fixed text with the clinic's own numbers; what is missing is said in words, so it always prints."""
    given = {"emergency": emergency, "crisis": crisis, "clinic": clinic}
    words = {key: given[key].strip() or text for key, text in content("safety")["help_fallback"].items()}
    return tuple(
        replace(
            block,
            heading=block.heading.format_map(words),
            lines=tuple(line.format_map(words) for line in block.lines),
        )
        for block in _help()
        if on in block.shown_on
    )
