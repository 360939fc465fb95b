"""A center's people: memberships, roles, departments."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "tenants.staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"
