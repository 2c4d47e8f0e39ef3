"""A posted step: its answers and rows, checked together."""

from consults.steps.step import NEW
from painconsult.errors import Refused

NOT_KEPT = "They said no to a record, so private notes and their words are not kept. They are left out now."


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
