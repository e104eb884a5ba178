"""What a function makes once, while it initializes, and what copies of it must not share."""
