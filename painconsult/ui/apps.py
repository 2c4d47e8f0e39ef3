from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "painconsult.ui"
    label = "ui"
