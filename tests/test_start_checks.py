"""In production the web server starts only when nothing is missing, and says in one line what is."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as plain_settings

GOOD = {
    "SECRET_KEY": "s3-" + "abcdefghij" * 6,
    "AUDIT_KEY": "a3-" + "abcdefghij" * 6,
    "LINK_PEPPER": "p3-" + "abcdefghij" * 6,
    "ALLOWED_HOSTS": "pain.clinic.example",
    "CSRF_TRUSTED_ORIGINS": "https://pain.clinic.example",
    "SITE_URL": "https://pain.clinic.example",
    "STATIC_ROOT": "{folder}/static",
}
FAULTS = {
    "no secret key": ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
    "short secret key": (
        {"SECRET_KEY": "abcdefghij"},
        "SECRET_KEY is too short; it needs 50 random characters.",
    ),
    "default secret key": (
        {"SECRET_KEY": "not-a-secret-secret_key-".ljust(60, "x")},
        "SECRET_KEY is a default; make one of your own.",
    ),
    "one letter repeated": (
        {"SECRET_KEY": "a" * 60},
        "SECRET_KEY is too short; it needs 50 random characters.",
    ),
    "no audit key": ({"AUDIT_KEY": ""}, "AUDIT_KEY is not set."),
    "no link pepper": ({"LINK_PEPPER": ""}, "LINK_PEPPER is not set."),
    "one secret used twice": (
        {"LINK_PEPPER": GOOD["AUDIT_KEY"]},
        "SECRET_KEY, AUDIT_KEY, LINK_PEPPER must differ from each other.",
    ),
    "no host": ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set; name the site's host."),
    "any host": ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS holds a wildcard; name the site's host."),
    "site without https": (
        {"SITE_URL": "http://pain.clinic.example"},
        "SITE_URL must be the site's https address.",
    ),
    "no trusted origin": (
        {"CSRF_TRUSTED_ORIGINS": ""},
        "CSRF_TRUSTED_ORIGINS must hold the site's https address.",
    ),
    "no database password": (
        {"DATABASE_URL": "postgres://painconsult@127.0.0.1:9/painconsult"},
        "the database password is missing or a default.",
    ),
    "database away": (
        {"DATABASE_URL": "postgres://painconsult:7b1f0c9e@127.0.0.1:9/painconsult"},
        "the database cannot be reached (OperationalError).",
    ),
    "migrations waiting": (
        {"DATABASE_URL": "sqlite:///{folder}/empty.sqlite3"},
        "migrations are waiting; run manage.py migrate.",
    ),
    "no static files": (
        {"STATIC_ROOT": "{folder}"},
        "the static files are missing; run manage.py collectstatic.",
    ),
    "no data folder": (
        {"DATABASE_URL": "sqlite:///{folder}/nowhere/db.sqlite3"},
        "the data folder does not exist; create it with mode 0700.",
    ),
    "data folder open to others": (
        {"DATABASE_URL": "sqlite:///{folder}/open/db.sqlite3"},
        "the data folder is open to other users; set its mode to 0700.",
    ),
}


def run(folder, *arguments, **environment):
    """Python in a process of its own, with this environment and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    database = {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
    told = {name: value.format(folder=folder) for name, value in environment.items()}
    return subprocess.run(
        [sys.executable, *arguments],
        env=kept | database | told,
        cwd=plain_settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def start(folder, **environment):
    return run(folder, "-c", "import painconsult.wsgi", **environment)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder as a clinic has it: closed to others, the database migrated."""
    folder = tmp_path_factory.mktemp("data")
    folder.chmod(0o700)
    migrated = run(folder, "manage.py", "migrate", "-v0", APP_ENV="development")
    assert migrated.returncode == 0, migrated.stderr
    (folder / "open").mkdir(mode=0o755)
    (folder / "static").mkdir()
    (folder / "static" / "staticfiles.json").write_text('{"paths": {}, "version": "1.1", "hash": ""}')
    return folder


def test_a_complete_production_starts_and_says_nothing(folder):
    started = start(folder, **GOOD)
    assert (started.returncode, started.stdout, started.stderr) == (0, "", "")


@pytest.mark.parametrize("fault", FAULTS)
def test_production_does_not_start_with(folder, fault):
    change, line = FAULTS[fault]
    started = start(folder, **GOOD | change)
    assert started.returncode == 1
    lines = [text for text in started.stderr.splitlines() if " psycopg.pool " not in text]
    assert lines == [f"painconsult does not start: {line}"]


def test_each_fault_has_its_own_line(folder):
    lines = start(folder, **{name: GOOD[name] for name in ("SITE_URL", "STATIC_ROOT")}).stderr.splitlines()
    assert [line.removeprefix("painconsult does not start: ") for line in lines] == [
        "SECRET_KEY is not set.",
        "AUDIT_KEY is not set.",
        "LINK_PEPPER is not set.",
        "ALLOWED_HOSTS is not set; name the site's host.",
        "CSRF_TRUSTED_ORIGINS must hold the site's https address.",
    ]


def test_development_starts_without_any_setting(folder):
    assert start(folder, APP_ENV="development").returncode == 0


def test_an_unknown_environment_is_refused(folder):
    started = start(folder, APP_ENV="prod")
    assert started.returncode == 1
    assert started.stderr == "APP_ENV is 'prod'; it may be production, development or test.\n"


def test_the_deploy_check_is_clean_for_a_complete_production(folder):
    checked = run(folder, "manage.py", "check", "--deploy", "--fail-level", "INFO", **GOOD)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_deploy_check_lists_what_is_missing(folder):
    checked = run(folder, "manage.py", "check", "--deploy", **GOOD | {"AUDIT_KEY": ""})
    assert checked.returncode == 1
    assert "(painconsult.E001) AUDIT_KEY is not set." in checked.stderr


def test_a_bare_checkout_can_be_checked_without_a_database(tmp_path):
    checked = run(tmp_path / "nowhere", "manage.py", "check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_change_of_a_model_has_its_migration(tmp_path):
    checked = run(tmp_path / "nowhere", "manage.py", "makemigrations", "--check", "--dry-run")
    assert (checked.returncode, checked.stdout) == (0, "No changes detected\n"), checked.stdout


def test_an_sqlite_that_loses_saves_is_refused_in_wal_mode(db, monkeypatch):
    from painconsult import checks

    monkeypatch.setattr(checks, "is_sqlite", lambda: True)
    monkeypatch.setattr(checks, "_journal", lambda: "wal")
    assert list(checks._faults_inside()) == []
    monkeypatch.setattr(checks.sqlite3, "sqlite_version_info", (3, 51, 2))
    assert list(checks._faults_inside()) == [
        "this SQLite can lose saves in WAL mode; install pysqlite3 or use journal_mode=DELETE."
    ]


def test_the_cache_table_goes_and_comes_with_its_migration(folder):
    def migrate(*arguments):
        done = run(folder, "manage.py", "migrate", "-v0", "accounts", *arguments, APP_ENV="development")
        assert done.returncode == 0, done.stderr

    migrate("0001")
    migrate()
