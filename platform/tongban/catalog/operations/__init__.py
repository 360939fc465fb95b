"""What changes the catalog; each function is one operation."""
