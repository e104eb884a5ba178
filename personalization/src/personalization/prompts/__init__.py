"""Prompt projects: their members, prompts and texts, and the sweep of leftovers."""
