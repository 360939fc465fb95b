"""Cases: intake to delivery."""
