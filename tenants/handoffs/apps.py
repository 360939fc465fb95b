"""Custody of a case as a shared object of two centers."""

from django.apps import AppConfig


class HandoffsConfig(AppConfig):
    name = "tenants.handoffs"
    label = "handoffs"
    default_auto_field = "django.db.models.BigAutoField"
