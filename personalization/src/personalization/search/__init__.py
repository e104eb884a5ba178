"""Search in the content, ranked for a supporter."""
