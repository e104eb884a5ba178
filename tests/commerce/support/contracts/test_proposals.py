"""What whoever keeps proposals must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from commerce.support.adapters.proposals import DynamoProposals
from commerce.support.domain.proposals import REFUND_LIFE, Proposal, Proposals
from local.workspace import ROOT
from shared.idempotency.claims import FirstAnswer, FirstAnswers, KeyInUse
from shared.idempotency.first_answers import DynamoFirstAnswers
from tests.commerce.examples import NOW
from tests.commerce.support.approvals import a_proposal
from tests.commerce.support.fakes import FakeProposals
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.first_answers import FakeFirstAnswers

type Kept = tuple[Proposals, FirstAnswers]


class ProposalsContract:
    @pytest.fixture
    def proposal(self, kept: Kept) -> Proposal:
        proposal = a_proposal("refund", proposal_id=uuid.uuid4().hex)
        kept[0].add(proposal)
        return proposal

    def test_a_proposal_is_there_until_it_has_expired(self, kept: Kept, proposal: Proposal) -> None:
        proposals, _ = kept
        assert proposals.find(proposal.proposal_id, NOW) == proposal
        assert proposals.find(proposal.proposal_id, NOW + REFUND_LIFE + timedelta(seconds=1)) is None
        assert proposals.find("none", NOW) is None

    def test_it_is_finished_once(self, kept: Kept, proposal: Proposal) -> None:
        proposals, first_answers = kept
        answer = FirstAnswer(uuid.uuid4().hex, "hash", "{}", NOW.replace(microsecond=0))
        assert proposals.finish(proposal, "tom", answer)
        assert first_answers.find(answer.record_id, NOW) == answer
        assert not proposals.finish(proposal, "jo", None)
        assert proposals.find(proposal.proposal_id, NOW) == replace(proposal, status="done", approved_by="tom")

    def test_a_key_that_is_in_use_finishes_nothing(self, kept: Kept, proposal: Proposal) -> None:
        proposals, _ = kept
        answer = FirstAnswer(uuid.uuid4().hex, "hash", "{}", NOW)
        proposals.finish(proposal, "tom", answer)
        other = a_proposal("refund", proposal_id=uuid.uuid4().hex)
        proposals.add(other)
        with pytest.raises(KeyInUse):
            proposals.finish(other, "tom", answer)
        assert proposals.find(other.proposal_id, NOW) == other

    def test_refunds_wait_in_pages_until_they_are_done(self, kept: Kept) -> None:
        proposals, _ = kept
        ids = [f"{number}-{uuid.uuid4().hex}" for number in range(3)]
        for proposal_id in ids:
            proposals.add(a_proposal("refund", proposal_id=proposal_id))
        proposals.add(a_proposal("cancel", proposal_id="0"))
        first = proposals.waiting(None, 2, NOW)
        assert [each.proposal_id for each in first.items] == ids[:2]
        rest = proposals.waiting(first.next_position, 2, NOW)
        assert ([each.proposal_id for each in rest.items], rest.next_position) == (ids[2:], None)
        proposals.finish(a_proposal("refund", proposal_id=ids[0]), "tom", None)
        assert [each.proposal_id for each in proposals.waiting(None, 5, NOW).items] == ids[1:]


class TestFakeProposals(ProposalsContract):
    @pytest.fixture
    def kept(self) -> Kept:
        first_answers = FakeFirstAnswers()
        return FakeProposals(first_answers=first_answers), first_answers


class TestDynamoProposals(ProposalsContract):
    @pytest.fixture
    def kept(self, local_aws: str) -> Iterator[Kept]:
        support, till = ROOT / "commerce" / "support.yaml", ROOT / "commerce" / "tables.yaml"
        with (
            tables_like(local_aws, support, ["ProposalsTable"]) as proposals,
            tables_like(local_aws, till, ["IdempotencyTable"]) as others,
        ):
            first_answers = DynamoFirstAnswers(others["IdempotencyTable"])
            yield DynamoProposals(proposals["ProposalsTable"], first_answers), first_answers
