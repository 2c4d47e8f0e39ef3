"""The people every test knows, the database's append-only rules between tests, and Chromium."""

import os
import shutil

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from painconsult.audit.triggers import APPEND_ONLY
from tests import factories

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop in this thread
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# What Chromium and htmx say themselves about a refused request; pages that expect one are tested too.
EXPECTED = (
    "Failed to load resource",
    "Response Status Error Code",
    "htmx:sendError",
    "htmx:timeout",
    "htmx:sendAbort",
    "htmx:afterRequest",
)


# --- Database ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """A database file per run, so that two runs in one folder do not meet."""
    if connection.vendor == "sqlite":
        name = settings.BASE_DIR / "var" / f"test-{os.getpid()}.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let a flush between transactional tests empty the append-only tables and the sign-in counters.

    post_migrate, which a flush sends, puts the triggers back.
    """
    operations = type(connection.ops)  # not the instance: a browser test's thread has its own
    plain = operations.sql_flush

    def sql_flush(self, *args, **kwargs):
        return [*without_append_only(), *plain(self, *args, **kwargs), f"DELETE FROM {_cache_table()}"]

    operations.sql_flush = sql_flush
    yield
    operations.sql_flush = plain


def without_append_only():
    """Statements that take the append-only triggers away; PostgreSQL's flush truncates and needs none."""
    for table in APPEND_ONLY:
        if connection.vendor == "sqlite":
            yield f"DROP TRIGGER IF EXISTS {table}_no_update"
            yield f"DROP TRIGGER IF EXISTS {table}_no_delete"
        else:
            yield f"DROP TRIGGER IF EXISTS append_only ON {table}"


def _cache_table():
    return settings.CACHES["default"]["LOCATION"]


# --- People -----------------------------------------------------------------------------------


@pytest.fixture
def clinic(db):
    return factories.make_clinic()


@pytest.fixture
def therapist(clinic):
    return factories.make_therapist(clinic)


@pytest.fixture
def colleague(clinic):
    return factories.make_therapist(clinic, name="Bea Therapist")


@pytest.fixture
def manager(clinic):
    return factories.make_manager(clinic)


@pytest.fixture
def stranger(db):
    return factories.make_stranger()


@pytest.fixture
def as_therapist(therapist):
    return signed_in(therapist)


@pytest.fixture
def as_manager(manager):
    return signed_in(manager)


@pytest.fixture
def as_stranger(stranger):
    return signed_in(stranger)


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client


# --- Browser ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not CHROMIUM:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("Chromium is not installed")
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": CHROMIUM_ARGS}


@pytest.fixture
def complaints():
    """What a browser complained about; a test that expects one may clear the list."""
    return []


@pytest.fixture
def page(context, complaints):
    """A tab. The test fails on any console error, script error, broken file or refused content."""
    context.on("page", lambda tab: _watch(tab, complaints))
    yield context.new_page()
    assert complaints == []


def _watch(tab, complaints):
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda said: _note(said, complaints))
    tab.on("response", lambda reply: _note_broken(reply, complaints))


def _note(said, complaints):
    if said.type == "error" and not any(words in said.text for words in EXPECTED):
        complaints.append(said.text)


def _note_broken(reply, complaints):
    if "/static/" in reply.url and reply.status >= 400:
        complaints.append(f"{reply.status} {reply.url}")


def sign_in_browser(context, live_server, user):
    """Give the browser a session of this person, without the sign-in page."""
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])


@pytest.fixture
def therapist_page(page, context, live_server, therapist):
    sign_in_browser(context, live_server, therapist)
    return page


@pytest.fixture
def manager_page(page, context, live_server, manager):
    sign_in_browser(context, live_server, manager)
    return page
