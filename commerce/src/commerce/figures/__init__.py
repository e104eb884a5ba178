"""Figures of the shop's days, for its staff."""
