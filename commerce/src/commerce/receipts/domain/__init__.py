"""What receipts say and when they are sent: pure rules."""
