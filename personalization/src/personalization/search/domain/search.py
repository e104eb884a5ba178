"""Searching the charity's content for a supporter."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from personalization.content.domain.content import Collection, Content
from personalization.content.domain.listing import NO_REVISION
from personalization.memory.domain.context import SupporterContext
from personalization.search.domain.ranking import POINTS, preferences_of, rank, why
from personalization.search.domain.search_index import Index
from personalization.supporters.domain.supporter import Supporter
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.json.encoding import moment, rfc3339

RECHECK_AFTER = timedelta(seconds=2)
"""How long an index is used without checking for changes: so long a change may go unnoticed."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was read for a search. `collection` is None if it was not requested, or has not changed."""

    supporter: Supporter | None
    context: SupporterContext
    collection: Collection | None


class Library(Protocol):
    def look_up(self, user_id: str, other_than: int | None) -> Findings:
        """The supporter, the context and, if its revision is not `other_than`, the collection.

        One round of concurrent reads, and a second one if the collection has changed. With None, it is not checked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Query:
    user_id: str
    text: str
    limit: int

    @property
    def scope(self) -> str:
        """The scope of cursors of this search."""
        return f"search:{json.dumps([self.user_id, self.limit, self.text])}"


@dataclass(frozen=True, slots=True)
class Position:
    """The last hit of a page, and what it was ranked with, so that the next page continues the same ranking.

    It holds no revision of the collection: unchanged content has the same score as on the page before, and is neither
    skipped nor shown twice. Content that has changed in between is ranked by its new text.
    """

    at: datetime
    rarities: tuple[int, ...]
    points: int
    content_id: str

    def to_text(self) -> str:
        return json.dumps([rfc3339(self.at), self.rarities, self.points, self.content_id], separators=(",", ":"))

    @staticmethod
    def of_text(text: str) -> "Position":
        at, rarities, points, content_id = json.loads(text)
        return Position(moment(at), tuple(rarities), points, content_id)


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` is 0…1; `why` has at least one reason."""

    content: Content
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HitPage:
    hits: tuple[Hit, ...]
    next_position: Position | None


class CurrentIndex:
    """The index that is kept in the warm function, as long as its collection does not change."""

    def __init__(self) -> None:
        self._index = Index(Collection(NO_REVISION, ()))
        self._checked_at: datetime | None = None

    def revision_to_check(self, now: datetime) -> int | None:
        """The revision that it has; None if it was checked a moment ago."""
        if self._checked_at is not None and now - self._checked_at < RECHECK_AFTER:
            return None
        return self._index.revision

    def checked(self, newer: Collection | None, now: datetime) -> Index:
        """The index after a check, of the collection if there is a newer one."""
        self._checked_at = now
        if newer is not None:
            self._index = Index(newer)
        return self._index

    @property
    def as_it_is(self) -> Index:
        return self._index


class Search:
    """Answers searches from an index that is kept in the warm function, and updated."""

    def __init__(self, library: Library, now: Callable[[], datetime], zone: tzinfo) -> None:
        self._library, self._now, self._zone = library, now, zone
        self._index = CurrentIndex()

    def search(self, caller: Caller, query: Query, after: Position | None) -> HitPage:
        """Raises NotFound for another's user id. Somebody who has just signed up gets the default ranking."""
        caller.require_access_to(query.user_id)
        now = self._now().replace(microsecond=0)
        revision = self._index.revision_to_check(now)
        found = self._library.look_up(query.user_id, revision)
        index = self._index.as_it_is if revision is None else self._index.checked(found.collection, now)
        if found.supporter is None and caller.user_id != query.user_id:
            raise NotFound("There is no such supporter.")
        at, rarities = (after.at, after.rarities) if after else (now, ())
        ranked, rarities = rank(query.text, index, preferences_of(found.supporter, found.context), at, rarities)
        if after:
            ranked = [each for each in ranked if each.order > (-after.points, after.content_id)]
        page = ranked[: query.limit]
        more = len(ranked) > query.limit
        return HitPage(
            tuple(Hit(each.content, each.points / POINTS, why(each, at, self._zone)) for each in page),
            Position(at, rarities, page[-1].points, page[-1].content.content_id) if more else None,
        )
