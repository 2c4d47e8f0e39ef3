"""Rules the database keeps by itself, on SQLite and PostgreSQL alike.

The audit chain is append-only, and a row belongs to the clinic of the row it hangs on. Installed
after every migrate; running it again changes nothing.
"""

# ruff: noqa: S608 - table and column names come from our own models, never from input

from django.apps import apps
from django.db import connections

APPEND_ONLY = ["audit_auditevent"]


def install(sender=None, using="default", **kwargs):
    """Install all triggers, once, after the last app has been migrated."""
    if sender is not None and sender.label != "consults":
        return
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor, tables):
            cursor.execute(statement)


def remove(sender=None, using="default", **kwargs):
    """Take the triggers away before tables are altered: SQLite reads every trigger when it renames a
    table and stops at one that names a table which is just being rebuilt. `install` brings them back."""
    connection = connections[using]
    if (sender is not None and sender.label != "consults") or connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def statements(vendor, tables):
    append_only, same_clinic = (
        (_append_only_postgresql, _same_clinic_postgresql)
        if vendor == "postgresql"
        else (_append_only_sqlite, _same_clinic_sqlite)
    )
    for table in APPEND_ONLY:
        if table in tables:
            yield from append_only(table)
    for child, column, parent in clinic_links():
        if child in tables and parent in tables:
            yield from same_clinic(child, column, parent)


def clinic_links():
    """Yield (child table, column, parent table) wherever both sides name a clinic."""
    for model in apps.get_models():
        if not _has_clinic(model):
            continue
        for field in model._meta.concrete_fields:
            if (field.many_to_one or field.one_to_one) and _has_clinic(field.related_model):
                yield model._meta.db_table, field.column, field.related_model._meta.db_table


def _has_clinic(model):
    return any(field.name == "clinic" for field in model._meta.concrete_fields)


def _append_only_sqlite(table):
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_no_{verb.lower()}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'audit events are only ever added'); END"
        )


def _same_clinic_sqlite(child, column, parent):
    for verb in ("INSERT", f"UPDATE OF {column}, clinic_id"):
        name = f"same_clinic_{child}_{column}_{verb[:6].lower()}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {child} WHEN NEW.{column} IS NOT NULL "
            f"AND (SELECT clinic_id FROM {parent} WHERE id = NEW.{column}) IS NOT NEW.clinic_id "
            f"BEGIN SELECT RAISE(ABORT, '{child}.{column}: another clinic'); END"
        )


def _append_only_postgresql(table):
    yield (
        "CREATE OR REPLACE FUNCTION painconsult_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'audit events are only ever added' USING ERRCODE = '23514'; END$$"
    )
    yield f"DROP TRIGGER IF EXISTS append_only ON {table}"
    yield (
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION painconsult_append_only()"
    )


def _same_clinic_postgresql(child, column, parent):
    name = f"same_clinic_{child}_{column}"[:63]
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        f"IF NEW.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {parent} "
        f"WHERE id = NEW.{column} AND clinic_id = NEW.clinic_id) THEN "
        f"RAISE EXCEPTION '{child}.{column}: another clinic' USING ERRCODE = '23514'; "
        "END IF; RETURN NEW; END$$"
    )
    yield f"DROP TRIGGER IF EXISTS {name} ON {child}"
    yield (
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {column}, clinic_id ON {child} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
