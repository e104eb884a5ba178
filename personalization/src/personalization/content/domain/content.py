"""The charity's public content: what there is to find, and how staff change it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.auth.callers import Caller
from shared.errors import Conflict, Forbidden, VersionConflict

CONTENT_ID = r"[A-Za-z0-9_-]{1,64}"


class Kind(StrEnum):
    CAMPAIGN = "campaign"
    RESEARCH = "research"
    EVENT = "event"
    WAY_TO_HELP = "way-to-help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One page. Only events have times; `version` counts the saved states, from 1."""

    content_id: str
    kind: Kind
    title: str
    summary: str
    body: str
    tags: tuple[str, ...]
    updated_at: datetime
    url: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Collection:
    """All content. `revision` changes with every write to any of it."""

    revision: int
    items: tuple[Content, ...]


class Contents(Protocol):
    def put(self, content: Content) -> Content:
        """Write a version over the one before it; version 1 where there is none. Raises VersionConflict.

        What has been removed goes on counting: its next version follows its last one, and what was read before the
        removal stays stale.
        """
        ...

    def remove(self, content_id: str) -> None:
        """What is not there is left as it is."""
        ...


def save_content(caller: Caller, content: Content, seen_version: int | None, contents: Contents) -> Content:
    """Create content, or replace the version that the caller has seen. Raises Forbidden, Conflict, VersionConflict."""
    require_editor(caller)
    try:
        return contents.put(replace(content, version=(seen_version or 0) + 1))
    except VersionConflict as error:
        if seen_version is None:
            raise Conflict(
                "There is content with this id already: read it again, then repeat your change with its version."
            ) from error
        raise VersionConflict("content", seen_version) from error


def remove_content(caller: Caller, content_id: str, contents: Contents) -> None:
    """Removing twice is as good as once. Raises Forbidden."""
    require_editor(caller)
    contents.remove(content_id)


def require_editor(caller: Caller) -> None:
    """Raises Forbidden, and not NotFound: content is public, so that it is there is no secret."""
    if not caller.is_staff:
        raise Forbidden("Only staff may change content.")
