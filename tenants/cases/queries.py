"""What an actor may see of cases; ``access_case`` is the only door to one."""
