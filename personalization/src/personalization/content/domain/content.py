"""The charity's public content, and how staff change it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.auth.callers import Caller
from shared.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, VersionConflict


class Kind(StrEnum):
    CAMPAIGN = "campaign"
    RESEARCH = "research"
    EVENT = "event"
    WAY_TO_HELP = "way-to-help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A page. Only events have times, in the zone in which they were given; `version` counts the changes, from 1."""

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
    """All content. `revision` changes with every write to any page."""

    revision: int
    items: tuple[Content, ...]


class Contents(Protocol):
    def find(self, content_id: str) -> Content | None: ...

    def put(self, content: Content) -> Content:
        """Replace the previous version, or create version 1. Raises VersionConflict.

        Removed content continues its numbering: its next version follows its last one, so that a version that was read
        before the removal stays outdated.
        """
        ...

    def remove(self, content_id: str) -> None:
        """Removing what does not exist does nothing."""
        ...


def read_content(content_id: str, contents: Contents) -> Content:
    """Raises NotFound."""
    content = contents.find(content_id)
    if content is None:
        raise NotFound("There is no content with this id.")
    return content


def save_content(
    caller: Caller,
    content_id: str,
    seen_version: int | None,
    contents: Contents,
    content_of: Callable[[Content | None], Content],
) -> Content:
    """Create content, or replace the version that the caller has read, which `content_of` is given.

    Raises Forbidden, Conflict, VersionConflict, Invalid.
    """
    require_editor(caller)
    before = contents.find(content_id) if seen_version else None
    if seen_version and (before is None or before.version != seen_version):
        raise VersionConflict("content", seen_version)
    content = content_of(before)
    if content.starts_at and content.ends_at and content.ends_at < content.starts_at:
        message = "must not be before startsAt"
        raise Invalid(f"endsAt {message}.", [FieldError("endsAt", message)])
    try:
        return contents.put(replace(content, version=(seen_version or 0) + 1))
    except VersionConflict as error:
        if seen_version is None:
            raise Conflict(
                "There is content with this id already: read it again, then repeat your change with its version."
            ) from error
        raise VersionConflict("content", seen_version) from error


def remove_content(caller: Caller, content_id: str, contents: Contents) -> None:
    """Removing twice is the same as once. Raises Forbidden."""
    require_editor(caller)
    contents.remove(content_id)


def require_editor(caller: Caller) -> None:
    """Raises Forbidden rather than NotFound: that content exists is public."""
    if not caller.is_staff:
        raise Forbidden("Only staff may change content.")
