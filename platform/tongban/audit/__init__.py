"""Proving that audit logs are whole: chains checked, heads sealed outside the database."""
