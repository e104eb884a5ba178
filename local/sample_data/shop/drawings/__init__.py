"""Simple pictures of things, drawn by code."""
