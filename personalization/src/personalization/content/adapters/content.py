"""The charity's content in DynamoDB: one partition; others count its changes and the versions of what was removed."""

from contextlib import suppress
from dataclasses import replace

from personalization.content.domain.content import Content, Kind
from shared.dynamodb.tables import Item, Table, add, attribute
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.errors import Unavailable, VersionConflict
from shared.json.encoding import moment, rfc3339

COLLECTION = "content"
_REVISIONS = "revisions"  # a partition of its own: whoever reads the collection gets content and nothing else
REVISION_KEY = {"collection": _REVISIONS, "contentId": COLLECTION}
_ATTEMPTS_TO_REMOVE = 5
_CONTENT, _REMOVED = "content", "removed"  # of a transaction's writes


class DynamoContents:
    """Writes the Content table: each change is one transaction with the count of changes."""

    def __init__(self, content_table: str) -> None:
        self._contents = Table(content_table)

    def put(self, content: Content) -> Content:
        """One transaction; where content is created that has been removed before, a GetItem and another one."""
        version = attribute("version")
        transaction = self._counted()
        if content.version > 1:
            transaction.put(_CONTENT, self._contents, content_item(content), version == content.version - 1)
        else:
            transaction.put(_CONTENT, self._contents, content_item(content), version.missing())
            transaction.check(_REMOVED, self._contents, _removed_key(content.content_id), version.missing())
        try:
            transaction.commit()
        except Cancelled as cancelled:
            if _REMOVED in cancelled.refused and _CONTENT not in cancelled.refused:
                return self._put_again(content)
            raise VersionConflict from cancelled
        return content

    def remove(self, content_id: str) -> None:
        """A GetItem and a transaction, and both again where somebody else changes it in between."""
        key = {"collection": COLLECTION, "contentId": content_id}
        for _ in range(_ATTEMPTS_TO_REMOVE):
            known = self._contents.get(key, attributes=["version"])
            if known is None:
                return
            last = known["version"]
            transaction = self._counted()
            transaction.delete(_CONTENT, self._contents, key, attribute("version") == last)
            transaction.put(_REMOVED, self._contents, _removed_key(content_id) | {"version": last})
            with suppress(Cancelled):
                transaction.commit()
                return
        raise Unavailable("Others are changing this content; try again.", retry_after_seconds=2)

    def _put_again(self, content: Content) -> Content:
        """The version after the one that was removed."""
        removed = self._contents.get(_removed_key(content.content_id))
        if removed is None:
            raise AssertionError("what has been removed stays on record")
        again = replace(content, version=removed["version"] + 1)
        transaction = self._counted()
        transaction.put(_CONTENT, self._contents, content_item(again), attribute("version").missing())
        unchanged = attribute("version") == removed["version"]
        transaction.check(_REMOVED, self._contents, _removed_key(content.content_id), unchanged)
        try:
            transaction.commit()
        except Cancelled as cancelled:
            raise VersionConflict from cancelled
        return again

    def _counted(self) -> Transaction:
        """A transaction that counts what else it changes. Everybody writes this row: conflicts are tried again."""
        transaction = Transaction()
        transaction.update("revision", self._contents, REVISION_KEY, [add("revision", 1)])
        return transaction


def _removed_key(content_id: str) -> Item:
    """The row that keeps the last version of removed content, in a partition of its own."""
    return {"collection": "removed", "contentId": content_id}


def content_item(content: Content) -> Item:
    return {
        "collection": COLLECTION,
        "contentId": content.content_id,
        "kind": content.kind.value,
        "title": content.title,
        "summary": content.summary,
        "body": content.body,
        "tags": content.tags,
        "url": content.url,
        "startsAt": rfc3339(content.starts_at) if content.starts_at else None,
        "endsAt": rfc3339(content.ends_at) if content.ends_at else None,
        "version": content.version,
        "updatedAt": rfc3339(content.updated_at),
    }


def content_in(item: Item) -> Content:
    starts_at, ends_at = item.get("startsAt"), item.get("endsAt")
    return Content(
        content_id=item["contentId"],
        kind=Kind(item["kind"]),
        title=item["title"],
        summary=item["summary"],
        body=item["body"],
        tags=tuple(item["tags"]),
        url=item.get("url"),
        starts_at=moment(starts_at) if starts_at else None,
        ends_at=moment(ends_at) if ends_at else None,
        version=item["version"],
        updated_at=moment(item["updatedAt"]),
    )
