"""The charity's content in DynamoDB: one partition, and beside it the row that counts its changes."""

from personalization.domain.content import Content, Kind
from personalization.domain.supporter import StaleVersionError
from shared.dynamodb import Item, Table, add, attribute
from shared.transactions import Cancelled, Transaction
from shared.wire import moment, rfc3339

COLLECTION = "content"
_REVISIONS = "revisions"  # a partition of its own: whoever reads the collection gets content and nothing else
REVISION_KEY = {"collection": _REVISIONS, "contentId": COLLECTION}


class DynamoContents:
    """Writes the Content table: each change is one transaction with the count of changes."""

    def __init__(self, content_table: str) -> None:
        self._contents = Table(content_table)

    def put(self, content: Content) -> None:
        version = attribute("version")
        transaction = self._counted()
        seen = version.missing() if content.version == 1 else version == content.version - 1
        transaction.put("content", self._contents, content_item(content), seen)
        try:
            transaction.commit()
        except Cancelled as cancelled:
            raise StaleVersionError from cancelled

    def remove(self, content_id: str) -> None:
        transaction = self._counted()
        key = {"collection": COLLECTION, "contentId": content_id}
        transaction.delete("content", self._contents, key, attribute("version").exists())
        try:
            transaction.commit()
        except Cancelled:
            return  # it was gone already

    def _counted(self) -> Transaction:
        """A transaction that counts what else it changes. Everybody writes this row: conflicts are tried again."""
        transaction = Transaction()
        transaction.update("revision", self._contents, REVISION_KEY, [add("revision", 1)])
        return transaction


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
