"""What the rules of a context know of how things are kept."""
