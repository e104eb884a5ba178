"""Domain events on the bus."""
