"""Proposals in a DynamoDB table with a time to live."""

from datetime import datetime

from commerce.support.adapters.records import WAITING, ProposalRecord
from commerce.support.domain.history import Page
from commerce.support.domain.proposals import Proposal
from shared.dynamodb.records import select
from shared.dynamodb.transactions import Transaction
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.persistence.unit_of_work import WriteRefused

_PROPOSAL = "proposal"


class DynamoProposals:
    """`first_answers` are only needed to finish."""

    def __init__(self, table: str, first_answers: DynamoFirstAnswers | None = None) -> None:
        self._proposals, self._first_answers = ProposalRecord.at(table), first_answers

    def add(self, proposal: Proposal) -> None:
        """One put."""
        self._proposals.of(proposal).put()

    def find(self, proposal_id: str, now: datetime) -> Proposal | None:
        """One consistent GetItem."""
        record = self._proposals.find(proposal_id)
        return record.to_proposal() if record and record.expires_at > now else None

    def waiting(self, after: str | None, limit: int, now: datetime) -> Page[Proposal]:
        """One query of an index, which follows the table within a moment."""
        position = None if after is None else ProposalRecord.proposal_id > after
        alive = ProposalRecord.expires_at > now
        records = select(self._proposals.by_waiting, WAITING, position, limit=limit + 1, where=alive)
        last = records[limit - 1].proposal_id if len(records) > limit else None
        return Page(tuple(record.to_proposal() for record in records[:limit]), last)

    def finish(self, proposal: Proposal, by: str, first_answer: FirstAnswer | None) -> bool:
        """One transaction."""
        transaction, record = Transaction(), self._proposals(proposal.proposal_id)
        done = [
            ProposalRecord.status.set("done"),
            ProposalRecord.approved_by.set(by),
            ProposalRecord.waiting.remove(),
        ]
        transaction.change(_PROPOSAL, record, done, ProposalRecord.status == "open")
        if self._first_answers:
            self._first_answers.record(first_answer, transaction)
        try:
            with translated_refusals():
                transaction.commit()
        except WriteRefused:
            return False
        return True
