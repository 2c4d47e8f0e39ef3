"""Who did or saw what: one append-only chain per clinic, and one for the site."""

from django.db import models


class AuditHead(models.Model):
    """The last link of a chain. Writers lock this row, so a chain cannot fork."""

    chain = models.CharField(primary_key=True, max_length=36)
    seq = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, blank=True)


class AuditEvent(models.Model):
    """One event, in bare ids: no names, no clinical text."""

    chain = models.CharField(max_length=36)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    client_id = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=80, blank=True)
    prev_mac = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_seq_once_a_chain")]
        indexes = [models.Index(fields=["chain", "client_id", "at"], name="audit_by_client")]
        ordering = ["chain", "seq"]
