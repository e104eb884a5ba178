"""Figures of the help desk: what was asked and answered on each day."""
