"""Marks matches in a text, as HTML."""

import html

from commerce.search.adapters.tantivy.meaning import Finds
from shared.text.words import words_in

_BEFORE_CHARACTERS = 60
_EXCERPT_CHARACTERS = 200


def marked(text: str, finds: Finds) -> str | None:
    """The whole text; None without a match."""
    spans = _found(text, finds)
    return _html(text, spans, 0, len(text)) if spans else None


def excerpt(text: str, finds: Finds) -> str | None:
    """About 200 characters around the first match, in whole words; None without a match."""
    spans = _found(text, finds)
    if not spans:
        return None
    first, last = spans[0]
    start = max(0, first - _BEFORE_CHARACTERS)
    if start:
        start = _after_space(text, start, first)
    end = min(len(text), max(start + _EXCERPT_CHARACTERS, last))
    if end < len(text):
        space = text.rfind(" ", last, end)
        end = space if space > 0 else end
    return _html(text, spans, start, end)


def _found(text: str, finds: Finds) -> list[tuple[int, int]]:
    # most texts have no match: their set of words tells sooner than their positions
    if not any(map(finds, set(text.split()))):
        return []
    return [(start, start + len(written)) for written, start in words_in(text) if finds(written)]


def _after_space(text: str, start: int, latest: int) -> int:
    space = text.find(" ", start, latest)
    return start if space < 0 else space + 1


def _html(text: str, spans: list[tuple[int, int]], start: int, end: int) -> str:
    parts, done = [], start
    for first, last in spans:
        if first >= start and last <= end:
            parts += [html.escape(text[done:first]), "<em>", html.escape(text[first:last]), "</em>"]
            done = last
    return "".join([*parts, html.escape(text[done:end])])
