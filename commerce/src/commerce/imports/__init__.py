"""Imports of products from CSV and JSON files."""
