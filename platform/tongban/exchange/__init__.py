"""What moves between centers: relay, routing, case index."""
