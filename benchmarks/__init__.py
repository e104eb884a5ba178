"""Benchmarks that compare alternatives in one run. No test depends on their results."""
