"""What is true of orders without any service: pure rules."""
