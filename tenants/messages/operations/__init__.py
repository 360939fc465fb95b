"""What changes messages and their templates."""
