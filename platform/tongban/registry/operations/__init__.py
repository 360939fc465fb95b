"""Every change of the registry."""
