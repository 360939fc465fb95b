"""What changes accounts, real names, roles, tokens and the membership index."""
