"""What suggested replies are made of, in memory: handlers find it where they find the real adapters."""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime

import pytest

from knowledge_base.answering import wiring
from knowledge_base.answering.domain.answering import Equipment, ReplyAnswerer
from knowledge_base.answering.domain.citing import Claim
from knowledge_base.answering.domain.conversations import Conversation, Said
from knowledge_base.answering.domain.gaps import Gap, Vector
from knowledge_base.answering.domain.reading import GapService
from knowledge_base.answering.domain.staleness import StalenessService
from knowledge_base.answering.domain.starting import KIND, ReplyRunService
from knowledge_base.suggestions.domain.passages import Passage
from shared.dynamodb.connection import readers
from shared.erasure.tombstones import ERASED
from shared.http.cursors import Cursors
from shared.ids import new_id
from shared.models.model import Usage
from shared.persistence.unit_of_work import UnitOfWork, Write, WriteRefused
from shared.resilience.deadline import Deadline
from tests.knowledge_base.suggestions.fakes import Shelf, a_passage
from tests.knowledge_base.tickets.examples import a_ticket
from tests.knowledge_base.tickets.fakes import FakeTickets
from tests.shared.first_answers import FakeRecords
from tests.shared.runs.live import LiveFakes

RETURNS = a_passage("Goods can be returned within 30 days. Keep the receipt, which has the order's number.")
GIFTS = a_passage("Gifts cannot be returned.", document_id="gifts", title="Gifts", source="gifts.md", score=0.4)
CONVERSATION = Conversation("t1", "ada", "A lamp", (Said("customer", "How long can I return it?"),))
ANSWER = Claim("You can return goods within 30 days.", 1, "Goods can be returned within 30 days.")


class FakeConversations:
    def __init__(self, *conversations: Conversation) -> None:
        self.by_id = {each.ticket_id: each for each in conversations}
        self.stale: set[str] = set()
        self.read: list[str] = []

    def find(self, ticket_id: str) -> Conversation | None:
        self.read.append(ticket_id)
        return self.by_id.get(ticket_id)

    def mark_stale(self, ticket_id: str) -> None:
        self.stale.add(ticket_id)

    def mark_fresh(self, ticket_id: str) -> None:
        self.stale.discard(ticket_id)


class FakeGaps:
    """Writes at once, where a unit of work would."""

    def __init__(self) -> None:
        self.kept: dict[str, Gap] = {}
        self.erased: set[str] = set()

    def is_erased(self, user_id: str) -> bool:
        return user_id in self.erased

    def record(self, gap: Gap) -> Write:
        def write(_: UnitOfWork) -> None:
            if gap.user_id in self.erased:
                raise WriteRefused(frozenset({ERASED}))
            self.kept[gap.ticket_id] = gap

        return write

    def close(self, ticket_id: str) -> Write:
        def write(_: UnitOfWork) -> None:
            self.kept.pop(ticket_id, None)

        return write

    def newest(self, limit: int, now: datetime) -> tuple[Gap, ...]:
        kept = [each for each in self.kept.values() if each.expires_at > now]
        return tuple(sorted(kept, key=lambda each: each.requested_at, reverse=True)[:limit])


class FakeWriter:
    """Says these sentences, whatever the question."""

    def __init__(self, *said: Claim | Exception) -> None:
        self.said = list(said)
        self.requests: list[tuple[Conversation, Sequence[Passage]]] = []

    def write(
        self, conversation: Conversation, passages: Sequence[Passage], deadline: Deadline
    ) -> Generator[Claim | Usage]:
        del deadline
        self.requests.append((conversation, passages))
        for each in self.said:
            if isinstance(each, Exception):
                raise each
            yield each
        yield Usage(200, 30)


class FakeEmbeddings:
    def __init__(self, outcome: Vector | Exception = (1.0, 0.0)) -> None:
        self.outcome = outcome

    def vector(self, text: str) -> Vector:  # noqa: ARG002  all mean the same
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class FakeNews:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, body: str) -> None:
        self.sent.append(body)


class Stage(LiveFakes):
    """Staff's side of two tickets, `t1` of which asks about returns."""

    def __init__(self, *passages: Passage, said: Sequence[Claim | Exception] = (ANSWER,)) -> None:
        super().__init__(KIND)
        self.shelf = Shelf(*(passages or (RETURNS, GIFTS)))
        self.conversations = FakeConversations(
            CONVERSATION, Conversation("t2", "ben", "Hello", (Said("customer", "Hello?"),))
        )
        self.support_tickets = FakeTickets()
        self.support_tickets.by_id |= {"t1": a_ticket("t1"), "t2": a_ticket("t2", user_id="ben")}
        self.gaps, self.writer, self.embeddings = FakeGaps(), FakeWriter(*said), FakeEmbeddings()
        self.equipment = Equipment(
            conversations=self.conversations,
            bedrock=self.shelf.service,
            uses=self.shelf.uses,
            gaps=self.gaps,
            writer=self.writer,
            embeddings=self.embeddings,
        )
        self.reply_answerer = ReplyAnswerer(lambda: self.equipment, lambda: datetime.now(UTC))
        self.reply_run_service = ReplyRunService(
            tickets=self.support_tickets, starter=self.starter, records=FakeRecords(), new_id=new_id
        )
        self.staleness_service = StalenessService(
            uses=self.shelf.uses,
            offers=self.shelf.offers,
            conversations=self.conversations,
            threads=readers(),
        )
        self.news = FakeNews()
        self.gap_service = GapService(self.gaps, 0.6)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    stage.stand_behind(
        monkeypatch,
        wiring,
        reply_run_service=stage.reply_run_service,
        staleness_service=stage.staleness_service,
        gap_service=stage.gap_service,
        document_news=stage.news,
        cursors=Cursors("key"),
    )
    return stage
