"""A step as one form: how it is read, checked, shown and arranged.

A step posts its single answers under their own names and each row under `<rows>-<id>-<field>`,
with `<rows>=<id>` naming the rows it carries. New rows are `new1`, `new2` …; the server gives them
their ids. A stored row that the post does not name stays as it is.
"""

import re
from dataclasses import dataclass, field

from django import forms
from django.utils.datastructures import MultiValueDict

from painconsult.errors import Refused
from painconsult.ui.fields import Line, Words
from painconsult.ui.sheet import Sheet, as_posted, full_name

NEW = re.compile(r"new[0-9]{1,3}\Z")
NOT_KEPT = "They said no to a record, so private notes and their words are not kept. They are left out now."
MOST_POSTED = 100  # rows of one kind on a page, far above what any step may keep


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

    def taken(self, consultation, name):
        """Values of a new row that takes up what the page names; most kinds of row take up nothing."""
        return {}


@dataclass(frozen=True)
class Step:
    slug: str
    form: type[StepForm]
    asks: object  # asks(consultation) -> Asks
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


@dataclass
class Asks:
    """What a step asks for: labels of `enough for today` and of `full`, each with whether it is there.

    `afterwards` is what needs no client and waits until they have left (guide A.9): each with the id of its field
    on the page.
    """

    enough: list
    full: list = field(default_factory=list)
    begun: bool = False
    afterwards: list = field(default_factory=list)

    @property
    def stand(self):
        """(state, what is missing for the next state)."""
        missing = [label for label, there in self.enough if not there]
        if missing:
            begun = self.begun or any(there for _, there in self.enough)
            return ("begun" if begun else "not_started"), missing
        wanting = [label for label, there in self.full if not there]
        return ("enough", wanting) if wanting else ("full", [])

    @property
    def to_finish(self):
        """[[label, id of the field]] of what is still to be finished afterwards."""
        return [[label, target] for label, there, target in self.afterwards if not there]


class Document:
    """A posted step: its answers and rows, checked. A row id that is neither new nor here is refused."""

    def __init__(self, step, consultation, data):
        self.step, self.consultation, self.data = step, consultation, data
        self.form = step.form(data, consultation=consultation)
        self.rows = [
            (rows, row_id, self._row_form(rows, row_id))
            for rows in step.rows
            for row_id in self._row_ids(rows)
        ]

    def _row_ids(self, rows):
        ids = list(dict.fromkeys(self.data.getlist(rows.name)))
        old = {row_id for row_id in ids if not NEW.match(row_id)}
        if old and old - {row_id for row_id, _ in rows.stored(self.consultation)}:
            raise Refused("This page names something that is not part of this consultation.", status=404)
        return ids

    def _row_form(self, rows, row_id):
        if self.data.get(f"{rows.name}-{row_id}-remove") == "yes":
            return None
        return rows.form(self.data, consultation=self.consultation, prefix=f"{rows.name}-{row_id}")

    def is_valid(self):
        self.form.is_valid()
        if any((self.data.get(name) or "").strip() for name in self.form.left_out(self.consultation)):
            self.form.add_error(None, NOT_KEPT)
        kept = {rows.name: [] for rows in self.step.rows}
        for rows, row_id, form in self.rows:
            if form is None:
                if not NEW.match(row_id) and (reason := rows.reason_to_stay(self.consultation, row_id)):
                    self.form.add_error(None, reason)
                continue
            form.is_valid()
            if NEW.match(row_id) and form.is_blank:
                continue
            form.row_id = row_id
            kept[rows.name].append(form)
        for rows in self.step.rows:
            if len(kept[rows.name]) > rows.most:
                kept[rows.name][-1].add_error(None, f"{rows.most} is the most here; remove one.")
            rows.check(self.consultation, kept[rows.name])
        self.kept = kept
        if self.step.check:
            self.step.check(self)
        return not self.form.errors and not any(form.errors for forms_ in kept.values() for form in forms_)

    def writes(self):
        """Yield (rows, posted row id, answers or None to remove) in the order of the page."""
        for rows, row_id, form in self.rows:
            new = bool(NEW.match(row_id))
            if form is None:
                if not new:
                    yield rows, row_id, None
            elif not (new and form.is_blank):
                yield rows, row_id, form.cleaned_data

    def by_kind(self):
        """Yield (rows, ids of those to remove, [(posted row id, answers)] of those to write)."""
        for kind in self.step.rows:
            told = [(row_id, answers) for rows, row_id, answers in self.writes() if rows is kind]
            gone = [row_id for row_id, answers in told if answers is None]
            yield kind, gone, [(row_id, answers) for row_id, answers in told if answers is not None]

    def answer_of(self, row_id, field):
        """One cleaned answer of a posted row, or None."""
        form = next((form for _, posted, form in self.rows if posted == row_id and form is not None), None)
        return form.cleaned_data.get(field) if form is not None else None

    def answers(self):
        """What was answered, as plain data for the entry: {"answers": {…}, "rows": {name: [[id, {…}]]}}."""
        rows = {}
        for kind, row_id, answers in self.writes():
            told = None if answers is None else {name: plain(value) for name, value in answers.items()}
            rows.setdefault(kind.name, []).append([row_id, told])
        return {"answers": {n: plain(v) for n, v in self.form.cleaned_data.items()}, "rows": rows}


def plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


class StepPage:
    """A step as its template reads it: a sheet for the answers and one per row.

    `data` is what was posted or drafted; None shows the record.
    """

    def __init__(self, step, consultation, row, data=None, document=None):
        self.step, self.consultation, self.row = step, consultation, row
        self.data, self.document = data, document
        form = document.form if document else step.form(consultation=consultation)
        columns = {field.name for field in consultation._meta.concrete_fields}
        values = {name: getattr(consultation, name) for name in form.fields if name in columns}
        values |= {name: getattr(row, name, "") for name in StepForm.COMMON} | form.shown()
        texts = as_posted(form.fields, values) if data is None else data
        self.sheet = Sheet(form.fields, texts, dict(form.errors) if document else {})
        self.blank = {rows.name: rows.form(consultation=consultation).fields for rows in step.rows}
        self.rows = {rows.name: self._sheets(rows) for rows in step.rows}

    def _sheets(self, rows):
        sheets = [
            self._stored_sheet(rows, row_id, values) for row_id, values in rows.stored(self.consultation)
        ]
        posted = self.data.getlist(rows.name) if self.data is not None else []
        sheets += [
            self._sheet(rows, row_id, self.data, False)
            for row_id in dict.fromkeys(posted)
            if NEW.match(row_id)
        ]
        while len(sheets) < rows.offered:
            sheets.append(self._blank_sheet(rows, f"new{len(sheets) + 1}"))
        return sheets

    def _stored_sheet(self, rows, row_id, values):
        if self.data is not None and row_id in self.data.getlist(rows.name):
            return self._sheet(rows, row_id, self.data, True)
        prefix = f"{rows.name}-{row_id}"
        return self._sheet(rows, row_id, as_posted(self.blank[rows.name], values, prefix), True)

    def _blank_sheet(self, rows, row_id):
        prefix = f"{rows.name}-{row_id}"
        return self._sheet(
            rows, row_id, as_posted(self.blank[rows.name], rows.start(self.consultation), prefix), False
        )

    def _sheet(self, rows, row_id, data, stored):
        prefix = f"{rows.name}-{row_id}"
        form = self._form_of(rows, row_id)
        return Sheet(
            form.fields if form else self.blank[rows.name],
            data,
            dict(form.errors) if form is not None and form.is_bound else {},
            prefix,
            kind=rows.name,
            row_id=row_id,
            stored=stored,
            removed=data.get(f"{prefix}-remove") == "yes",
        )

    def _form_of(self, rows, row_id):
        if self.document is None:
            return None
        return next((f for r, i, f in self.document.rows if r is rows and i == row_id), None)

    @property
    def sheets(self):
        return [self.sheet, *(sheet for sheets in self.rows.values() for sheet in sheets)]

    @property
    def problems(self):
        return [problem for sheet in self.sheets for problem in sheet.problems()]


