"""Which of the pages that it was given an answer cites: `[2]` after a sentence.

What readers get counts the pages in the order in which they are cited, so that `[1]` is the first of the answer's
sources; a number that no page has disappears.
"""

import re

_MARKER = re.compile(r"\s?\[\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*\]")
_BEGUN = re.compile(r"\s*(?:\[[\d,\s]{0,30})?\Z")
"""What may yet become a marker."""


class Citations:
    """Reads an answer piece by piece; `pages` is how many pages there are to cite, numbered from 1."""

    def __init__(self, pages: int) -> None:
        self._pages, self._held, self._said = pages, "", list[str]()
        self._cited: dict[int, int] = {}

    @property
    def cited(self) -> tuple[int, ...]:
        """The numbers of the pages that were cited, each once, in the order of the sources."""
        return tuple(self._cited)

    @property
    def text(self) -> str:
        """What readers have got."""
        return "".join(self._said)

    def read(self, piece: str) -> str:
        """What of the answer can be said now; perhaps nothing."""
        held = self._held + piece
        begun = _BEGUN.search(held) if self._pages else None
        end = begun.start() if begun else len(held)
        self._held = held[end:]
        return self._say(held[:end])

    def rest(self) -> str:
        """What was held back, at the end of the answer."""
        held, self._held = self._held, ""
        return self._say(held)

    def _say(self, text: str) -> str:
        said = _MARKER.sub(self._renumbered, text) if self._pages else text
        self._said.append(said)
        return said

    def _renumbered(self, marker: re.Match[str]) -> str:
        numbers = [int(number) for number in re.findall(r"\d+", marker[1])]
        sources = [self._cited.setdefault(n, len(self._cited) + 1) for n in numbers if 1 <= n <= self._pages]
        if not sources:
            return ""
        space = " " if marker[0][0].isspace() else ""
        return space + "".join(f"[{source}]" for source in dict.fromkeys(sources))


def without_markers(text: str) -> str:
    """An earlier answer, whose numbers mean other pages now."""
    return _MARKER.sub("", text)
