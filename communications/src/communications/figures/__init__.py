"""Figures of communications: what was sent on each day."""
