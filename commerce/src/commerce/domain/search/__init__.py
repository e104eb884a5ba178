"""Finding products: what is asked, what is found, and how an index follows the catalogue."""
