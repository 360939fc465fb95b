"""Formats in which directories of matters come."""
