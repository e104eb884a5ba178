"""All content, in DynamoDB."""

from personalization.content.adapters.records import COLLECTION, REVISION_KEY, ContentRecord, RevisionRecord
from personalization.content.domain.content import Collection
from shared.dynamodb.records import select


class DynamoCollections:
    """Reads the Content table, consistently: what has been written is found."""

    def __init__(self, content_table: str) -> None:
        self._contents, self._revisions = ContentRecord.at(content_table), RevisionRecord.at(content_table)

    def other_than(self, revision: int) -> Collection | None:
        """One GetItem, and if the revision differs, a Query per megabyte.

        The collection is read after its revision: at worst it is newer than its revision, and is read once more.
        """
        changed = self._revisions.find(*REVISION_KEY)
        current = changed.revision if changed else 0  # nothing has ever been written
        if current == revision:
            return None
        everything = select(self._contents, COLLECTION)
        return Collection(current, tuple(record.to_content() for record in everything))
