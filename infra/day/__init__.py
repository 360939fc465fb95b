"""The scripted day: real clients against a running installation, and an account of what happened."""
