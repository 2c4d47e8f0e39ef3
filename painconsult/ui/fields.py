"""Strict form fields: what is typed is kept as it was meant, or refused in words.

Django's own number and date fields read `1_0`, `٣` and `3/4/25`; these do not. Every field is
optional unless told otherwise, and every field can say how its value looked when it was posted
(`posted`), so one template shows a stored record, a draft and a refused form alike.
"""

import re
import unicodedata
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from painconsult.ui import clock, how_long

# Control and direction characters can hide what a line says; new lines and tabs may stay.
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WHOLE = re.compile(r"[0-9]{1,4}\Z")


class Raw(forms.Widget):
    """Hands over what was posted, untouched. Markup is written by templates, not by widgets."""

    def value_from_datadict(self, data, files, name):
        return data.get(name)

    def value_omitted_from_data(self, data, files, name):
        return name not in data


class RawList(Raw):
    def value_from_datadict(self, data, files, name):
        return data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])


class RawDate(Raw):
    def value_from_datadict(self, data, files, name):
        return [(data.get(f"{name}-{part}") or "").strip() for part in ("day", "month", "year")]


class Field(forms.Field):
    widget = Raw
    empty = ""

    def __init__(self, *, required=False, label="", missing="", **kwargs):
        super().__init__(required=required, label=label, **kwargs)
        if missing:
            self.error_messages["required"] = missing

    def posted(self, name, value):
        """Return {posted name: [texts]} for a stored value."""
        return {name: [] if value is None or value == "" else [str(value)]}

    def told(self, text):
        """What a posted text says, where two pages are compared."""
        return text


class Words(Field):
    """A text: NFC, trimmed, no hidden characters. `heard` marks a clinician's own words: by whom they are met, the
    "client", who sees or hears them, or whoever reads the "record"."""

    def __init__(self, most=4000, heard="", **kwargs):
        super().__init__(**kwargs)
        self.most, self.heard = most, heard

    def to_python(self, value):
        text = unicodedata.normalize("NFC", (value or "").replace("\r\n", "\n")).strip()
        if HIDDEN.search(text):
            raise ValidationError("This holds a hidden character. Delete it or type the words again.")
        if len(text) > self.most:
            raise ValidationError(f"Shorten this to {self.most} characters; it has {len(text)}.")
        return text


class Line(Words):
    """One line of text."""

    def __init__(self, most=300, **kwargs):
        super().__init__(most=most, **kwargs)

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


class Email(Line):
    default_validators = [forms.EmailField.default_validators[0]]


class Choice(Field):
    """One of a few words. Nothing chosen is ''."""

    def __init__(self, options, **kwargs):
        super().__init__(**kwargs)
        self.options = dict(options)

    def to_python(self, value):
        value = value or ""
        if value and value not in self.options:
            raise ValidationError("Choose one of the answers offered.")
        return value

    def told(self, text):
        return self.options.get(text, text)


YES_NO = {"yes": "Yes", "no": "No"}


class YesNo(Choice):
    def __init__(self, **kwargs):
        super().__init__(YES_NO, **kwargs)


class Several(Field):
    """Any of a few words."""

    widget = RawList

    def __init__(self, options, most=20, **kwargs):
        super().__init__(**kwargs)
        self.options = dict(options)
        self.most = most

    def to_python(self, value):
        chosen = list(dict.fromkeys(value or []))
        if any(word not in self.options for word in chosen):
            raise ValidationError("Choose from the answers offered.")
        if len(chosen) > self.most:
            raise ValidationError(f"Choose {self.most} at most.")
        return chosen

    def told(self, text):
        return self.options.get(text, text)

    def posted(self, name, value):
        return {name: [str(word) for word in value or []]}


class Ticked(Field):
    """A box: ticked or not. Never used for a question of safety, where silence must not be "no"."""

    def to_python(self, value):
        return value == "yes"

    def posted(self, name, value):
        return {name: ["yes"] if value else []}


