"""Checkout: what is bought is fixed, reserved, paid and handed over to the orders, or nothing of it."""
