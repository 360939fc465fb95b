"""The API of exchange: routes, and a person's cases over all centers."""
