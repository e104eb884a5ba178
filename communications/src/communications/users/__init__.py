"""People: how to reach them, and how they want to be reached."""
