"""What the registry speaks to outside Django's tables."""
