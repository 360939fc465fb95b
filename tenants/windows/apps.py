"""The hall: service areas, windows, and who sits at them."""

from django.apps import AppConfig


class WindowsConfig(AppConfig):
    name = "tenants.windows"
    label = "windows"
    default_auto_field = "django.db.models.BigAutoField"
