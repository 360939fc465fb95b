"""Audit logs for those who audit."""
