"""Products: browsing, editing, and their events."""
