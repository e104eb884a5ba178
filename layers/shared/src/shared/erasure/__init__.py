"""People who have been erased: what every context does about them."""
