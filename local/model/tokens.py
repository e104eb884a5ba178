"""A simple deterministic tokenizer: about four characters of English to a token."""

import re

_TOKEN = re.compile(r" ?\w{1,5}|\s+|[^\w\s]")


def tokenize(text: str) -> list[str]:
    """Split a text into tokens; joined, they are the text again."""
    return _TOKEN.findall(text)


def count_tokens(text: str) -> int:
    return sum(1 for _ in _TOKEN.finditer(text))
