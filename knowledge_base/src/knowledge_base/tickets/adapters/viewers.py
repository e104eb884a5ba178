"""Who is viewing a ticket, in DynamoDB, with a time to live."""

from collections.abc import Sequence
from datetime import datetime

from knowledge_base.tickets.adapters.records import ViewerRecord
from knowledge_base.tickets.domain.handling import Viewer
from shared.dynamodb.records import select


class DynamoViewers:
    def __init__(self, viewers_table: str) -> None:
        self._viewers = ViewerRecord.at(viewers_table)

    def note(self, ticket_id: str, viewer: Viewer) -> None:
        """One put."""
        self._viewers(ticket_id, viewer.user_id, until=viewer.until, expires_at=viewer.until).put()

    def of_ticket(self, ticket_id: str, now: datetime) -> Sequence[Viewer]:
        """One consistent Query. DynamoDB deletes what has expired only after days."""
        found = select(self._viewers, ticket_id)
        return [Viewer(record.user_id, record.until) for record in found if record.until > now]
