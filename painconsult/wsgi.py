"""The web server's way in. Missing secrets and database faults are refused here, not on import of settings."""

import os

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "painconsult.settings")
django.setup()

from painconsult.checks import refuse_unsafe_start

refuse_unsafe_start()
application = get_wsgi_application()
