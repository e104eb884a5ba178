"""The end of a user's access."""
