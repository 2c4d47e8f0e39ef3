"""A step as its page shows it, and in what two such pages differ."""

from consults.steps.step import NEW, StepForm, free_id
from painconsult.ui.sheet import Sheet, as_posted


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
            sheets.append(self._blank_sheet(rows, free_id({sheet.row_id for sheet in sheets})))
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

    def place_of_next(self, asks):
        """The id on the page of the place where the next thing is asked that is missing for today; "" where none is.

        Of rows it is the first field without an answer, of the row that has most of what is asked: the furthest
        one counts for a state. "" while there is no row.
        """
        ask = asks.next
        if ask is None or ask.at:
            return ask.at if ask else ""
        asked = {name for other in asks.enough if other.rows == ask.rows for name in other.fields}
        sheets = [sheet for sheet in self.rows[ask.rows] if not sheet.removed] if ask.rows else [self.sheet]
        sheets.sort(key=lambda sheet: -sum(bool(sheet.text(name)) for name in asked))
        fields = [(sheet, name) for sheet in sheets for name in ask.fields]
        empty = [(sheet, name) for sheet, name in fields if not sheet.text(name)]
        return next((sheet.target(name) for sheet, name in [*empty, *fields]), "")

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
        there = (sheet for sheet in sheets if sheet.stored or not sheet.removed)
        pairs += [(told_of(sheet), known.get(sheet.row_id), sheet) for sheet in there]
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
    texts = [text for key in field.posted(sheet.name(name), None) for text in sheet.data.getlist(key)]
    return ", ".join(field.told(text) for text in texts if text)
