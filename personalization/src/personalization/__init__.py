"""Supporters, their donations, and what the platform knows of them."""
