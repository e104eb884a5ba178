"""Ends of access."""
