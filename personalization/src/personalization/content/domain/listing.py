"""The list of all content, for whoever looks after it."""

from dataclasses import dataclass
from typing import Protocol

from personalization.content.domain.content import Collection, Content, Kind
from shared.json.encoding import rfc3339
from shared.text.words import words

NO_REVISION = -1
"""No collection has this revision."""


class Collections(Protocol):
    def other_than(self, revision: int) -> Collection | None:
        """The collection; None if it still has this revision. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class ContentPage:
    items: tuple[Content, ...]
    next_position: str | None


class ContentListing:
    """Lists the collection, which is kept in the warm function as long as nothing changes."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections
        self._current = Collection(NO_REVISION, ())

    def page(self, kind: Kind | None, query: str | None, after: str | None, limit: int) -> ContentPage:
        """The latest changed first; `query` is what words of title, summary, tags or id begin with."""
        changed = self._collections.other_than(self._current.revision)
        self._current = self._current if changed is None else changed
        wanted = words(query or "")
        fitting = [each for each in self._current.items if kind in (None, each.kind) and _fits(each, wanted)]
        following = sorted((_position(each), each) for each in fitting if after is None or _position(each) < after)
        newest = following[::-1][: limit + 1]
        last = newest[limit - 1][0] if len(newest) > limit else None
        return ContentPage(tuple(each for _, each in newest[:limit]), last)


def _position(content: Content) -> str:
    """Where content stands in the list: by the time of its change, and at one time by its id."""
    return f"{rfc3339(content.updated_at)}#{content.content_id}"


def _fits(content: Content, wanted: list[str]) -> bool:
    found = words(" ".join((content.title, content.summary, *content.tags, content.content_id)))
    return all(any(word.startswith(each) for word in found) for each in wanted)
