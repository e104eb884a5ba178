"""The charity's content in DynamoDB: one partition, and beside it the row that counts its changes."""

from collections.abc import Callable

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from personalization.adapters.dynamodb import latest_context
from personalization.adapters.items import ContextItem, SupporterItem
from personalization.domain.content import Collection, Content, Kind
from personalization.domain.search import Findings
from personalization.domain.supporter import StaleVersionError
from shared.errors import Unavailable
from shared.tables import bind, connection, readers, translated_failures
from shared.wire import moment, rfc3339

COLLECTION = "content"
_REVISIONS = "revisions"  # a partition of its own: whoever reads the collection gets content and nothing else
_ATTEMPTS_TO_WRITE = 5


class ContentItem(Model):
    class Meta:
        table_name = ""

    collection = UnicodeAttribute(hash_key=True)
    content_id = UnicodeAttribute(range_key=True, attr_name="contentId")
    kind = UnicodeAttribute()
    title = UnicodeAttribute()
    summary = UnicodeAttribute()
    body = UnicodeAttribute()
    tags: ListAttribute[str] = ListAttribute()
    url = UnicodeAttribute(null=True)
    starts_at = UnicodeAttribute(null=True, attr_name="startsAt")
    ends_at = UnicodeAttribute(null=True, attr_name="endsAt")
    version = NumberAttribute()
    updated_at = UnicodeAttribute(attr_name="updatedAt")

    @classmethod
    def of(cls, content: Content) -> "ContentItem":
        return cls(
            collection=COLLECTION,
            content_id=content.content_id,
            kind=content.kind.value,
            title=content.title,
            summary=content.summary,
            body=content.body,
            tags=list(content.tags),
            url=content.url,
            starts_at=rfc3339(content.starts_at) if content.starts_at else None,
            ends_at=rfc3339(content.ends_at) if content.ends_at else None,
            version=content.version,
            updated_at=rfc3339(content.updated_at),
        )

    def to_domain(self) -> Content:
        return Content(
            content_id=self.content_id,
            kind=Kind(self.kind),
            title=self.title,
            summary=self.summary,
            body=self.body,
            tags=tuple(self.tags),
            url=self.url,
            starts_at=moment(self.starts_at) if self.starts_at else None,
            ends_at=moment(self.ends_at) if self.ends_at else None,
            version=int(self.version),
            updated_at=moment(self.updated_at),
        )


class RevisionItem(Model):
    """How often a collection has changed; counted in the same transaction as each change."""

    class Meta:
        table_name = ""

    collection = UnicodeAttribute(hash_key=True)
    content_id = UnicodeAttribute(range_key=True, attr_name="contentId")
    revision = NumberAttribute()


class DynamoContents:
    """Writes the Content table: each change is one transaction with the count of changes."""

    def __init__(self, content_table: str) -> None:
        bind(ContentItem, content_table)
        bind(RevisionItem, content_table)

    def put(self, content: Content) -> None:
        is_first = content.version == 1
        seen = ContentItem.version.does_not_exist() if is_first else ContentItem.version == content.version - 1
        if not _changed(lambda transaction: transaction.save(ContentItem.of(content), condition=seen)):
            raise StaleVersionError

    def remove(self, content_id: str) -> None:
        there: Condition = ContentItem.version.exists()
        key = ContentItem(COLLECTION, content_id)
        _changed(lambda transaction: transaction.delete(key, condition=there))


class DynamoLibrary:
    """Reads the Users, Context and Content tables. Reads are consistent: what has been written is found."""

    def __init__(self, users_table: str, context_table: str, content_table: str) -> None:
        bind(SupporterItem, users_table)
        bind(ContextItem, context_table)
        bind(ContentItem, content_table)
        bind(RevisionItem, content_table)

    def look_up(self, user_id: str, other_than: int | None) -> Findings:
        """Two GetItems and a Query in one round, or one GetItem less; where the collection has changed, its pages too.

        The collection is read after its revision: at worst it is newer than it says, and is read once more.
        """
        with translated_failures():
            context = readers().submit(latest_context, user_id)
            collection = readers().submit(_collection, other_than)
            try:
                supporter = SupporterItem.get(user_id, consistent_read=True).to_domain()
            except SupporterItem.DoesNotExist:
                supporter = None
            return Findings(supporter, context.result(), collection.result())


def _collection(other_than: int | None) -> Collection | None:
    """One GetItem; and where the revision is another one, a Query for each megabyte."""
    if other_than is None:
        return None
    try:
        revision = int(RevisionItem.get(_REVISIONS, COLLECTION, consistent_read=True).revision)
    except RevisionItem.DoesNotExist:
        revision = 0  # nothing has ever been written
    if revision == other_than:
        return None
    everything = ContentItem.query(COLLECTION, consistent_read=True)
    return Collection(revision, tuple(item.to_domain() for item in everything))


def _changed(change: Callable[[TransactWrite], None]) -> bool:
    """Make a change and count it, together or not at all. False where its condition does not hold."""
    for _ in range(_ATTEMPTS_TO_WRITE):
        with translated_failures():
            try:
                with TransactWrite(connection=connection()) as transaction:
                    change(transaction)
                    transaction.update(RevisionItem(_REVISIONS, COLLECTION), [RevisionItem.revision.add(1)])
                return True
            except TransactWriteError as error:
                codes = [reason.code if reason else None for reason in error.cancellation_reasons or ()]
                if "ConditionalCheckFailed" in codes:
                    return False
                if "TransactionConflict" not in codes:
                    raise
    raise Unavailable("Others are changing content right now; try again.", retry_after_seconds=1)
