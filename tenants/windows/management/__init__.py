"""Commands; each calls one operation."""
