"""Orders: what was bought and paid, and what became of it."""
