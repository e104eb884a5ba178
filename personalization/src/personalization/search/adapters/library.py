"""What a search reads from DynamoDB."""

from personalization.agent.adapters.context import ContextRecord, latest_context
from personalization.content.adapters.records import COLLECTION, REVISION_KEY, ContentRecord, RevisionRecord
from personalization.content.domain.content import Collection
from personalization.search.domain.search import Findings
from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.adapters.supporters import supporter_of
from shared.dynamodb.connection import readers
from shared.dynamodb.records import select


class DynamoLibrary:
    """Reads the Users, Context and Content tables, consistently: what has been written is found."""

    def __init__(self, users_table: str, context_table: str, content_table: str) -> None:
        self._users, self._contexts = SupporterRecord.at(users_table), ContextRecord.at(context_table)
        self._contents, self._revisions = ContentRecord.at(content_table), RevisionRecord.at(content_table)

    def look_up(self, user_id: str, other_than: int | None) -> Findings:
        """Two GetItems, or one, and a Query in one round; if the collection has changed, its pages too.

        The collection is read after its revision: at worst it is newer than its revision, and is read once more.
        """
        context = readers().submit(latest_context, self._contexts, user_id)
        collection = readers().submit(self._collection, other_than)
        supporter = supporter_of(self._users, user_id)
        return Findings(supporter, context.result(), collection.result())

    def _collection(self, other_than: int | None) -> Collection | None:
        """One GetItem, and if the revision differs, a Query per megabyte."""
        if other_than is None:
            return None
        changed = self._revisions.find(*REVISION_KEY)
        revision = changed.revision if changed else 0  # nothing has ever been written
        if revision == other_than:
            return None
        everything = select(self._contents, COLLECTION)
        return Collection(revision, tuple(record.to_content() for record in everything))
