"""Realistic sample data, the same on every machine."""
