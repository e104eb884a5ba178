"""Runs and sockets of the agent, in memory."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from personalization.agent.domain.conversation import Session, Standing
from personalization.agent.domain.starting import AgentRunService
from personalization.articles.domain.starting import ArticleRunService, NewArticleRun
from personalization.following import wiring as following
from personalization.runs import wiring as runs
from personalization.runs.domain.messages import MessageService
from personalization.sockets import wiring as sockets
from shared.ids import new_id
from shared.runs.starting import RunStarter
from tests.personalization.articles.fakes import FakeCards, FakeHistory, FakeProjectAccess, FakeTexts
from tests.personalization.articles.test_starting import PLATFORM
from tests.shared.first_answers import FakeRecords
from tests.shared.runs.live import LiveFakes


class FakeSessions:
    def __init__(self) -> None:
        self.opened: list[Session] = []

    def open(self, session: Session) -> None:
        self.opened.append(session)


class FakeStandings:
    """Everybody is a supporter; a session is its caller's unless it has an owner."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}

    def standing(self, user_id: str, session_id: str, now: datetime) -> Standing:
        owner = self.owners.get(session_id, user_id)
        return Standing(is_supporter=True, session=Session.as_of(session_id, owner, now))


class FakeArticleStarter:
    """Starts article runs without history and budgets."""

    def __init__(self, starter: RunStarter, records: FakeRecords) -> None:
        self._starter, self._records = starter, records

    def start(self, new: NewArticleRun, announce: Callable[[], object]) -> None:
        self._starter.start(new.run, also=partial(self._records.record, new.first_answer), announce=announce)


class Live(LiveFakes):
    """The agent, and project `p1`, which has the card `card-1` at version 3, and version 4 of it as a draft."""

    def __init__(self) -> None:
        super().__init__("agent")
        records, cards = FakeRecords(), FakeCards()
        cards.write("p1", "card-1", 3, "Write a headline.")
        cards.write("p1", "card-1", 4, "Write a haiku.", in_production=False)
        self.sessions, self.standings = FakeSessions(), FakeStandings()
        self.agent_run_service = AgentRunService(
            standings=self.standings, starter=self.starter, records=records, new_id=new_id
        )
        self.article_run_service = ArticleRunService(
            project_access=FakeProjectAccess(),
            platform=PLATFORM,
            cards=cards,
            history=FakeHistory(),
            texts=FakeTexts(),
            starter=FakeArticleStarter(self.starter, records),
            new_id=new_id,
        )
        self.message_service = MessageService(
            agent_runs=self.agent_run_service,
            article_runs=self.article_run_service,
            records=records,
            runs=self.run_service,
        )

    def own_session(self, session_id: str, user_id: str) -> None:
        self.standings.owners[session_id] = user_id


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Live:
    stage = Live()
    stage.stand_behind(
        monkeypatch,
        following,
        runs,
        sockets,
        sessions=stage.sessions,
        agent_run_service=stage.agent_run_service,
        message_service=stage.message_service,
    )
    return stage
