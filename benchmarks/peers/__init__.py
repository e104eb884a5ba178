"""The functions that ours are compared with: the same calls, written plainly, without our code."""
