"""Products: read, changed, and told of on the bus."""
