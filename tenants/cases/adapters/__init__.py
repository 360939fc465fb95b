"""What leaves a case as paper: documents for applicants, rendered as PDF."""
