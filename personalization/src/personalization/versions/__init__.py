"""Versions and labels of prompts, and what may become production."""
