"""Files of products."""
