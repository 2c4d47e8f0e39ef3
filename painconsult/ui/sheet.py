"""A form as a page shows it: texts by field name, and what is wrong with them."""

from functools import cached_property

from django.utils.datastructures import MultiValueDict


def as_posted(fields, values, prefix=""):
    """Turn stored values into the texts a browser would have posted."""
    data = MultiValueDict()
    for name, field in fields.items():
        for key, texts in field.posted(full_name(prefix, name), values.get(name)).items():
            data.setlist(key, texts)
    return data


def full_name(prefix, name):
    return f"{prefix}-{name}" if prefix else name


class Sheet:
    """What templates read. It knows texts, never models.

    `fields` maps names to fields, `data` is a MultiValueDict of posted (or as-if-posted) texts,
    `errors` maps field names to lists of sentences.
    """

    def __init__(self, fields, data, errors=None, prefix="", **about):
        self.fields, self.data, self.errors, self.prefix = fields, data, errors or {}, prefix
        self.about = about
        self.advice = {}  # {field: findings about the wording}, while it is being typed

    def __getattr__(self, name):
        try:
            return self.__dict__["about"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __contains__(self, name):
        return name in self.fields

    def name(self, field):
        return full_name(self.prefix, field)

    def id(self, field):
        return f"f-{self.name(field)}"

    def text(self, field):
        return self.data.get(self.name(field)) or ""

    def texts(self, field):
        return self.data.getlist(self.name(field))

    def error(self, field):
        return " ".join(self.errors.get(field, []))

    @cached_property
    def said(self):
        """Texts by field name, for templates that only read one ({{ row.said.statement }})."""
        return {field: self.text(field) for field in self.fields}

    @property
    def heard(self):
        """{field: by whom its words are met}, of those that are read for advice."""
        return {name: by for name, field in self.fields.items() if (by := getattr(field, "heard", ""))}

    @property
    def heard_ids(self):
        return [self.id(name) for name in self.heard]

    @property
    def said_list(self):
        """Lists of texts by field name."""
        return {field: self.texts(field) for field in self.fields}

    @property
    def carried(self):
        """(posted name, text) of every answer, so that a removed row is whole again when it is put back."""
        start = f"{self.prefix}-"
        return [
            (name, text)
            for name in self.data
            if name.startswith(start) and name != f"{start}remove"
            for text in self.data.getlist(name)
        ]

    def problems(self):
        """(id of the field, sentence) for each error, in the order of the form."""
        return [(self.target(name), self.error(name)) for name in self.errors]

    def target(self, name):
        if name not in self.fields:
            return "step-form"
        from painconsult.ui.fields import Choice, Day, Rating, Several

        if isinstance(self.fields.get(name), Day):
            return f"{self.id(name)}-day"
        if isinstance(self.fields.get(name), Choice | Rating | Several):
            return f"{self.id(name)}-0"
        return self.id(name)
