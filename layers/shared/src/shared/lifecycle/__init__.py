"""What a function makes once, while it initializes."""
