"""The web server's way in. Missing secrets and database faults are refused here, not on import of settings."""

import os
import re

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "painconsult.settings")
django.setup()

from painconsult.checks import refuse_unsafe_start

refuse_unsafe_start()
CHARSET = re.compile(r";\s*charset[^;]*", re.IGNORECASE)
_django = get_wsgi_application()


def application(environ, start_response):
    """Django reads the charset of a request before any of our pages can answer; one that is no text
    encoding would fail there. Forms are UTF-8 whatever is claimed."""
    environ["CONTENT_TYPE"] = CHARSET.sub("", environ.get("CONTENT_TYPE") or "")
    return _django(environ, start_response)
