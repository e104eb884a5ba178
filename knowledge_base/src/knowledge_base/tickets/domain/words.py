"""By what tickets are found: the words of their subjects, or their number."""

import re

from shared.text.words import STOP_WORDS, stem, words

MAX_WORDS = 20
"""Of one subject: they are written in one transaction with the ticket."""
_MAX_WORD = 100
_NUMBER = re.compile(r"\s*#?([0-9]{1,12})\s*", re.ASCII)


def words_of(text: str) -> tuple[str, ...]:
    """Each once, without endings; those that every text has only where there are no others."""
    found = dict.fromkeys(word[:_MAX_WORD] for word in words(text))
    telling = [word for word in found if word not in STOP_WORDS] or list(found)
    return tuple(dict.fromkeys(map(stem, telling)))[:MAX_WORDS]


def number_in(query: str) -> int | None:
    """`#1042` or `1042`."""
    match = _NUMBER.fullmatch(query)
    return int(match[1]) if match else None
