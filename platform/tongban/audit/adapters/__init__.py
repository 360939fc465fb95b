"""Where sealed heads are kept, outside the database."""
