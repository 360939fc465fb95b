"""Divisions, centers and their tree, onboarding, delegations."""