def differences(stored, yours):
    """Return [(label, stored text, your text)] for each answer in which two pages differ."""
    pairs = [("", stored.sheet, yours.sheet)]
    for name, sheets in yours.rows.items():
        known = {sheet.row_id: sheet for sheet in stored.rows[name]}
        pairs += [(told_of(sheet), known.get(sheet.row_id), sheet) for sheet in sheets]
    return [
        (f"{where}{field.label or name}", theirs, mine)
        for where, one, other in pairs
        for name, field in other.fields.items()
        if (theirs := in_words(one, name)) != (mine := in_words(other, name))
    ]


def told_of(sheet):
    main = next((sheet.text(name) for name in sheet.fields if sheet.text(name)), "")
    return f"{main[:60]}: " if main else ""


def in_words(sheet, name):
    """What a sheet holds in one field, as a person would read it."""
    if sheet is None:
        return ""
    field = sheet.fields[name]
    options = getattr(field, "options", {})
    texts = [text for key in field.posted(sheet.name(name), None) for text in sheet.data.getlist(key)]
    return ", ".join(options.get(text, text) for text in texts if text)


def arrange(step, consultation, data, do):
    """Return the posted data with one change that saves nothing: a row added, taken up, removed.

    `do` is what the pressed button says: `add:belief`, `remove:belief:<id>`, `back:belief:<id>`,
    `take:<rows>:<card>`, `leave:<card>`, `merge:<card>:<row>`, `unleave:<card>`, `put:<what>` for a
    text the page offers, or `show` to draw the page again with what is pressed now.
    """
    data = MultiValueDict({key: list(data.getlist(key)) for key in data})
    verb, *names = do.split(":")
    names = names or [""]
    if verb == "add" and (rows := step.rows_named(names[0])):
        _add(rows, consultation, data)
    elif verb == "take" and len(names) == 2 and (rows := step.rows_named(names[0])):
        _add(rows, consultation, data, rows.taken(consultation, names[1]))
    elif verb == "remove" and len(names) == 2:
        _remove(data, *names)
    elif verb == "back" and len(names) == 2:
        data.pop(f"{names[0]}-{names[1]}-remove", None)
    elif verb in ("leave", "merge"):
        data.appendlist(
            "cards", ":".join([names[0], *(["left"] if verb == "leave" else ["merged", *names[1:]])])
        )
    elif verb == "put" and step.put:
        step.put(consultation, data, *names)
    elif verb == "unleave":
        kept = [use for use in data.getlist("cards") if not use.startswith(f"{names[0]}:")]
        data.setlist("cards", kept)
    return data


def _add(rows, consultation, data, values=None):
    taken = set(data.getlist(rows.name))
    row_id = next((name for n in range(1, 999) if (name := f"new{n}") not in taken), None)
    if row_id is None or len(taken) > MOST_POSTED:
        raise Refused("There are too many rows on this page. Remove one first.", status=422)
    data.appendlist(rows.name, row_id)
    fields = rows.form(consultation=consultation).fields
    posted = as_posted(fields, {**rows.start(consultation), **(values or {})}, f"{rows.name}-{row_id}")
    for key, texts in posted.lists():
        data.setlist(key, texts)


def _remove(data, name, row_id):
    if NEW.match(row_id):
        data.setlist(name, [other for other in data.getlist(name) if other != row_id])
        for key in [key for key in data if key.startswith(f"{name}-{row_id}-")]:
            del data[key]
    else:
        if row_id not in data.getlist(name):
            data.appendlist(name, row_id)
        data.setlist(full_name(f"{name}-{row_id}", "remove"), ["yes"])
