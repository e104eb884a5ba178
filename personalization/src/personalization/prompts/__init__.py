"""Prompt projects: members, prompt cards, texts, the sweeper."""
