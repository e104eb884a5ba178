"""Customers in Postgres."""
