"""News to many people at once, to each as they want it."""
