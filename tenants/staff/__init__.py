"""A center's people: memberships, roles, departments."""
