from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "painconsult.accounts"
    label = "accounts"

    def ready(self):
        from painconsult import checks  # noqa: F401 - importing registers them
        from painconsult.accounts import receivers

        receivers.connect()
