"""The proof of the audit logs; it has no table of its own."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Reads every schema's audit log, one at a time; keeps sealed heads in files."""

    name = "tongban.audit"
    label = "audit"
