"""All settings, from the environment. APP_ENV (production when unset) is the only switch.

Outside production everything has a default, so a bare checkout runs. In production a missing
secret does not stop an import: it is refused when the web server starts and by
`check --deploy` (painconsult/checks.py).
"""

import sys

# SQLite 3.7.0 to 3.51.2 can drop committed saves when two processes write (the WAL-reset bug).
# Where a wheel with a mended library exists, it takes the place of Python's own.
try:
    import pysqlite3
except ImportError:
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

import sqlite3
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
APP_ENV = env.str("APP_ENV", "production")
if APP_ENV not in ("production", "development", "test"):
    raise SystemExit(f"APP_ENV is {APP_ENV!r}; it may be production, development or test.")
PRODUCTION = APP_ENV == "production"

# What a clinician sees on an error is what we see: tracebacks go to the console only.
DEBUG = False


def secret(name):
    """A secret from the environment; outside production one fixed value for all."""
    return env.str(name, "" if PRODUCTION else f"not-a-secret-{name.lower()}-".ljust(60, "x"))


SECRET_KEY = secret("SECRET_KEY") or "refused-at-start"
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
AUDIT_KEY = secret("AUDIT_KEY")  # signs the audit chain
LINK_PEPPER = secret("LINK_PEPPER")  # keys the hashes of plan links

SITE_URL = env.str("SITE_URL", "" if PRODUCTION else "http://127.0.0.1:8000")  # links are built from it
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "painconsult.ui",
    "painconsult.audit",
    "painconsult.accounts",
    "education",
    "consults",
]

MIDDLEWARE = [
    "painconsult.middleware.headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "painconsult.health.probes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "painconsult.errors.answer_in_words",
    "painconsult.middleware.refuse_cross_site",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "painconsult.middleware.LoginRequiredMiddleware",
    "painconsult.middleware.clinic_time_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "painconsult.urls"
WSGI_APPLICATION = "painconsult.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["painconsult.ui.templatetags.ui"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database ---------------------------------------------------------------------------------
# SQLite (one practice, one machine): WAL with FULL, so that a save that was acknowledged is on
# the disk; IMMEDIATE, so that a writer waits instead of failing half way.
WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)
JOURNAL = (
    "journal_mode=WAL; PRAGMA synchronous=FULL"
    if WAL_IS_SAFE
    else "journal_mode=DELETE; PRAGMA synchronous=EXTRA"
)

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'painconsult.sqlite3'}")
}
DATABASE = DATABASES["default"]
DATA_DIR = BASE_DIR / "var"
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATA_DIR = Path(DATABASE["NAME"]).parent
    DATABASE |= {
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA {JOURNAL}; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
        },
        "TEST": {"NAME": BASE_DIR / "var" / "test.sqlite3"},
    }
else:
    DATABASE |= {
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0,  # the pool keeps the connections
        "OPTIONS": DATABASE.get("OPTIONS", {})
        | {
            "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8), "timeout": 5},
            "connect_timeout": 3,
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in limits must hold over all web processes, so they are counted in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "painconsult_cache",
    }
}

# --- Sign-in ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["painconsult.accounts.backend.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_RESET_TIMEOUT = int(timedelta(minutes=30).total_seconds())
ACCOUNT_ADAPTER = "painconsult.accounts.adapter.StaffAdapter"
ACCOUNT_FORMS = {
    "login": "painconsult.accounts.forms.SignInForm",
    "reset_password": "painconsult.accounts.forms.ResetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = False
# Messages quote what was done, so they are kept with the session, not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

SESSION_COOKIE_AGE = int(timedelta(minutes=20).total_seconds())  # quiet minutes on a shared tablet
SESSION_ABSOLUTE_AGE = timedelta(hours=12)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_FAILURE_VIEW = "painconsult.errors.csrf_failure"

# --- What every reply carries -----------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)  # sign-in tries are counted by the visitor's address
if BEHIND_PROXY:  # the proxy must overwrite this header, never pass it on
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
FILE_UPLOAD_HANDLERS = ["painconsult.middleware.RefuseUploads"]

# --- Files, words, mail, logs -----------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "painconsult <noreply@painconsult.example>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "painconsult.errors.WithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

if APP_ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed, in tests only
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail is unique by the constraint on Lower(email), which the check does not see
]
