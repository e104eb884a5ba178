"""The shop: catalogue, search and cart."""
