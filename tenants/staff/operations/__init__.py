"""What changes a center's staff."""
