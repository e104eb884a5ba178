"""Runs and sockets of the agent, in memory."""

from datetime import datetime

import pytest

from personalization.agent.domain.conversation import Session, Standing
from personalization.agent.domain.starting import AgentRunService
from personalization.runs import wiring as runs
from personalization.runs.domain.messages import MessageService
from personalization.sockets import wiring as sockets
from shared.ids import new_id
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


class Live(LiveFakes):
    def __init__(self) -> None:
        super().__init__("agent")
        self.sessions, self.standings = FakeSessions(), FakeStandings()
        self.agent_run_service = AgentRunService(
            standings=self.standings, starter=self.starter, records=FakeRecords(), new_id=new_id
        )

    def own_session(self, session_id: str, user_id: str) -> None:
        self.standings.owners[session_id] = user_id


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Live:
    stage = Live()
    stage.stand_behind(
        monkeypatch,
        runs,
        sockets,
        sessions=stage.sessions,
        agent_run_service=stage.agent_run_service,
        message_service=MessageService(stage.agent_run_service, stage.run_service),
    )
    return stage
