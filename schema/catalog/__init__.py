"""The catalog's part of the API: matters, and what each center offers of them."""
