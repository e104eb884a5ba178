"""What whoever keeps suggestions, their uses and votes must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from knowledge_base.suggestions.adapters.offers import DynamoOffers, DynamoUses
from knowledge_base.suggestions.adapters.votes import DynamoVotes
from knowledge_base.suggestions.domain.ranking import Tally
from knowledge_base.suggestions.domain.suggesting import OFFER_LIFE, Offer, Offers, Use, Uses, Votes
from knowledge_base.tickets.domain.stores import Answers
from local.workspace import ROOT
from shared.idempotency.claims import Claim, KeyInUse
from shared.idempotency.first_answers import DynamoFirstAnswers
from tests.knowledge_base.suggestions.fakes import NOW, FakeOffers, FakeUses, FakeVotes, a_passage
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.first_answers import RecordsInTransactions

TABLES = ROOT / "knowledge_base" / "answering_tables.yaml"
LATER = NOW + timedelta(seconds=1)


@pytest.fixture
def ticket_id() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def document_id() -> str:
    return uuid.uuid4().hex


class OffersContract:
    def test_an_offer_is_kept_for_a_day_and_replaced(self, offers: Offers, ticket_id: str) -> None:
        assert offers.find(ticket_id, NOW) is None
        offer = Offer(ticket_id, "digest", (a_passage("one", score=0.123456), a_passage("two", score=1)), NOW)
        offers.keep(offer)
        assert offers.find(ticket_id, NOW) == offer
        assert offers.find(ticket_id, NOW + OFFER_LIFE) is None
        newer = replace(offer, passages=(), made_at=LATER)
        offers.keep(newer)
        assert offers.find(ticket_id, NOW) == newer

    def test_a_dropped_offer_is_gone(self, offers: Offers, ticket_id: str) -> None:
        offers.keep(Offer(ticket_id, "digest", (), NOW))
        for _ in range(2):
            offers.drop(ticket_id)
            assert offers.find(ticket_id, NOW) is None


class UsesContract:
    def test_what_is_cited_stays_so(self, uses: Uses, document_id: str) -> None:
        uses.add([document_id, "other"], "t1", cited=False, now=NOW)
        uses.add([document_id], "t2", cited=True, now=NOW)
        uses.add([document_id], "t2", cited=False, now=LATER)
        assert uses.of_document(document_id, None, 9) == (
            Use(document_id, "t1", False, NOW),
            Use(document_id, "t2", True, NOW),
        )

    def test_a_use_is_forgotten_unless_it_was_noted_again(self, uses: Uses, document_id: str) -> None:
        uses.add([document_id], "t1", cited=True, now=NOW)
        [read] = uses.of_document(document_id, None, 9)
        uses.add([document_id], "t1", cited=True, now=LATER)
        uses.forget(read)
        [again] = uses.of_document(document_id, None, 9)
        assert again.noted_at == LATER
        for _ in range(2):
            uses.forget(again)
        assert uses.of_document(document_id, None, 9) == ()

    def test_uses_are_read_page_by_page(self, uses: Uses, document_id: str) -> None:
        for number in range(5):
            uses.add([document_id], f"t{number}", cited=False, now=NOW)
        pages = [uses.of_document(document_id, after, 2) for after in (None, "t1", "t3", "t4")]
        assert [[each.ticket_id for each in page] for page in pages] == [["t0", "t1"], ["t2", "t3"], ["t4"], []]

    def test_nothing_is_used(self, uses: Uses, document_id: str) -> None:
        uses.add([], "t1", cited=True, now=NOW)
        assert uses.of_document(document_id, None, 9) == ()


class VotesContract:
    def test_a_tickets_vote_counts_once_as_it_was_cast_last(self, votes: Votes, document_id: str) -> None:
        assert votes.tallies([document_id]) == {}
        for _ in range(2):
            votes.cast(document_id, "t1", NOW, helpful=True)
        votes.cast(document_id, "t2", NOW, helpful=True)
        votes.cast(document_id, "t3", NOW, helpful=False)
        assert votes.tallies([document_id, "of nobody"]) == {document_id: Tally(2, 1)}
        votes.cast(document_id, "t2", NOW, helpful=False)
        assert votes.tallies([document_id]) == {document_id: Tally(1, 2)}
        assert votes.tallies([]) == {}

    def test_vote_and_its_record_are_written_together(self, votes: Votes, records: Answers, document_id: str) -> None:
        record = partial(records.record, Claim("r1", "request").answered(None, NOW))
        votes.cast(document_id, "t1", NOW, helpful=True, record=record)
        for helpful in (True, False):
            with pytest.raises(KeyInUse):
                votes.cast(document_id, "t1", NOW, helpful=helpful, record=record)
        assert votes.tallies([document_id]) == {document_id: Tally(1, 0)}

        same = partial(records.record, Claim("r2", "request").answered(None, NOW))
        votes.cast(document_id, "t1", NOW, helpful=True, record=same)
        assert records.find("r2", NOW) is not None


class TestFakeOffers(OffersContract):
    @pytest.fixture
    def offers(self) -> Offers:
        return FakeOffers()


class TestFakeUses(UsesContract):
    @pytest.fixture
    def uses(self) -> Uses:
        return FakeUses()


class TestFakeVotes(VotesContract):
    @pytest.fixture
    def votes(self) -> Votes:
        return FakeVotes()

    @pytest.fixture
    def records(self) -> Answers:
        return RecordsInTransactions()


@pytest.mark.emulator
class TestDynamoOffers(OffersContract):
    @pytest.fixture
    def offers(self, local_aws: str) -> Iterator[Offers]:
        with tables_like(local_aws, TABLES, ["SuggestionsTable"]) as tables:
            yield DynamoOffers(tables["SuggestionsTable"])


@pytest.mark.emulator
class TestDynamoUses(UsesContract):
    @pytest.fixture
    def uses(self, local_aws: str) -> Iterator[Uses]:
        with tables_like(local_aws, TABLES, ["UsesTable"]) as tables:
            yield DynamoUses(tables["UsesTable"])


@pytest.mark.emulator
class TestDynamoVotes(VotesContract):
    @pytest.fixture
    def votes(self, local_aws: str) -> Iterator[Votes]:
        with tables_like(local_aws, TABLES, ["VotesTable"]) as tables:
            yield DynamoVotes(tables["VotesTable"])

    @pytest.fixture
    def records(self, local_aws: str) -> Iterator[Answers]:
        with tables_like(local_aws, ROOT / "knowledge_base", ["IdempotencyTable"]) as tables:
            yield DynamoFirstAnswers(tables["IdempotencyTable"])

    def test_votes_at_the_same_time_are_all_counted(self, votes: Votes) -> None:
        """Also those of one ticket that disagree."""
        with ThreadPoolExecutor(8) as threads:
            casts = [partial(votes.cast, "p", f"t{each % 4}", NOW, helpful=bool(each % 3)) for each in range(12)]
            list(threads.map(lambda cast: cast(), casts))
        tally = votes.tallies(["p"])["p"]
        assert tally.helpful + tally.unhelpful == 4
