"""Product search: the index, and how it is kept."""
