"""Signing in, OAuth, one's own account."""
