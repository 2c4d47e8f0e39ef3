"""A visit as it is read: sentences instead of fields, numbers with their scale, quotes as quotes."""

from datetime import date

from consults import scoring
from consults.models.goals import LEVELS
from consults.steps.beliefs import room_of
from consults.steps.document import StepPage, in_words
from consults.steps.levels import LEVEL_FIELDS
from consults.steps.pacing import counted, pacing_of
from education import library
from painconsult.ui.fields import Day, Rating, Ticked

QUOTED = {
    "client_words",
    "story_client_words",
    "client_explanation",
    "main_worry",
    "expectation_today",
    "what_we_missed",
    "teach_back_client_words",
    "personal_link",
    "metaphor_own",
    "noticed_before",
    "noticed_after",
    "prediction",
    "learnt_client_words",
    "progress_marker",
    "statement",
    "words",
    "why_it_matters",
    "now_words",
    "say_to_self",
    "behaviour",
    "exceptions",
    "evidence_for",
    "cleared_words",
}
# Staff's own, and what was asked alone: closed, so that the page can be read together.
PRIVATE = {"private_notes", "unhelpful_influences", "suicide_answer", "home_unsafe", "yes", "outcome_reason"}
PRIVATE_ROWS = {"finding"}
LASTING = {
    "belief": "beliefs",
    "alternative": "alternatives",
    "activity": "activities",
    "goal": "goals",
    "ally": "allies",
}
LEVEL_LABELS = dict(
    zip(
        LEVELS,
        ("Further back", "Not there yet", "As expected", "Better than hoped", "Much better than hoped"),
        strict=True,
    )
)


def part_of(visit, step, row):
    """One step on the review page: lines, rows and what stays closed."""
    page = StepPage(step, visit, row)
    lines = [told(page.sheet, name) for name in page.sheet.fields]
    lines = [line for line in lines if line["words"]]
    kept = {rows.name: kept_rows(visit, page, rows) for rows in step.rows}
    return {
        "guide": library.step_guide(step.slug),
        "row": row,
        "lines": [line for line in lines if line["name"] not in PRIVATE],
        "closed": [line for line in lines if line["name"] in PRIVATE],
        "rows": [each for name, found in kept.items() for each in found if name not in PRIVATE_ROWS],
        "closed_rows": [each for name, found in kept.items() for each in found if name in PRIVATE_ROWS],
        "missing": row.missing if row.is_thin or row.state == "enough" else [],
    }


def kept_rows(visit, page, rows):
    """The rows of one kind that belong to this visit: a later visit's are not part of it."""
    later = set()
    if rows.name in LASTING:
        known = getattr(visit.client, LASTING[rows.name])
        later = {
            str(pk) for pk in known.filter(heard_in__number__gt=visit.number).values_list("pk", flat=True)
        }
    sheets = [sheet for sheet in page.rows[rows.name] if sheet.stored and sheet.row_id not in later]
    found = [READ.get(rows.name, plainly)(sheet, rows) for sheet in sheets]
    return [row for row in found if row["title"] or row["lines"]]


def told(sheet, name, label=""):
    return {
        "name": name,
        "label": label or label_of(sheet, name),
        "words": words_of(sheet, name),
        "quoted": name in QUOTED,
    }


def label_of(sheet, name):
    """The words of a field: its label, else the question the client was asked."""
    if sheet.fields[name].label:
        return sheet.fields[name].label
    try:
        return library.question(name).text
    except KeyError:
        return name.replace("_", " ").capitalize()


def words_of(sheet, name):
    field, text = sheet.fields[name], sheet.text(name)
    if isinstance(field, Rating):
        return f"{text} of {max(field.values.values())}" if text else ""
    if isinstance(field, Ticked):
        return "Yes" if text == "yes" else ""
    if isinstance(field, Day):
        return day_in_words(sheet, name)
    return in_words(sheet, name)


def day_in_words(sheet, name):
    parts = [sheet.data.get(f"{sheet.name(name)}-{part}") or "" for part in ("year", "month", "day")]
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return ""
    found = date(*map(int, parts))
    return f"{found:%A} {found.day} {found:%B %Y}"


def line(label, words, quoted=False):
    return {"name": "", "label": label, "words": words, "quoted": quoted}


def row_of(title, lines, quoted=False, about=""):
    return {
        "title": title,
        "quoted": quoted,
        "about": about,
        "lines": [each for each in lines if each["words"]],
    }


def rest(sheet, *without):
    """Every answer but these, one a line."""
    return [told(sheet, name) for name in sheet.fields if name not in (*without, "card")]


def plainly(sheet, rows):
    main = rows.form.main
    if not main:
        return row_of("", rest(sheet))
    return row_of(sheet.text(main), rest(sheet, main), quoted=main in QUOTED, about=ABOUT.get(rows.name, ""))


