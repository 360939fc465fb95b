"""The kernel as a Django app: its tables exist in the shared schema and in every tenant schema."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "tongban.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
