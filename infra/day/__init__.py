"""The scripted day: real clients against a running installation, and its account."""
