"""Accounts, sign-in, real names, platform roles."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tongban.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
