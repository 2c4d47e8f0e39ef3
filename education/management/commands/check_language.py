"""`python manage.py check_language`: advice on wording, line by line."""

import json
import sys

from django.core.management.base import BaseCommand

from education.language import AUDIENCES, check


class Command(BaseCommand):
    help = "Read lines on standard input and say which wording a client may hear as harmful."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON line for every line read")
        parser.add_argument("--audience", choices=AUDIENCES, default="client")

    def handle(self, *, json, audience, stdin=None, **options):
        report(stdin or sys.stdin, self.stdout, as_json=json, audience=audience)


def report(source, target, *, as_json, audience="client"):
    """Check every line of `source` and write what was found to `target`, in order.

    Bytes that are not UTF-8 are shown as the replacement character, so that what is written is
    always valid JSON.
    """
    for text in _lines(source):
        findings = check(text, audience=audience)
        if as_json:
            line = {"text": text, "findings": [_told(finding) for finding in findings]}
            target.write(json.dumps(line) + "\n")
        else:
            target.writelines(_in_words(text, finding) + "\n" for finding in findings)


def _lines(source):
    # Bytes are parted at line feeds only: one line out for each line in, whatever else it holds.
    for line in getattr(source, "buffer", source):
        text = line.decode("utf-8", errors="replace") if isinstance(line, bytes) else line
        yield text.removesuffix("\n").removesuffix("\r")


def _told(finding):
    """What the contract of this command names, and no more."""
    return {name: getattr(finding, name) for name in ("start", "end", "category", "why", "better")}


def _in_words(text, finding):
    found = text[finding.start : finding.end]
    return f"{text}\n  {found}: {finding.why}\n  Perhaps: {finding.better}"
