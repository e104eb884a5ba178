"""Back-off, deadlines, circuit breakers, interruption."""
