"""Figures of the days of fundraising and of the agent, for the staff."""
