"""A center's people: memberships and roles."""
