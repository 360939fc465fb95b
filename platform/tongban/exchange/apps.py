"""What moves between centers: relay, routing, case index."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "tongban.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
