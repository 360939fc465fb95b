"""Asking about one's own data, answering, and handing out a copy."""
