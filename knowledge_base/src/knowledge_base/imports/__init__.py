"""Imports of customers and their orders from other systems, as CSV."""
