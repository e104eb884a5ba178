"""The charity's content in DynamoDB: one partition, and beside it the row that counts its changes."""

from personalization.adapters.dynamodb import latest_context, supporter_of
from personalization.domain.content import Collection, Content, Kind
from personalization.domain.search import Findings
from personalization.domain.supporter import StaleVersionError
from shared.dynamodb import Item, Table, add, attribute, readers
from shared.transactions import Cancelled, Transaction
from shared.wire import moment, rfc3339

COLLECTION = "content"
_REVISIONS = "revisions"  # a partition of its own: whoever reads the collection gets content and nothing else
_REVISION_KEY = {"collection": _REVISIONS, "contentId": COLLECTION}


class DynamoContents:
    """Writes the Content table: each change is one transaction with the count of changes."""

    def __init__(self, content_table: str) -> None:
        self._contents = Table(content_table)

    def put(self, content: Content) -> None:
        version = attribute("version")
        transaction = self._counted()
        seen = version.missing() if content.version == 1 else version == content.version - 1
        transaction.put("content", self._contents, _item(content), seen)
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
        transaction.update("revision", self._contents, _REVISION_KEY, [add("revision", 1)])
        return transaction


class DynamoLibrary:
    """Reads the Users, Context and Content tables. Reads are consistent: what has been written is found."""

    def __init__(self, users_table: str, context_table: str, content_table: str) -> None:
        self._users, self._contexts, self._contents = Table(users_table), Table(context_table), Table(content_table)

    def look_up(self, user_id: str, other_than: int | None) -> Findings:
        """Two GetItems and a Query in one round, or one GetItem less; where the collection has changed, its pages too.

        The collection is read after its revision: at worst it is newer than it says, and is read once more.
        """
        context = readers().submit(latest_context, self._contexts, user_id)
        collection = readers().submit(self._collection, other_than)
        supporter = supporter_of(self._users, user_id)
        return Findings(supporter, context.result(), collection.result())

    def _collection(self, other_than: int | None) -> Collection | None:
        """One GetItem; and where the revision is another one, a Query for each megabyte."""
        if other_than is None:
            return None
        changed = self._contents.get(_REVISION_KEY)
        revision = changed["revision"] if changed else 0  # nothing has ever been written
        if revision == other_than:
            return None
        everything = self._contents.query(attribute("collection") == COLLECTION)
        return Collection(revision, tuple(map(_content_in, everything)))


def _item(content: Content) -> Item:
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


def _content_in(item: Item) -> Content:
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
