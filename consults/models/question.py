"""Many short lists about one visit, asked for at once.

A page that shows a whole visit reads fifteen tables. Asked one by one, most of the time goes into making the
same fifteen statements again; here they are made once, as one, and asked of one visit after another.
"""

import json
from datetime import UTC
from functools import cached_property
from types import SimpleNamespace
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, JSONField, Value
from django.db.models.functions import JSONObject
from django.utils import timezone

from consults.models.consultations import Consultation
from consults.models.people import Client

# A visit that is not there. The statement is made for it; then a real visit's values take their places.
NOBODY = Client(pk=UUID(int=1))
NONE = Consultation(pk=UUID(int=2), client=NOBODY, number=32_123)


class Question:
    """`lists(visit)` gives {name: queryset}, and says no more of the visit than its key, its client and its number.
    `ask(visit)` gives the rows as `found.name`, oldest first."""

    def __init__(self, lists):
        self.lists = lists

    def ask(self, visit):
        statement, asked, models = self.made
        real = dict(zip(_values(NONE), _values(visit), strict=True))
        found = {name: [] for name in models}
        with connection.cursor() as cursor:
            cursor.execute(statement, [real.get(value, value) for value in asked])
            for name, told in cursor.fetchall():
                found[name].append(_row(models[name], json.loads(told)))
        return SimpleNamespace(**{name: sorted(rows, key=lambda row: row.pk) for name, rows in found.items()})

    @cached_property
    def made(self):
        """(statement, its parameters, {name: model}). Each row travels as JSON, as the tables differ."""
        lists = self.lists(NONE)
        parts = [
            rows.order_by().values_list(Value(name), _as_json(rows.model)) for name, rows in lists.items()
        ]
        statement, asked = parts[0].union(*parts[1:], all=True).query.sql_with_params()
        return statement, asked, {name: rows.model for name, rows in lists.items()}


def _values(visit):
    """What tells one visit from another, as it is sent to the database."""
    key = Consultation._meta.pk
    return [
        *(key.get_db_prep_value(value, connection) for value in (visit.pk, visit.client_id)),
        visit.number,
    ]


def _as_json(model):
    return JSONObject(**{field.attname: field.attname for field in model._meta.concrete_fields})


def _row(model, told):
    fields = model._meta.concrete_fields
    return model.from_db(
        None, [field.attname for field in fields], [_value(field, told[field.attname]) for field in fields]
    )


def _value(field, value):
    """A column's value again. SQLite tells JSON inside JSON as text, and a moment without its zone (UTC)."""
    if isinstance(field, JSONField):
        return json.loads(value) if isinstance(value, str) else value
    value = field.to_python(value)
    if isinstance(field, DateTimeField) and value is not None and timezone.is_naive(value):
        return value.replace(tzinfo=UTC)
    return value
