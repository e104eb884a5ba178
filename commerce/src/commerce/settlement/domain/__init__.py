"""What is true of settlement without any service: pure rules."""
