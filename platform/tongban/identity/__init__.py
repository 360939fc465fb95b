"""Accounts, sign-in, real names, platform roles."""
