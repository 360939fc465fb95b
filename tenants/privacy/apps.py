"""Requests of people about their own data."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "tenants.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"
