"""Commands of the proof of audit logs."""
