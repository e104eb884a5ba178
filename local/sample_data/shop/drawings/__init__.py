"""Flat pictures of things, drawn by code."""