class Rating(Field):
    """A key from 0 to 10, or to 100 in fives. Not answered is None, never 0."""

    def __init__(self, top=10, step=1, **kwargs):
        super().__init__(**kwargs)
        self.values = {str(number): number for number in range(0, top + 1, step)}

    def to_python(self, value):
        if value in (None, ""):
            return None
        if value not in self.values:
            raise ValidationError("Choose one of the numbers offered.")
        return self.values[value]


class Conviction(Rating):
    """How true, 0 to 100 in steps of 5."""

    def __init__(self, **kwargs):
        super().__init__(top=100, step=5, **kwargs)


class Whole(Field):
    """A whole number typed in plain digits, up to four of them."""

    def __init__(self, least=0, most=9999, **kwargs):
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def to_python(self, value):
        text = (value or "").strip()
        if not text:
            return None
        if not WHOLE.match(text):
            raise ValidationError("Type a whole number in digits, such as 12.")
        if not self.least <= int(text) <= self.most:
            raise ValidationError(f"Type a number from {self.least} to {self.most}.")
        return int(text)


class Months(Field):
    """How long, typed as it is said ("3 years", "2 and a half years") and kept in whole months."""

    most = 60  # characters
    LONGEST = 1200  # months

    def to_python(self, value):
        text = (value or "").strip()
        months = how_long.months_of(text) if len(text) <= self.most else None
        if text and (months is None or months > self.LONGEST):
            raise ValidationError("Write how long, such as 8 months or 3 years.")
        return months

    def posted(self, name, value):
        return super().posted(name, value if value in (None, "") else how_long.in_words(value))

    def told(self, text):
        months = how_long.months_of(text)
        return text if months is None else how_long.in_words(months)


class TimeOfDay(Field):
    """When in a day, typed as it is said: an hour ("2.30 pm", "half past two"), shown as 14:30, or only a part of it
    ("in the afternoon"). Cleaned it is a time, one of clock.PARTS, or None."""

    most = 40  # characters
    UNCLEAR = (
        "Write the hour like 14:30 or 2.30 pm, or only “in the morning”, “in the afternoon” or “in the evening”. "
        "If nothing is agreed yet, leave it empty."
    )

    def to_python(self, value):
        text = (value or "").strip()
        when = self._said(text) if len(text) <= self.most else None
        if text and when is None:
            raise ValidationError(self.UNCLEAR)
        return when

    def posted(self, name, value):
        return super().posted(name, self._shown(value))

    def told(self, text):
        return self._shown(self._said(text)) or text

    def _said(self, text):
        at = clock.time_of(text)
        return at if at is not None else clock.part_of(text) or None

    def _shown(self, when):
        if when in (None, ""):
            return ""
        return f"in the {when}" if when in clock.PARTS else f"{when:%H:%M}"


class Day(Field):
    """A date in three boxes: day, month, year."""

    widget = RawDate

    def __init__(self, first=date(1900, 1, 1), last=date(2100, 12, 31), **kwargs):
        super().__init__(**kwargs)
        self.first, self.last = first, last

    def to_python(self, value):
        parts = value or ["", "", ""]
        if not any(parts):
            return None
        if not all(WHOLE.match(part) for part in parts) or len(parts[2]) != 4:
            raise ValidationError("Fill in day, month and year in digits, such as 3 4 2025.")
        try:
            day = date(int(parts[2]), int(parts[1]), int(parts[0]))
        except ValueError:
            raise ValidationError("There is no such day. Check the day and the month.") from None
        if not self.first <= day <= self.last:
            raise ValidationError(f"The year must lie between {self.first.year} and {self.last.year}.")
        return day

    def posted(self, name, value):
        parts = (value.day, value.month, value.year) if value else ("", "", "")
        return {f"{name}-{part}": [str(v)] for part, v in zip(("day", "month", "year"), parts, strict=True)}
