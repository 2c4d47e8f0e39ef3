"""The parts of a form, written once. Each takes a sheet and a field's name, or the sheet of a row.

A field that the sheet does not have (a scope profile removed it) renders nothing.

The markup of the parts is in templates/ui, in Jinja: its tags read like Django's, and it is ten times as fast. A
page with three open beliefs shows sixty parts and six hundred keys. What else such a page repeats may be a .jinja
file too, drawn by `{% jinja %}`; there the parts are filters: {{ row|scale("impact") }}.
"""

from calendar import day_name, month_name
from datetime import datetime
from functools import wraps

from django import template
from django.conf import settings
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.safestring import SafeString
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from painconsult.ui.icons import ICONS

register = template.Library()
parts = Environment(
    loader=FileSystemLoader(settings.BASE_DIR / "templates"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
)
parts.globals.clear()  # no part uses one, and each would be copied into every part of a page


def rendered(function):
    """A tag that renders the part of its own name with what the function found; None renders nothing."""
    name = function.__name__

    @register.simple_tag(name=name)
    @wraps(function)
    def tag(*args, **kwargs):
        found = function(*args, **kwargs)
        return SafeString(parts.get_template(f"ui/{name}.jinja").render(found)) if found else ""

    parts.filters[name] = tag
    return tag


def part(sheet, field, label, hint, **more):
    """What every part shows; None when the sheet has no such field."""
    if not sheet or field not in sheet:
        return None
    error, id = sheet.error(field), sheet.id(field)
    heard = getattr(sheet.fields[field], "heard", "")
    beside = (("hint", hint), ("error", error), ("say", heard))
    described = " ".join(f"{id}-{what}" for what, there in beside if there)
    return {
        "name": sheet.name(field),
        "id": id,
        "label": label or sheet.fields[field].label,
        "hint": hint,
        "error": error,
        "described": described,
        "text": sheet.text(field),
        "heard": heard,
        "advice": sheet.advice.get(field, ()),
        **more,
    }


@rendered
def textarea(sheet, field, label="", hint="", rows=2, voice=False, optional=False):
    return part(sheet, field, label, hint, rows=rows, voice=voice, optional=optional)


A_SENTENCE = 200  # characters


@rendered
def line(sheet, field, label="", hint="", voice=False, kind="text", optional=False, autocomplete="off"):
    """One line: a box that grows where a whole sentence may stand, because a sentence should be read whole."""
    found = part(
        sheet, field, label, hint, voice=voice, kind=kind, optional=optional, autocomplete=autocomplete
    )
    return found and found | {"grows": kind == "text" and sheet.fields[field].most >= A_SENTENCE}


@rendered
def whole(sheet, field, label="", hint="", unit="", quiet=False):
    return part(sheet, field, label, hint, unit=unit, quiet=quiet)


@rendered
def day(sheet, field, label="", hint=""):
    found = part(sheet, field, label, hint)
    return found and found | {
        "boxes": [
            (box, box.capitalize(), sheet.data.get(f"{sheet.name(field)}-{box}") or "")
            for box in ("day", "month", "year")
        ]
    }


@rendered
def scale(sheet, field, label="", low="", high="", hint="", was=None):
    found = part(sheet, field, label, hint, low=low, high=high, was="" if was is None else str(was))
    if found:  # the loop of the part is not asked for its first key: that makes it slow
        values = sheet.fields[field].values
        found |= {"values": values, "first": next(iter(values))}
    return found


TENS = [str(ten) for ten in range(0, 101, 10)]


@rendered
def conviction(
    sheet, field, label="", low="not at all", high="completely", hint="", then=None, when="", by_fives=True
):
    """`then` is an answer given to the same question `when`: beside it, to be pressed, never chosen already. A screen
    that goes on with the first press has no room for moving it `by_fives`: that is left to the page it returns to.
    """
    found = part(sheet, field, label, hint, low=low, high=high, tens=TENS, when=when, by_fives=by_fives)
    if found:
        found["then"] = "" if then is None else str(then)
        found["between"] = {found["text"], found["then"]} - {"", *TENS}
    return found


def chosen_of(sheet, field, texts):
    return [(key, str(title), key in texts) for key, title in sheet.fields[field].options.items()]


@rendered
def pills(sheet, field, label="", hint="", quiet=False):
    found = part(sheet, field, label, hint, quiet=quiet)
    return found and found | {"options": chosen_of(sheet, field, (found["text"],))}


@rendered
def chips(sheet, field, label="", hint=""):
    found = part(sheet, field, label, hint)
    return found and found | {"options": chosen_of(sheet, field, sheet.texts(field))}


@rendered
def select(sheet, field, label="", hint="", none="Choose"):
    found = part(sheet, field, label, hint, nothing=none)  # in Jinja, none is a word of its own
    return found and found | {"options": chosen_of(sheet, field, (found["text"],))}


@rendered
def tick(sheet, field, label="", hint=""):
    return part(sheet, field, label, hint)


@rendered
def hidden(sheet, field):
    return part(sheet, field, "", "")


@rendered
def problems(found, title="There is a problem"):
    return {"problems": found, "title": title}


@rendered
def row_names(row):
    """What a row posts so that the page knows it; of a removed one its answers too, so that it can be put back."""
    return {"row": row}


@rendered
def remove(row, words):
    return {"row": row, "words": words or "this"}


@rendered
def gone(row, words):
    """What stands where a row was removed, until the page is saved."""
    return {"row": row, "words": words}


@register.simple_tag
def jinja(template, **found):
    """What a .jinja file draws of these."""
    return SafeString(parts.get_template(template).render(found))


@register.simple_tag
def icon(name):
    """An inline drawing: 24 box, 2 px line. The drawings are ours, so they are safe to print."""
    return SafeString(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>')


@register.filter
def quoted(words):
    """The client's words in quotation marks, once."""
    words = str(words or "").strip()
    return f"“{words.strip('“”')}”" if words else ""


parts.filters |= {"icon": icon, "quoted": quoted, "date": date}


@register.filter
def there(rows):
    """Those rows of a page that are not removed."""
    return [row for row in rows if not row.removed]


@register.filter
def lookup(mapping, key):
    """mapping[key], or nothing."""
    return (mapping or {}).get(key, "")


DAYS, MONTHS = tuple(day_name), tuple(month_name)  # looked up once: calendar asks the locale at every look


@register.filter
def on_day(moment, weekday=""):
    """3 March, or Tuesday 3 March; with its year when that is not this one."""
    if not moment:
        return ""
    day = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    words = f"{DAYS[day.weekday()]} {day.day}" if weekday else str(day.day)
    year = "" if day.year == timezone.now().year else f" {day.year}"
    return f"{words} {MONTHS[day.month]}{year}"


parts.filters["on_day"] = on_day
