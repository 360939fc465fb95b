"""The standardized catalog of matters and the offerings of centers."""
