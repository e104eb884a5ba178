"""Messages between people: sent once, copied to each recipient, read, changed, blocked, reported."""
