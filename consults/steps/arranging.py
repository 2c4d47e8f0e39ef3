"""What a pressed button changes on a page of a step without saving anything."""

from django.utils.datastructures import MultiValueDict

from consults.steps.step import NEW, free_id
from painconsult.ui.sheet import as_posted, full_name


def arrange(step, consultation, data, do):
    """Return the posted data with one change that saves nothing: a row added, taken up, removed.

    `do` is what the pressed button says: `add:belief`, `remove:belief:<id>`, `back:belief:<id>`,
    `take:<rows>:<card>`, `apart:<rows>:<card>`, `leave:<card>`, `merge:<card>:<row>`, `unleave:<card>`,
    `put:<what>` for a text the page offers, or `show` to draw the page again with what is pressed now.
    """
    data = MultiValueDict({key: list(data.getlist(key)) for key in data})
    verb, *names = do.split(":")
    names = names or [""]
    if verb == "add" and (rows := step.rows_named(names[0])):
        _add(rows, consultation, data, rows.another(consultation, data))
    elif verb == "take" and len(names) == 2 and (rows := step.rows_named(names[0])):
        _add(rows, consultation, data, rows.start(consultation) | rows.taken(consultation, names[1]))
    elif verb == "apart" and len(names) == 2 and (rows := step.rows_named(names[0])):
        for values in rows.taken_apart(consultation, names[1]):
            _add(rows, consultation, data, rows.start(consultation) | values)
    elif verb == "remove" and len(names) == 2 and (rows := step.rows_named(names[0])):
        _remove(rows, consultation, data, names[1])
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


def _add(rows, consultation, data, values):
    row_id = free_id(data.getlist(rows.name))
    data.appendlist(rows.name, row_id)
    fields = rows.form(consultation=consultation).fields
    posted = as_posted(fields, values, f"{rows.name}-{row_id}")
    for key, texts in posted.lists():
        data.setlist(key, texts)


def _remove(rows, consultation, data, row_id):
    """Mark a row as removed, so that it can be put back; a new one that holds nothing of theirs only goes."""
    if NEW.match(row_id) and not _was_told(rows, consultation, data, row_id):
        data.setlist(rows.name, [other for other in data.getlist(rows.name) if other != row_id])
        for key in [key for key in data if key.startswith(f"{rows.name}-{row_id}-")]:
            del data[key]
    else:
        if row_id not in data.getlist(rows.name):
            data.appendlist(rows.name, row_id)
        data.setlist(full_name(f"{rows.name}-{row_id}", "remove"), ["yes"])


def _was_told(rows, consultation, data, row_id):
    """Whether a new row holds anything but what the page began it with: its usual values, or what it took up."""
    prefix = f"{rows.name}-{row_id}"
    form = rows.form(data, consultation=consultation, prefix=prefix)
    if form.is_valid() and form.is_blank:
        return False
    others, took = data.copy(), data.get(f"{prefix}-card") or data.get(f"{prefix}-replaces")
    others.setlist(rows.name, [other for other in data.getlist(rows.name) if other != row_id])
    begun = rows.another(consultation, others) | rows.taken(consultation, took or "")
    offered = as_posted(form.fields, begun, prefix)
    return any(
        text.strip() and text not in offered.getlist(key)
        for key in data
        if key.startswith(f"{prefix}-")
        for text in data.getlist(key)
    )
