"""通办: what all centers share."""
