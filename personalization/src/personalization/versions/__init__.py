"""Versions and labels of prompts."""
