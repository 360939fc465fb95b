"""Every change of a case."""
