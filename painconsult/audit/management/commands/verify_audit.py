"""Check that no audit event was changed, removed, inserted or moved: exit 0 if so, 1 with the places if not."""

from django.core.management.base import BaseCommand, CommandError

from painconsult.audit.chain import faults
from painconsult.audit.models import AuditEvent, AuditHead


class Command(BaseCommand):
    help = "Check every audit chain, event by event."

    def handle(self, *args, **options):
        chains = sorted({*_names(AuditEvent), *_names(AuditHead)})
        found = [fault for chain in chains for fault in faults(chain)]
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError(f"{len(found)} places do not hold.")
        for head in AuditHead.objects.order_by("chain"):
            self.stdout.write(f"{head.chain}: {head.seq} events, ends in {head.mac}")


def _names(model):
    return model.objects.values_list("chain", flat=True).distinct().order_by()
