"""Custody of a case as a shared object of two centers."""
