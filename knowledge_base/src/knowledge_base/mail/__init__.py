"""What people write by mail becomes tickets, and what staff reply goes back into the same thread."""
