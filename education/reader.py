"""Reads education/content: a file as plain data, a table in it as frozen rows. Errors name file and key."""

import tomllib
from dataclasses import MISSING, fields
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import get_origin, get_type_hints

CONTENT = Path(__file__).parent / "content"


class ContentError(Exception):
    """A content file is incomplete or points at something that is not there."""


@cache
def content(name):
    """One file as plain data, once its source, author and dates are known to be there."""
    try:
        data = tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ContentError(f"{name}.toml: {problem}") from problem
    for key, kind in {"source": str, "author": str, "reviewed_on": date, "review_by": date}.items():
        if not isinstance(data.get(key), kind):
            raise ContentError(f"{name}.toml: {key} is missing or not a {kind.__name__}")
    return data


def row(cls, data, where):
    """One table as a frozen row; an unknown, missing, empty or mistyped key is an error with its name."""
    hints = get_type_hints(cls)
    for key in data.keys() - hints.keys():
        raise ContentError(f"{where}: unknown key {key}")
    for field in fields(cls):
        if field.name not in data:
            if field.default is MISSING:
                raise ContentError(f"{where}: {field.name} is missing")
            continue
        value, kind = data[field.name], hints[field.name]
        wanted = list if get_origin(kind) is tuple else kind
        if wanted in (str, int, bool, dict, list) and type(value) is not wanted:
            raise ContentError(f"{where}: {field.name} should be {wanted.__name__}")
        if value == "" and field.name not in cls.MAY_BE_EMPTY:
            raise ContentError(f"{where}: {field.name} is empty")
    return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()})


def table(name, key, cls, id_key="id", data=None):
    """A list of tables as {id: row}, in file order; an id may stand once."""
    found = {}
    for number, entry in enumerate(content(name)[key] if data is None else data, start=1):
        where = f"{name}.toml: {key} {entry.get(id_key, number)}"
        made = row(cls, entry, where)
        if getattr(made, id_key) in found:
            raise ContentError(f"{where} is there twice")
        found[getattr(made, id_key)] = made
    return MappingProxyType(found)
