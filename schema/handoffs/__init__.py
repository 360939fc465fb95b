"""The API of handoffs."""
