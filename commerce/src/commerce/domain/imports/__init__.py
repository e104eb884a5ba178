"""Many products at once: a file's lines, what is wrong with each, and what became of it."""
