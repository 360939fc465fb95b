"""What identity asks of the outside: text messages, the check of a name and its number."""
