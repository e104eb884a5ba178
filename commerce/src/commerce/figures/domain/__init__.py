"""What counts of orders: pure rules."""
