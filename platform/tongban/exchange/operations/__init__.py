"""What exchange does: deliver messages, fire timers."""
