"""Product search, and its index."""
