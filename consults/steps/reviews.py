"""When to look at it together: the dates of reviews, and the day a horizon falls on (guide G.3)."""

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.dateformat import format as date_format

from consults.models import Review
from consults.steps.step import RowForm, Rows, free_id
from consults.steps.writing import write
from education import library
from painconsult.ui import clock
from painconsult.ui.fields import Choice, Day, TimeOfDay

BEFORE_THE_VISIT = "This day lies before the visit. Choose a later one."
NEXT = re.compile(r"(visit|call|message)-([0-9]{4}-[0-9]{2}-[0-9]{2})\Z")
A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class ReviewForm(RowForm):
    due = Day(label="When you will look at it together", first=date(2000, 1, 1))
    at = TimeOfDay(label="At what time?")
    mode = Choice(Review.MODES, label="How")
    main, main_missing = "due", "Fill in the day, or remove this review."
    quiet = ("mode",)


class ReviewRows(Rows):
    name, form, most = "review", ReviewForm, 6

    def stored(self, consultation):
        return [
            (str(review.pk), {"due": review.due, "at": review.at or review.part, "mode": review.mode})
            for review in reviews_of(consultation)
        ]

    def save_all(self, consultation, told, by):
        known = {str(one.pk): one for one in reviews_of(consultation)} if any(id for id, _ in told) else {}
        new = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
        return write(
            [
                (
                    known[id] if id else Review(**new, booked_in=consultation),
                    answers | in_its_columns(answers["at"]) | {"mode": answers["mode"] or "visit"},
                )
                for id, answers in told
            ]
        )

    def remove(self, consultation, row_id):
        consultation.reviews.filter(pk=row_id, status="due").delete()

    def check(self, consultation, kept):
        for form in kept:
            if form.cleaned_data.get("due") and form.cleaned_data["due"] < consultation.held_on:
                form.add_error("due", BEFORE_THE_VISIT)


def in_its_columns(when):
    """{column: value} of what was said of the hour."""
    return {"at": None, "part": when} if when in clock.PARTS else {"at": when, "part": ""}


def reviews_of(consultation):
    """The dates booked at this visit, the next one first: read once a page."""
    prefetch_related_objects([consultation], "reviews")
    return consultation.reviews.all()


def due_on(day, horizon):
    """The date of a horizon counted from the visit; calendar months clip to the last day (guide G.3)."""
    chip = next((chip for chip in library.chips("horizons") if chip.id == horizon), None)
    if chip is None:
        return None
    if not chip.months:
        return day + timedelta(days=chip.days)
    months = day.year * 12 + day.month - 1 + chip.months
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_dates(page, goals):
    """[(token, words, day, how, whether it is booked)]: when to look at it together, the next first (guide G.3): a
    call after the first week, visits after two and six, and the weeks between for whoever cannot come then. What is
    booked keeps its place, so that the next one does not come under a finger.

    `goals` are the cards of the page: a goal that is due later than that is looked at on its day.
    """
    start = page.consultation.held_on
    offers = [("In a week", start + timedelta(weeks=1), "call")]
    offers += [(f"In {weeks} weeks", start + timedelta(weeks=weeks), "visit") for weeks in (2, 3, 4, 6)]
    last = offers[-1][1]
    if later := [goal["due"] for goal in goals if goal["due"] and goal["due"] > last]:
        offers.append(("When the goal is due", min(later), "visit"))
    booked = {day_of(sheet, "due") for sheet in page.rows["review"] if not sheet.removed}
    return [
        (f"{how}-{day.isoformat()}", words, day, Review.MODES[how], day in booked)
        for words, day, how in offers
    ]


def day_of(sheet, field):
    """The day that stands in three boxes; None while it is none."""
    parts = [sheet.data.get(f"{sheet.name(field)}-{part}") or "" for part in ("year", "month", "day")]
    if not all(re.match(r"[0-9]{1,4}\Z", part) for part in parts):
        return None
    with suppress(ValueError):
        return date(*map(int, parts))


def date_in_words(sheet, held_on):
    """(words, whether they refuse): a date with its weekday and time as saving would take them, or what saving would
    say; ("", False) without a whole day."""
    day = day_of(sheet, "due")
    if day is None:
        return "", False
    try:
        day = sheet.fields["due"].clean([str(day.day), str(day.month), f"{day.year}"])
        hour = clock.in_words(**in_its_columns(sheet.fields["at"].clean(sheet.text("at"))))
    except ValidationError as refused:
        return refused.messages[0], True
    if day < held_on:
        return BEFORE_THE_VISIT, True
    return f"{date_format(day, 'l j F Y')} {hour}".strip(), False


def week_of(sheet, held_on):
    """[(token, words, whether it is the day chosen)]: the working days of the week of a date that stands, to move it
    to one of them without counting; nothing while there is no date, or it is refused."""
    words, is_refused = date_in_words(sheet, held_on)
    day = day_of(sheet, "due")
    if is_refused or not words:
        return []
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=n) for n in range(5)]
    return [(each.isoformat(), date_format(each, "D j"), each == day) for each in week if each >= held_on]


def move_review(data, row_id, day):
    for part, text in zip(("year", "month", "day"), day.split("-"), strict=True):
        data.setlist(f"review-{row_id}-due-{part}", [str(int(text))])


def add_review(data, mode, day):
    row_id = free_id(data.getlist("review"))
    data.appendlist("review", row_id)
    move_review(data, row_id, day)
    data.setlist(f"review-{row_id}-mode", [mode])
