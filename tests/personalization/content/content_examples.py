"""Content for tests, and stand-ins for the adapters that keep it (see contracts/test_contents.py)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from personalization.content.domain.content import Collection, Content, Kind
from personalization.search.domain.search import Findings
from personalization.supporters.domain.supporter import Supporter
from shared.errors import VersionConflict
from tests.personalization.fakes import FakeProfiles, FakeSupporters

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def page(content_id: str, title: str = "A page", **more: Any) -> Content:
    """Content in which nothing but what is said can be found."""
    ordinary: dict[str, Any] = {"kind": Kind.CAMPAIGN, "summary": "", "body": "", "tags": (), "updated_at": NOW}
    return Content(content_id=content_id, title=title, **(ordinary | more))


class FakeContents:
    """Content in memory."""

    def __init__(self, *items: Content) -> None:
        self.by_id = {item.content_id: item for item in items}
        self.removed: dict[str, int] = {}
        self.revision = 0

    def other_than(self, revision: int) -> Collection | None:
        if revision == self.revision:
            return None
        return Collection(self.revision, tuple(sorted(self.by_id.values(), key=lambda content: content.content_id)))

    def find(self, content_id: str) -> Content | None:
        return self.by_id.get(content_id)

    def put(self, content: Content) -> Content:
        stored = self.by_id.get(content.content_id)
        if (stored.version if stored else 0) != content.version - 1:
            raise VersionConflict
        if not stored:
            content = replace(content, version=self.removed.get(content.content_id, 0) + 1)
        self.by_id[content.content_id] = content
        self.revision += 1
        return content

    def remove(self, content_id: str) -> None:
        if stored := self.by_id.pop(content_id, None):
            self.removed[content_id] = stored.version
            self.revision += 1


class FakeLibrary:
    """Looks up what the other fakes hold."""

    def __init__(self, contents: FakeContents, *supporters: Supporter) -> None:
        self.contents = contents
        self.profiles = FakeProfiles(FakeSupporters(*supporters))

    def look_up(self, user_id: str, other_than: int | None) -> Findings:
        profile = self.profiles.find(user_id, anonymous=False)
        return Findings(
            supporter=profile.supporter if profile else None,
            context=self.profiles.latest_context(user_id),
            collection=None if other_than is None else self.contents.other_than(other_than),
        )
