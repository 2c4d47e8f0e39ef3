"""The parts of a form, written once. Each takes a sheet and a field's name.

A field that the sheet does not have (a scope profile removed it) renders nothing.
"""

from html import escape

from django import template
from django.utils.safestring import SafeString

from painconsult.ui.icons import ICONS

register = template.Library()


def part(sheet, field, label, hint, **more):
    if not sheet or field not in sheet:
        return {"absent": True}
    error = sheet.error(field)
    described = " ".join(
        f"{sheet.id(field)}-{what}" for what, there in (("hint", hint), ("error", error)) if there
    )
    return {
        "name": sheet.name(field),
        "id": sheet.id(field),
        "label": label or sheet.fields[field].label,
        "hint": hint,
        "error": error,
        "described": described,
        "text": sheet.text(field),
        **more,
    }


@register.inclusion_tag("ui/textarea.html")
def textarea(sheet, field, label="", hint="", rows=2, voice=False, optional=False):
    return part(sheet, field, label, hint, rows=rows, voice=voice, optional=optional)


@register.inclusion_tag("ui/line.html")
def line(sheet, field, label="", hint="", voice=False, kind="text", optional=False, autocomplete="off"):
    return part(
        sheet, field, label, hint, voice=voice, kind=kind, optional=optional, autocomplete=autocomplete
    )


@register.inclusion_tag("ui/whole.html")
def whole(sheet, field, label="", hint="", unit="", quiet=False):
    return part(sheet, field, label, hint, unit=unit, quiet=quiet)


@register.inclusion_tag("ui/day.html")
def day(sheet, field, label="", hint=""):
    found = part(sheet, field, label, hint)
    if "absent" not in found:
        found["boxes"] = [
            (box, box.capitalize(), sheet.data.get(f"{sheet.name(field)}-{box}") or "")
            for box in ("day", "month", "year")
        ]
    return found


def boxes(found, options, kind, mark="", was=None):
    """The radios or checkboxes of one question, from (value, title, chosen). Ids count from 0; the
    keys of a scale carry their number.

    Built here and not in a template: a page with three open beliefs has six hundred of them, and
    each would be a dozen template nodes.
    """
    id, name, made = escape(found["id"]), escape(found["name"]), []
    for at, (value, title, chosen) in enumerate(options):
        before = value == was
        made.append(
            f'<label{" class=was" if before else ""}><input type="{kind}" id="{id}-{value if value is title else at}" name="{name}" '
            f'value="{escape(value)}"{" checked" if chosen else ""}>{mark}{escape(title)}'
            f"{WAS if before else ''}</label>"
        )
    return SafeString("".join(made))


WAS = '<span class="vh">, last time</span>'


@register.inclusion_tag("ui/scale.html")
def scale(sheet, field, label="", low="", high="", hint="", was=None):
    found = part(sheet, field, label, hint, low=low, high=high)
    if "absent" not in found:
        keys = [(key, key, key == found["text"]) for key in sheet.fields[field].values]
        found["keys"] = boxes(found, keys, "radio", was=None if was is None else str(was))
    return found


TENS = [str(ten) for ten in range(0, 101, 10)]


@register.inclusion_tag("ui/conviction.html")
def conviction(sheet, field, label="", low="not at all", high="completely", hint=""):
    found = part(sheet, field, label, hint, low=low, high=high)
    if "absent" not in found:
        text = found["text"]
        found["keys"] = boxes(found, [(ten, ten, ten == text) for ten in TENS], "radio")
        found["between"] = text if text and not text.endswith("0") else ""
    return found


TICK = '<svg class="icon" aria-hidden="true"><use href="#i-tick"/></svg>'  # drawn once, in base.html


def chosen_of(sheet, field, texts):
    return [(key, str(title), key in texts) for key, title in sheet.fields[field].options.items()]


@register.inclusion_tag("ui/pills.html")
def pills(sheet, field, label="", hint="", quiet=False):
    found = part(sheet, field, label, hint, quiet=quiet)
    if "absent" not in found:
        found["options"] = boxes(found, chosen_of(sheet, field, (found["text"],)), "radio", mark=TICK)
    return found


@register.inclusion_tag("ui/chips.html")
def chips(sheet, field, label="", hint=""):
    found = part(sheet, field, label, hint)
    if "absent" not in found:
        found["options"] = boxes(found, chosen_of(sheet, field, sheet.texts(field)), "checkbox")
    return found


@register.inclusion_tag("ui/select.html")
def select(sheet, field, label="", hint="", none="Choose"):
    found = part(sheet, field, label, hint, none=none)
    if "absent" not in found:
        found["options"] = SafeString(
            "".join(
                f'<option value="{escape(key)}"{" selected" if chosen else ""}>{escape(title)}</option>'
                for key, title, chosen in chosen_of(sheet, field, (found["text"],))
            )
        )
    return found


@register.inclusion_tag("ui/tick.html")
def tick(sheet, field, label="", hint=""):
    return part(sheet, field, label, hint)


@register.inclusion_tag("ui/hidden.html")
def hidden(sheet, field):
    return part(sheet, field, "", "")


@register.inclusion_tag("ui/problems.html")
def problems(found, title="There is a problem"):
    return {"problems": found, "title": title}


@register.simple_tag
def icon(name):
    """An inline drawing: 24 box, 2 px line. The drawings are ours, so they are safe to print."""
    return SafeString(
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{ICONS[name]}</svg>'
    )


@register.filter
def quoted(words):
    """The client's words in quotation marks, once."""
    words = str(words or "").strip()
    return f"“{words.strip('“”')}”" if words else ""


@register.filter
def lookup(mapping, key):
    """mapping[key], or nothing."""
    return (mapping or {}).get(key, "")
