"""Settings, the environment, the command."""
