"""A simple deterministic tokenizer: parts of words, about four characters of English each."""

import re

_TOKEN = re.compile(r" ?\w{1,5}|\s+|[^\w\s]")


def tokenize(text: str) -> list[str]:
    """The tokens of a text; joined, they are the text again."""
    return _TOKEN.findall(text)


def count_tokens(text: str) -> int:
    return sum(1 for _ in _TOKEN.finditer(text))
