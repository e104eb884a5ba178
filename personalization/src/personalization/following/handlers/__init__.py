"""One file per function: parse, call, answer."""
