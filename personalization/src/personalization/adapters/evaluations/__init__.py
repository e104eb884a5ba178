"""Evaluations on AWS: cases and results, patterns, the state machine."""
