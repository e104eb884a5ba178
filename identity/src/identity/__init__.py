"""Sign-ups and ends of access, published as events."""
