"""Streamed answers, kept as frames."""
