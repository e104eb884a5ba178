"""What is true of checkouts without any service: pure rules."""
