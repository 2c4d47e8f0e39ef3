from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AuditConfig(AppConfig):
    name = "painconsult.audit"
    label = "audit"

    def ready(self):
        from painconsult.audit.triggers import install, remove

        pre_migrate.connect(remove, dispatch_uid="painconsult.audit.triggers")
        post_migrate.connect(install, dispatch_uid="painconsult.audit.triggers")
