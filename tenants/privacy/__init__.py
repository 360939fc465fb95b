"""What people ask of a center about their own data."""
