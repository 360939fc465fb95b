"""The hall: service areas, windows, who sits at them."""
