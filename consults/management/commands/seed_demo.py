"""The demo clinic; or, with --clients and --consultations, a clinic of that size."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consults.management import filling, seeding


class Command(BaseCommand):
    help = (
        "Make the demo clinic and print its sign-ins and an openable plan link. A second run keeps what is "
        "there. With --clients and --consultations, fill it with invented ones up to these numbers."
    )

    def add_arguments(self, parser):
        parser.add_argument("--clients", type=int, default=0, help="clients in all")
        parser.add_argument("--consultations", type=int, default=0, help="consultations in all")
        parser.add_argument(
            "--as-written", action="store_true", help="leave the dates of the cases as written"
        )

    def handle(self, *, clients, consultations, as_written, **options):
        if settings.PRODUCTION:
            raise CommandError("seed_demo has fixed passwords: it never runs where APP_ENV is production.")
        clinic = seeding.seed(as_written=as_written)
        if clients or consultations:
            filling.fill(clinic, clients, consultations or 3 * clients, say=self.say)
        self.say(f"\nDemo clinic: {clinic.name}")
        for email, _, role, _, password in seeding.STAFF:
            self.say(f"  {email:<24} {password:<22} {role}")
        self.say(f"Graham's plan, as he gets it:\n  {seeding.fresh_link(clinic)}\n")

    def say(self, words):
        self.stdout.write(words)
        self.stdout.flush()
