"""Prompt projects: who works on them, the prompts with their versions and labels, and the cards that runs use."""
