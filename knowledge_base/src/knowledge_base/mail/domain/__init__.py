"""Mail as it is read, whose it is, and which ticket it belongs to."""
