"""The catalog as plain data: what a matter says, what must hold before it is published."""
