"""What is true of payments without any provider: pure rules."""
