"""What a pressed button changes on a page of a step without saving anything."""

from django.utils.datastructures import MultiValueDict

from consults.steps.step import NEW
from painconsult.errors import Refused
from painconsult.ui.sheet import as_posted, full_name

MOST_POSTED = 100  # rows of one kind on a page, far above what any step may keep


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
        _add(rows, consultation, data, rows.another(consultation, data))
    elif verb == "take" and len(names) == 2 and (rows := step.rows_named(names[0])):
        _add(rows, consultation, data, rows.start(consultation) | rows.taken(consultation, names[1]))
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


def _add(rows, consultation, data, values):
    taken = set(data.getlist(rows.name))
    row_id = next((name for n in range(1, 999) if (name := f"new{n}") not in taken), None)
    if row_id is None or len(taken) > MOST_POSTED:
        raise Refused("There are too many rows on this page. Remove one first.", status=422)
    data.appendlist(rows.name, row_id)
    fields = rows.form(consultation=consultation).fields
    posted = as_posted(fields, values, f"{rows.name}-{row_id}")
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
