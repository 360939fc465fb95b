"""What exchange speaks to outside."""
