"""What counts of messages and of what was sent: pure rules."""
