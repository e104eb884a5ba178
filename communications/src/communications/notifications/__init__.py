"""Notifications: what users hear of, through which channels, and why not through others."""
