"""What notifications say, in each language."""
