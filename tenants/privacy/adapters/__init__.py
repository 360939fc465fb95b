"""What keeps the register's personal data sealed."""
