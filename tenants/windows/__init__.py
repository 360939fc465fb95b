"""The hall: service areas, windows, and who sits at them."""
