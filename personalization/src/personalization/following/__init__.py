"""Streamed answers: accepted, worked on, followed, stopped."""
