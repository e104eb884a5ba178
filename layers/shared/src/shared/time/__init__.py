"""Points in time, as they come from outside."""
