"""Categories: how many products on sale each has."""
