"""The support chat in memory: handlers find it where they find the real adapters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from commerce.support import wiring
from commerce.support.domain.help_pages import HelpPage, Ranking
from commerce.support.domain.history import SESSION, Exchange, Page, Reply, Session
from commerce.support.domain.proposals import Proposal
from commerce.support.domain.reading import SessionService
from commerce.support.domain.starting import KIND, SupportRunService
from shared.errors import Unavailable
from shared.idempotency.claims import FirstAnswer
from shared.ids import new_id
from shared.persistence.unit_of_work import UnitOfWork, Write, WriteRefused
from tests.shared.first_answers import FakeFirstAnswers, FakeRecords
from tests.shared.runs.live import LiveFakes

PAGES = (
    HelpPage("delivery", "Delivery", "Delivery costs 3.95 pounds. Parcels arrive after three to five working days."),
    HelpPage("returns", "Returns and refunds", "Goods can be returned within 30 days. Staff approve every refund."),
)


class FakeHelpPages:
    def __init__(self, *pages: HelpPage) -> None:
        self.pages, self.is_down = pages or PAGES, False

    def find(self, question: str, limit: int) -> tuple[HelpPage, ...]:
        if self.is_down:
            raise Unavailable("S3 is out of reach.")
        return Ranking(self.pages).best(question, limit)


class FakeHistory:
    """Writes at once, where a unit of work would."""

    def __init__(self) -> None:
        self.sessions_by_id: dict[str, Session] = {}
        self.kept: dict[str, Exchange] = {}

    def session(self, session_id: str, now: datetime) -> Session | None:
        session = self.sessions_by_id.get(session_id)
        return session if session and session.expires_at > now else None

    def claim(self, session: Session, now: datetime) -> Write:
        def write(_: UnitOfWork) -> None:
            current = self.session(session.session_id, now)
            if current and current.user_id != session.user_id:
                raise WriteRefused(frozenset({SESSION}))
            self.sessions_by_id[session.session_id] = session

        return write

    def begin(self, exchange: Exchange) -> Write:
        return lambda _: self.kept.update({exchange.run_id: exchange})

    def complete(self, session_id: str, sent_at: datetime, run_id: str, reply: Reply) -> Write:
        def write(_: UnitOfWork) -> None:
            exchange = self.kept[run_id]
            assert (exchange.session_id, exchange.sent_at) == (session_id, sent_at)
            self.kept[run_id] = replace(exchange, reply=reply)

        return write

    def recent(self, session_id: str, user_id: str, limit: int, now: datetime) -> tuple[Exchange, ...]:
        said = [each for each in self._of(session_id, user_id, now) if each.reply and each.reply.text]
        answered = [each for each in said if each.reply and each.reply.status != "failed"]
        return tuple(answered[-limit:])

    def sessions(self, user_id: str, after: str | None, limit: int, now: datetime) -> Page[Session]:
        own = [each for each in self.sessions_by_id.values() if each.user_id == user_id and each.expires_at > now]
        return _page(sorted(own, key=lambda each: each.last_message_at, reverse=True), after, limit)

    def exchanges(self, session: Session, after: str | None, limit: int, now: datetime) -> Page[Exchange]:
        return _page(self._of(session.session_id, session.user_id, now)[::-1], after, limit)

    def _of(self, session_id: str, user_id: str, now: datetime) -> list[Exchange]:
        own = [each for each in self.kept.values() if (each.session_id, each.user_id) == (session_id, user_id)]
        return sorted((each for each in own if each.expires_at > now), key=lambda each: each.position)


def _page[Item](items: Sequence[Item], after: str | None, limit: int) -> Page[Item]:
    start = int(after or 0)
    return Page(tuple(items[start : start + limit]), str(start + limit) if len(items) > start + limit else None)


class FakeProposals:
    def __init__(self, *proposals: Proposal, first_answers: FakeFirstAnswers | None = None) -> None:
        self.by_id = {each.proposal_id: each for each in proposals}
        self.first_answers = first_answers

    def add(self, proposal: Proposal) -> None:
        self.by_id[proposal.proposal_id] = proposal

    def find(self, proposal_id: str, now: datetime) -> Proposal | None:
        proposal = self.by_id.get(proposal_id)
        return proposal if proposal and proposal.expires_at > now else None

    def waiting(self, after: str | None, limit: int, now: datetime) -> Page[Proposal]:
        open_ = [each for each in self.by_id.values() if (each.act, each.status) == ("refund", "open")]
        found = sorted(
            (each for each in open_ if each.expires_at > now and each.proposal_id > (after or "")),
            key=lambda each: each.proposal_id,
        )
        return Page(tuple(found[:limit]), found[limit - 1].proposal_id if len(found) > limit else None)

    def finish(self, proposal: Proposal, by: str, first_answer: FirstAnswer | None) -> bool:
        current = self.by_id[proposal.proposal_id]
        if current.status != "open":
            return False
        if first_answer and self.first_answers:
            self.first_answers.record(first_answer)
        self.by_id[proposal.proposal_id] = replace(current, status="done", approved_by=by)
        return True


class Live(LiveFakes):
    def __init__(self) -> None:
        super().__init__(KIND)
        self.history = FakeHistory()
        self.support_run_service = SupportRunService(
            history=self.history, starter=self.starter, records=FakeRecords(), new_id=new_id
        )
        self.session_service = SessionService(self.history)

    def own_session(self, session_id: str, user_id: str) -> None:
        now = datetime.now(UTC)
        self.history.sessions_by_id[session_id] = Session(session_id, user_id, now, now)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Live:
    stage = Live()
    stage.stand_behind(
        monkeypatch,
        wiring,
        support_run_service=stage.support_run_service,
        session_service=stage.session_service,
    )
    return stage
