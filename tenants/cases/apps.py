"""Cases: intake to delivery."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tenants.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
