"""People and gifts that look real, the same on every machine."""
