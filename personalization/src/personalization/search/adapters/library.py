"""What a search reads from DynamoDB."""

from personalization.content.adapters.collection import DynamoCollections
from personalization.memory.adapters.context import ContextRecord, latest_context
from personalization.search.domain.search import Findings
from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.adapters.supporters import supporter_of
from shared.dynamodb.connection import readers


class DynamoLibrary:
    """Reads the Users, Context and Content tables, consistently: what has been written is found."""

    def __init__(self, users_table: str, context_table: str, content_table: str) -> None:
        self._users, self._contexts = SupporterRecord.at(users_table), ContextRecord.at(context_table)
        self._collections = DynamoCollections(content_table)

    def look_up(self, user_id: str, other_than: int | None) -> Findings:
        """Two GetItems, or one, and a Query in one round; if the collection has changed, its pages too."""
        context = readers().submit(latest_context, self._contexts, user_id)
        collection = None if other_than is None else readers().submit(self._collections.other_than, other_than)
        supporter = supporter_of(self._users, user_id)
        return Findings(supporter, context.result(), collection.result() if collection else None)
