"""What one center owns: features whose tables stand in every tenant schema."""
