"""What staff say of passages, in DynamoDB: each vote once, and their tally in the same transaction."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime

from knowledge_base.suggestions.adapters.records import TALLY, VoteRecord
from knowledge_base.suggestions.domain.ranking import Tally
from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable
from shared.persistence.unit_of_work import WriteRefused

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

    def cast(self, passage_id: str, ticket_id: str, now: datetime, *, helpful: bool) -> None:
        """A GetItem, and a transaction of two writes unless it was cast like this before."""
        for _ in range(_ATTEMPTS):
            before = self._votes.find(passage_id, ticket_id)
            if before and before.helpful == helpful:
                return
            is_as_before = VoteRecord.helpful == before.helpful if before else VoteRecord.helpful.does_not_exist()
            changes = {helpful: 1} | ({not helpful: -1} if before else {})
            counters = {True: VoteRecord.helpful_votes, False: VoteRecord.unhelpful_votes}
            transaction = Transaction()
            vote = self._votes(passage_id, ticket_id, helpful=helpful, cast_at=now)
            transaction.save("vote", vote, is_as_before)
            transaction.change(
                "tally", self._votes(passage_id, TALLY), [counters[kind].add(by) for kind, by in changes.items()]
            )
            with suppress(WriteRefused):
                transaction.commit()
                return
        raise Unavailable("Others are voting on the same suggestion: try again.")
