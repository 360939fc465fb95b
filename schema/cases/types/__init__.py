"""A case and what belongs to it, as the API shows them."""
