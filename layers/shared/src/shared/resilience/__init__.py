"""Back-off, retries, deadlines, circuit breakers, interruption, clocks."""
