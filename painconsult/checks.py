"""Faults that would put people's data at risk: refused when the web server starts, listed by `check --deploy`."""

import sys

from django.conf import settings
from django.core import checks

# deepened in the next commit


def refuse_unsafe_start():
    if not settings.PRODUCTION:
        return
    faults = list(configuration_faults())
    for fault in faults:
        print(f"painconsult does not start: {fault}", file=sys.stderr, flush=True)
    if faults:
        raise SystemExit(1)


def configuration_faults():
    yield from ()


@checks.register("painconsult", deploy=True)
def check_configuration(app_configs, **kwargs):
    return [checks.Error(fault, id="painconsult.E001") for fault in configuration_faults()]
