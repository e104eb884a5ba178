"""Sign-ups."""
