"""What a step is made of: its form, its kinds of rows, and what it asks for.

A step posts its single answers under their own names and each row under `<rows>-<id>-<field>`,
with `<rows>=<id>` naming the rows it carries. New rows are `new1`, `new2` …; the server gives them
their ids. A stored row that the post does not name stays as it is.
"""

import re
from dataclasses import dataclass

from django import forms

from painconsult.errors import Refused
from painconsult.ui.fields import Line, Words

NEW = re.compile(r"new[0-9]{1,3}\Z")
MOST_POSTED = 100  # rows of one kind on a page, far above what any step may keep


def free_id(taken):
    """The id of one more new row beside those that are taken."""
    if len(taken := set(taken)) > MOST_POSTED:
        raise Refused("There are too many rows on this page. Remove one first.", status=422)
    return next(name for n in range(1, len(taken) + 2) if (name := f"new{n}") not in taken)


class StepForm(forms.Form):
    """The single answers of a step. Its fields are columns of the consultation, plus what every step has."""

    not_appropriate_reason = Line(300, label="Not today, because")
    client_words = Words(2000, label="In their words")
    private_notes = Words(4000, label="Private notes", heard="record")

    COMMON = ("not_appropriate_reason", "client_words", "private_notes")
    NOTES = ("client_words", "private_notes", "unhelpful_influences", "what_we_missed")  # on no plan

    def __init__(self, data=None, *, consultation, prefix=None):
        super().__init__(data, prefix=prefix)
        self.consultation = consultation
        self.fit(consultation)
        for name in self.left_out(consultation):
            del self.fields[name]

    @classmethod
    def left_out(cls, consultation):
        """After a no to a record only what becomes the gate and the plan is asked for. The step that holds that
        question reads a no itself."""
        if consultation.consent_to_record != "no" or "consent_to_record" in cls.base_fields:
            return []
        return [name for name in cls.NOTES if name in cls.base_fields]

    def fit(self, consultation):
        """Remove the fields that this consultation's scope does not have."""

    def shown(self):
        """Stored values of fields that are not columns of their own name."""
        return {}


class RowForm(StepForm):
    """One row. `main` is the field that says what the row is; without it the row cannot stand."""

    not_appropriate_reason = client_words = private_notes = None
    main = ""
    main_missing = "Say what this is, or remove it."
    quiet = ()  # fields that alone do not make a row

    def clean(self):
        if (
            self.main
            and not self.is_blank
            and not self.cleaned_data.get(self.main)
            and self.main not in self.errors
        ):
            self.add_error(self.main, self.main_missing)

    @property
    def is_new(self):
        return bool(NEW.match(self.prefix.partition("-")[2]))

    @property
    def is_blank(self):
        """Whether this is a new row in which nothing was said. A stored one is changed or removed, never emptied."""
        return self.is_new and not self.errors and is_untouched(self.cleaned_data, self.quiet)


def is_untouched(answers, but=()):
    """Whether nothing was asked of a lasting row at this visit: then its last word stands."""
    return not any(is_answer(value) for name, value in answers.items() if name not in but)


def is_answer(value):
    """Whether something was said. Nought is an answer: they cannot do it at all."""
    return value is not None and value is not False and value != "" and value != []


class Rows:
    """One kind of row of a step: where it is stored, and how it is written."""

    name = ""
    form = RowForm
    most = 12
    offered = 0  # blank rows shown while there is none

    def stored(self, consultation):
        """Return [(id, {field: value})] of the rows this consultation shows, oldest first."""
        raise NotImplementedError

    def save(self, consultation, row_id, answers, by):
        """Write one row (row_id None: a new one) and return it."""
        raise NotImplementedError

    def save_all(self, consultation, told, by):
        """Write these rows, [(id or None, answers)], and return them in that order."""
        return [self.save(consultation, row_id, answers, by) for row_id, answers in told]

    def remove(self, consultation, row_id):
        raise NotImplementedError

    def reason_to_stay(self, consultation, row_id):
        """Why a stored row cannot be removed, in words; '' when it can."""
        return ""

    def check(self, consultation, kept):
        """Add errors that concern several rows; `kept` are the forms that will be written."""

    def start(self, consultation):
        """Values of a blank row before anything is typed."""
        return {}

    def another(self, consultation, data):
        """Values of one more blank row beside what the page holds."""
        return self.start(consultation)

    def taken(self, consultation, name):
        """Values of a new row that takes up what the page names; most kinds of row take up nothing."""
        return {}

    def taken_apart(self, consultation, name):
        """[values] of new rows that take up together what the page names."""
        return []


@dataclass(frozen=True)
class Step:
    slug: str
    form: type[StepForm]
    asks: object  # asks(consultation) -> Asks (asks.py)
    rows: tuple = ()
    restates: tuple = ()  # other steps whose state reads what is saved here
    needs_gate: bool = True
    needs_record: bool = True
    joined: tuple = ()  # rows of one a visit that the page shows, read with the visit
    check: object = None  # check(document): add errors that concern answers and rows together
    before: object = None  # before(consultation, document, by) -> more columns to write, before the rows
    after: object = None  # after(consultation, document, saved, by): and after them; saved: posted id -> row
    put: object = None  # put(consultation, data, *names): write an offered text into the posted data
    about: object = None  # about(page) -> what the template shows beside the form

    @property
    def template(self):
        return f"consults/steps/{self.slug.replace('-', '_')}.html"

    def rows_named(self, name):
        return next((rows for rows in self.rows if rows.name == name), None)
