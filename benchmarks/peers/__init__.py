"""The functions that ours are measured beside: the same calls, written plainly, with nothing of ours."""
