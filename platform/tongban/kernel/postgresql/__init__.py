"""The database backend (Django looks for its ``base`` module here)."""
