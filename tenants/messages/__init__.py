"""What a center tells applicants about their cases."""
