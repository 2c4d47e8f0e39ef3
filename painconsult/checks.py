"""Faults that would put people's data at risk.

The web server refuses to start with any of them, one line each; `check --deploy` lists those that
can be seen without a database. Nothing here runs on import.
"""

import os
import sqlite3
import stat
import sys
from importlib import import_module
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection

LONG = 50  # characters a secret has at least
SECRETS = ("SECRET_KEY", "AUDIT_KEY", "LINK_PEPPER")


def refuse_unsafe_start():
    """Called by wsgi.py. Outside production everything starts."""
    if not settings.PRODUCTION:
        return
    faults = [*configuration_faults(), *data_faults(), *static_faults()] or [*database_faults()]
    for fault in faults:
        print(f"painconsult does not start: {fault}", file=sys.stderr, flush=True)
    if faults:
        raise SystemExit(1)


def configuration_faults():
    """What the settings alone tell."""
    yield from secret_faults()
    yield from address_faults()
    yield from password_faults()
    if settings.DEBUG:
        yield "DEBUG is on."
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield "cookies would be sent without https."


def secret_faults():
    given = {name: getattr(settings, name) for name in SECRETS}
    for name, value in given.items():
        if not value or value == "refused-at-start":
            yield f"{name} is not set."
        elif value.startswith(("not-a-secret-", "django-insecure-")):
            yield f"{name} is a default; make one of your own."
        elif len(value) < LONG or len(set(value)) < 5:
            yield f"{name} is too short; it needs {LONG} random characters."
    used = [value for value in given.values() if value]
    if len(set(used)) < len(used):
        yield f"{', '.join(SECRETS)} must differ from each other."


def address_faults():
    if not settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS is not set; name the site's host."
    if any(host.startswith(("*", ".")) for host in settings.ALLOWED_HOSTS):
        yield "ALLOWED_HOSTS holds a wildcard; name the site's host."
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" or not site.hostname:
        yield "SITE_URL must be the site's https address."
    if not any(origin.startswith("https://") for origin in settings.CSRF_TRUSTED_ORIGINS):
        yield "CSRF_TRUSTED_ORIGINS must hold the site's https address."


def password_faults():
    database = settings.DATABASES["default"]
    host = str(database.get("HOST") or database["OPTIONS"].get("host") or "")
    by_socket = not host or host.startswith("/")
    if is_sqlite() or by_socket:
        return
    if database.get("PASSWORD", "") in ("", "postgres", "password", "painconsult"):
        yield "the database password is missing or a default."


def data_faults():
    """The folder of the SQLite file holds everybody's records: writable for us, closed to others."""
    if not is_sqlite():
        return
    folder = settings.DATA_DIR
    if not folder.is_dir():
        yield "the data folder does not exist; create it with mode 0700."
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield "the data folder cannot be written."
    elif stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield "the data folder is open to other users; set its mode to 0700."


def static_faults():
    if not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        yield "the static files are missing; run manage.py collectstatic."


def database_faults():
    try:
        yield from _faults_inside()
    except DatabaseError as error:
        yield f"the database cannot be reached ({type(error).__name__})."
    finally:
        connection.close()


def _faults_inside():
    from painconsult.health import pending

    if is_sqlite() and _journal() == "wal" and not wal_is_safe():
        yield "this SQLite can lose saves in WAL mode; install pysqlite3 or use journal_mode=DELETE."
    if pending():
        yield "migrations are waiting; run manage.py migrate."


def _journal():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        return cursor.fetchone()[0].lower()


def wal_is_safe():
    """3.7.0 to 3.51.2 have the WAL-reset bug."""
    return sqlite3.sqlite_version_info >= (3, 51, 3)


def is_sqlite():
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@checks.register(checks.Tags.security, deploy=True)
def check_configuration(app_configs, **kwargs):
    return [checks.Error(fault, id="painconsult.E001") for fault in (*configuration_faults(), *data_faults())]


@checks.register("content")
def check_content(app_configs, **kwargs):
    """What we teach: every message, source and review date is there."""
    if find_spec("education.library") is None:
        return []
    library = import_module("education.library")
    try:
        library.validate()
    except library.ContentError as error:
        return [checks.Error(str(error), id="painconsult.E002")]
    return []
