"""Suggestions of tickets, and which documents they are made of, in DynamoDB."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta

from knowledge_base.suggestions.adapters.records import OfferRecord, UseRecord
from knowledge_base.suggestions.domain.suggesting import OFFER_LIFE, Offer, Use
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, select

_CITED_LIFE = timedelta(days=180)
"""Tickets are not open for longer."""


class DynamoOffers:
    def __init__(self, suggestions_table: str) -> None:
        self._offers = OfferRecord.at(suggestions_table)

    def find(self, ticket_id: str, now: datetime) -> Offer | None:
        """One consistent GetItem."""
        record = self._offers.find(ticket_id)
        return record.to_offer() if record and record.expires_at > now else None

    def keep(self, offer: Offer) -> None:
        """One put, in the place of the ticket's former suggestions."""
        self._offers.of(offer).put()

    def drop(self, ticket_id: str) -> None:
        """One delete."""
        self._offers(ticket_id).remove()


class DynamoUses:
    def __init__(self, uses_table: str) -> None:
        self._uses = UseRecord.at(uses_table)

    def add(self, document_ids: Collection[str], ticket_id: str, *, cited: bool, now: datetime) -> None:
        """A put for each document, at the same time."""

        def put(document_id: str) -> None:
            life = _CITED_LIFE if cited else OFFER_LIFE
            use = self._uses(document_id, ticket_id, cited=cited, noted_at=now, expires_at=now + life)
            with suppress(ConditionFailed):
                use.put(None if cited else UseRecord.cited.does_not_exist() | (UseRecord.cited == False))  # noqa: E712

        list(readers().map(put, sorted(document_ids)))

    def of_document(self, document_id: str, after: str | None, limit: int) -> tuple[Use, ...]:
        """One consistent Query."""
        rest = UseRecord.ticket_id > after if after else None
        found = select(self._uses, document_id, rest, limit=limit)
        return tuple(Use(each.document_id, each.ticket_id, each.cited, each.noted_at) for each in found)

    def forget(self, use: Use) -> None:
        """One delete."""
        with suppress(ConditionFailed):
            self._uses(use.document_id, use.ticket_id).remove(UseRecord.noted_at == use.noted_at)
