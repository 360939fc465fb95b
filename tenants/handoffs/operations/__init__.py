"""Every change of a handoff."""