def a_finding(sheet, rows):
    return row_of(library.flags()[sheet.row_id].name, rest(sheet))


def a_belief(sheet, rows):
    index, words = room_of(sheet)
    lines = rest(sheet, "statement", "status", "focus")
    if index:
        lines.insert(4, line("Room to move", f"{index} of 10, {words}"))
    stands = in_words(sheet, "status") if sheet.text("status") != "active" else ""
    about = ", ".join(filter(None, ["Worked on" if sheet.text("focus") else "", stands]))
    return row_of(sheet.text("statement"), lines, quoted=True, about=about)


def an_alternative(sheet, rows):
    return row_of(
        sheet.text("text"), [told(sheet, "belief", "Instead of"), *rest(sheet, "text", "belief")], True
    )


def an_experiment(sheet, rows):
    kind = in_words(sheet, "kind")
    return row_of(
        sheet.text("movement") or kind,
        rest(sheet, "movement", "kind"),
        about=kind if sheet.text("movement") else "",
    )


def an_activity(sheet, rows):
    """How much now, the start and the first step as one would say them."""
    numbers = ("amounts", "unit", "trial_1", "trial_2", "trial_3", "guess", "now_words")
    plan = ("start_amount", "increment", "frequency_per_week", "barriers_chosen", "barrier_plan", "in_plan")
    lines = rest(sheet, "activity", *numbers, *plan)
    at = next(n for n, each in enumerate(lines) if each["name"] == "if_cue")
    times = sheet.text("frequency_per_week")
    lines[at:at] = [
        line("How much now", now_in_words(sheet), quoted=bool(sheet.text("now_words"))),
        line("The start", start_in_words(sheet)),
    ]
    lines += [
        line(
            "How often", {"": "", "1": "Once a week", "14": "Twice a day"}.get(times, f"{times} times a week")
        ),
        line(in_words(sheet, "barriers_chosen") or "What gets in the way", sheet.text("barrier_plan")),
    ]
    about = "In the plan" if sheet.text("in_plan") else "Rated only"
    return row_of(sheet.text("activity"), lines, about=about)


def now_in_words(sheet):
    unit = sheet.text("unit")
    tries = [text for name in ("trial_1", "trial_2", "trial_3") if (text := sheet.text(name))]
    if tries:
        pacing = pacing_of(sheet)
        mean = f", {scoring.shown(pacing.baseline)} on average" if pacing and len(tries) > 1 else ""
        return f"{', '.join(tries[:-1])}{' and ' if tries[1:] else ''}{counted(int(tries[-1]), unit)}{mean}"
    if sheet.text("guess"):
        return (
            f"About {counted(int(sheet.text('guess')), unit)}, a guess: week one is for counting three tries"
        )
    return sheet.text("now_words")


def start_in_words(sheet):
    start, more = sheet.text("start_amount"), sheet.text("increment") if "increment" in sheet else ""
    if not start:
        return ""
    return counted(int(start), sheet.text("unit")) + (f", and {more} more each week" if more else "")


def a_resource(sheet, rows):
    title = in_words(sheet, "resource_id") or sheet.text("title")
    return row_of(title, rest(sheet, "resource_id", "title"))


def a_goal(sheet, rows):
    """What is likely by when, and the five levels, best first."""
    levels = [
        line(LEVEL_LABELS[level], sheet.text(LEVEL_FIELDS[level]))
        for level in sorted(LEVEL_FIELDS, reverse=True)
    ]
    numbers = ("unit", "now_amount", "expected_amount", "better", "lock", "horizon", "due_date")
    by = ", ".join(filter(None, [in_words(sheet, "horizon"), words_of(sheet, "due_date")]))
    lines = [line("By when", by), *levels, line("In numbers", numbers_in_words(sheet))]
    lines += rest(sheet, "title", *LEVEL_FIELDS.values(), *numbers)
    return row_of(sheet.text("title"), lines, about="Levels locked" if sheet.text("lock") else "")


def numbers_in_words(sheet):
    now, then, unit = (sheet.text(name) for name in ("now_amount", "expected_amount", "unit"))
    if not (now and then and unit):
        return ""
    better = ", less is better" if sheet.text("better") == "lower" else ""
    return f"{now} now, {counted(int(then), unit)} by then{better}"


def a_review(sheet, rows):
    return row_of(words_of(sheet, "due"), [], about=in_words(sheet, "mode"))


ABOUT = {
    "loss": "What they miss",
    "remembered": "What was said to them",
    "effort": "What they have tried",
    "ally": "Somebody who helps",
}
READ = {
    "finding": a_finding,
    "belief": a_belief,
    "alternative": an_alternative,
    "experiment": an_experiment,
    "activity": an_activity,
    "resource": a_resource,
    "goal": a_goal,
    "review": a_review,
}
