"""Sealing heads and checking chains; nothing here changes a log."""
