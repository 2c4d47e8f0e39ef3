"""Is the process alive; can it save. Answered before sessions, hosts and redirects come into play."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse

FREE = 0.10  # of the disk that holds the database


def probes(get_response):
    def middleware(request):
        answer = {"/livez": alive, "/readyz": ready}.get(request.path)
        return answer() if answer else get_response(request)

    return middleware


def alive():
    return HttpResponse("alive\n", content_type="text/plain")


def ready():
    reasons = list(faults())
    text = "\n".join(reasons) if reasons else "ready"
    return HttpResponse(f"{text}\n", status=503 if reasons else 200, content_type="text/plain")


def faults():
    """Yield in words what keeps this site from working."""
    try:
        if pending():
            yield "migrations are waiting"
        else:
            probe()
    except DatabaseError:
        yield "the database cannot be written"
    if low_on_disk():
        yield "less than a tenth of the disk is free"


def pending():
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def probe():
    """Write a row and take it back: nothing is left."""
    from painconsult.audit.models import AuditHead

    with transaction.atomic():
        AuditHead.objects.create(chain="readyz-probe")
        transaction.set_rollback(True)


def low_on_disk():
    disk = shutil.disk_usage(data_directory())
    return disk.free < disk.total * FREE


def data_directory():
    directory = settings.DATA_DIR
    return directory if directory.exists() else settings.BASE_DIR
