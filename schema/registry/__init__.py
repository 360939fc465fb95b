"""The registry's part of the API: centers, divisions, onboarding."""
