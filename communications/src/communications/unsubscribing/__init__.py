"""Turning a category of messages off by the link in one of them, without signing in."""
