"""Figures of the help desk: questions and answers of each day."""
