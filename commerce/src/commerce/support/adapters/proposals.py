"""Proposals in a DynamoDB table with a time to live."""

from commerce.support.adapters.records import ProposalRecord
from commerce.support.domain.proposals import Proposal


class DynamoProposals:
    def __init__(self, table: str) -> None:
        self._proposals = ProposalRecord.at(table)

    def add(self, proposal: Proposal) -> None:
        """One put."""
        self._proposals.of(proposal).put()
