"""Evaluations: test articles, what their answers have to be like, and which versions of prompts have passed."""
