"""Append to the audit chain, and check it.

mac = HMAC-SHA256(AUDIT_KEY, canonical JSON of the event with the previous mac). The key is not in
the database, so somebody who can write the table still cannot rewrite history unseen.
"""

import hashlib
import hmac
import json
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from painconsult.audit.models import AuditEvent, AuditHead

SITE = "site"
COALESCE = timedelta(minutes=15)  # one `opened` per user, client and quarter of an hour
FIELDS = (
    "chain",
    "seq",
    "at",
    "actor",
    "action",
    "object_type",
    "object_id",
    "client_id",
    "detail",
    "prev_mac",
)


def record(action, *, clinic=None, by=None, on=None, client=None, detail=""):
    """Append one event: an action's last statement, inside its transaction.

    `clinic` and `client` may be rows or ids; `on` is the row acted upon. `detail` is a bare word
    (a slug, a number), never text somebody typed.
    """
    chain = str(getattr(clinic, "pk", clinic) or SITE)
    with transaction.atomic():
        head = _locked_head(chain)
        event = AuditEvent(
            chain=chain,
            seq=head.seq + 1,
            at=timezone.now(),
            actor=str(getattr(by, "pk", by) or ""),
            action=action,
            object_type=on._meta.model_name if on is not None else "",
            object_id=str(on.pk) if on is not None else "",
            client_id=str(getattr(client, "pk", client) or ""),
            detail=str(detail),
            prev_mac=head.mac,
        )
        event.mac = mac(event)
        event.save(force_insert=True)
        AuditHead.objects.filter(chain=chain).update(seq=event.seq, mac=event.mac)
    return event


def _locked_head(chain):
    heads = AuditHead.objects.select_for_update().filter(chain=chain)
    head = heads.first()
    if head is None:
        AuditHead.objects.get_or_create(chain=chain)
        head = heads.get()
    return head


def record_opened(*, client, by):
    """Note that somebody looked at a client's record; once a quarter of an hour is enough."""
    recent = AuditEvent.objects.filter(
        chain=str(client.clinic_id),
        client_id=str(client.pk),
        actor=str(by.pk),
        action="opened",
        at__gt=timezone.now() - COALESCE,
    )
    if not recent.exists():
        record("opened", clinic=client.clinic_id, by=by, on=client, client=client)


def mac(event):
    told = {name: str(getattr(event, name)) for name in FIELDS}
    told["at"] = event.at.isoformat(timespec="microseconds")
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def faults(chain):
    """Yield a sentence for each place where the chain does not hold; nothing when it does."""
    head = AuditHead.objects.filter(chain=chain).first()
    seq, last = 0, ""
    for event in AuditEvent.objects.filter(chain=chain).order_by("seq").iterator(2000):
        seq += 1
        if event.seq != seq:
            yield f"{chain}: expected event {seq}, found {event.seq}"
            seq = event.seq
        if event.prev_mac != last:
            yield f"{chain}: event {event.seq} does not follow the one before it"
        if not hmac.compare_digest(mac(event), event.mac):
            yield f"{chain}: event {event.seq} was changed"
        last = event.mac
    if head and (head.seq, head.mac) != (seq, last):
        yield f"{chain}: ends at {seq}, the head says {head.seq}"
