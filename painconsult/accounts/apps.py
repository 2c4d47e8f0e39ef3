from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "painconsult.accounts"
    label = "accounts"
