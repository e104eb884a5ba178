"""People and their groups."""
