"""What staff say of passages, in DynamoDB: each vote once, and their tally in the same transaction."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime

from knowledge_base.suggestions.adapters.records import TALLY, VoteRecord
from knowledge_base.suggestions.domain.ranking import Tally
from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable
from shared.idempotency.claims import translated_refusals
from shared.persistence.unit_of_work import Write, WriteRefused

_ATTEMPTS = 5  # where others vote on the same passage of the same ticket


class DynamoVotes:
    def __init__(self, votes_table: str) -> None:
        self._votes = VoteRecord.at(votes_table)

    def tallies(self, passage_ids: Collection[str]) -> Mapping[str, Tally]:
        """One BatchGetItem for each hundred; it may be a moment behind."""
        if not passage_ids:
            return {}
        found = self._votes.find_many([(each, TALLY) for each in passage_ids], consistent=False)
        return {each.passage_id: Tally(each.helpful_votes or 0, each.unhelpful_votes or 0) for each in found}

    def cast(
        self, passage_id: str, ticket_id: str, now: datetime, *, helpful: bool, record: Write | None = None
    ) -> None:
        """A GetItem, and a transaction of two writes and the record: of the record alone if it was cast so before."""
        for _ in range(_ATTEMPTS):
            before, transaction = self._votes.find(passage_id, ticket_id), Transaction()
            if before is None or before.helpful != helpful:
                self._vote(before, self._votes(passage_id, ticket_id, helpful=helpful, cast_at=now), transaction)
            elif record is None:
                return
            if record:
                record(transaction)
            with suppress(WriteRefused), translated_refusals():
                transaction.commit()
                return
        raise Unavailable("Others are voting on the same suggestion: try again.")

    def _vote(self, before: VoteRecord | None, vote: VoteRecord, transaction: Transaction) -> None:
        helpful = bool(vote.helpful)
        is_as_before = VoteRecord.helpful == before.helpful if before else VoteRecord.helpful.does_not_exist()
        transaction.save("vote", vote, is_as_before)
        changes = {helpful: 1} | ({not helpful: -1} if before else {})
        counters = {True: VoteRecord.helpful_votes, False: VoteRecord.unhelpful_votes}
        tally = self._votes(vote.passage_id, TALLY)
        transaction.change("tally", tally, [counters[kind].add(by) for kind, by in changes.items()])
