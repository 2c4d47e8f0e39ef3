"""Probes for a supervisor or a load balancer."""

from collections import namedtuple

import pytest
from django.db import OperationalError

from painconsult import health
from painconsult.audit.models import AuditHead

Disk = namedtuple("Disk", "total used free")


def test_alive_needs_no_database_and_no_host(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    reply = client.get("/livez", headers={"host": "10.0.0.7"})  # no database fixture: a query would fail
    assert (reply.status_code, reply.content) == (200, b"alive\n")
    assert reply.cookies == {}


def test_ready_writes_and_leaves_nothing(client, db):
    reply = client.get("/readyz", headers={"host": "10.0.0.7"})
    assert (reply.status_code, reply.content) == (200, b"ready\n")
    assert AuditHead.objects.count() == 0


@pytest.mark.parametrize("failing", ["pending", "probe"])
def test_a_database_that_does_not_answer_is_not_ready(client, db, monkeypatch, failing):
    def fail():
        raise OperationalError("canary 7193")

    monkeypatch.setattr(health, failing, fail)
    reply = client.get("/readyz")
    assert (reply.status_code, reply.content) == (503, b"the database cannot be written\n")


def test_waiting_migrations_are_not_ready(client, db, monkeypatch):
    monkeypatch.setattr(health, "pending", lambda: True)
    reply = client.get("/readyz")
    assert (reply.status_code, reply.content) == (503, b"migrations are waiting\n")


@pytest.mark.parametrize(("free", "status"), [(9, 503), (10, 200)])
def test_a_full_disk_is_not_ready(client, db, monkeypatch, free, status):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Disk(100, 100 - free, free))
    assert client.get("/readyz").status_code == status
