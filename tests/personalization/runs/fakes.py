"""What is live, in memory: handlers find it where they find the real adapters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from personalization.agent.domain.conversation import Session, Standing
from personalization.agent.domain.starting import AgentRunService
from personalization.runs import wiring as runs
from personalization.runs.domain.messages import MessageService
from personalization.sockets import wiring as sockets
from shared.http import edge
from shared.ids import new_id
from shared.runs.run import Frame, Run, queued_run
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.runs.supervision import RunSupervisor
from shared.runs.tickets import RunTickets
from shared.runs.worker import Worker
from tests.shared.auth.fake_ends import FakeEnds, access_of
from tests.shared.first_answers import FakeRecords
from tests.shared.runs.fake_runs import FakeAnswerer, FakeLog, FakeQueue, answered_by
from tests.shared.sockets.fake_sockets import ClosingSender, FakeConnections, FakeTickets


class FakeSessions:
    def __init__(self) -> None:
        self.opened: list[Session] = []

    def open(self, session: Session) -> None:
        self.opened.append(session)


class FakeStandings:
    """Everybody is a supporter; the session `bens` is Ben's."""

    def standing(self, user_id: str, session_id: str, now: datetime) -> Standing:
        owner = "ben" if session_id == "bens" else user_id
        return Standing(is_supporter=True, session=Session.as_of(session_id, owner, now))


class Live:
    """The fakes behind the wiring of runs and sockets."""

    def __init__(self) -> None:
        self.log, self.queue, self.sender = FakeLog(), FakeQueue(), ClosingSender()
        self.tickets, self.connections, self.ends, self.sessions = (
            FakeTickets(),
            FakeConnections(),
            FakeEnds(),
            FakeSessions(),
        )
        self.answerer = FakeAnswerer(["Hello ", "Ada"])
        self.answerers = answered_by(self.answerer)
        self.run_service = RunService(log=self.log, answerers=self.answerers, sender=self.sender)
        self.supervisor = RunSupervisor(runs=self.run_service, log=self.log, queue=self.queue)
        self.worker = Worker(log=self.log, answerers=self.answerers, sender=self.sender)
        self.agent_run_service = AgentRunService(
            standings=FakeStandings(), starter=RunStarter(self.log, self.queue), records=FakeRecords(), new_id=new_id
        )
        self.run_tickets = RunTickets("a key for tests")
        self.access = access_of(self.ends)

    def keep(self, run_id: str = "run-1", user_id: str = "ada", subject: str | None = None, **changed: Any) -> Run:
        run = queued_run(
            run_id=run_id,
            kind="agent",
            user_id=user_id,
            subject=subject or user_id,
            session_id="s1",
            request={"input": "Hi"},
            now=datetime.now(UTC),
        )
        run = replace(run, **changed)
        self.log.create(run, lambda _: None)
        return run

    def say(self, *texts: str, run_id: str = "run-1") -> None:
        for text in texts:
            seq = len(self.log.logs[run_id]) + 1
            self.log.append(Frame(run_id, seq, "delta", {"text": text}), datetime.now(UTC))


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Live:
    stage = Live()
    fakes: Mapping[str, object] = {
        "log": stage.log,
        "queue": stage.queue,
        "sender": stage.sender,
        "tickets": stage.tickets,
        "connections": stage.connections,
        "access_ends": stage.ends,
        "access": stage.access,
        "sessions": stage.sessions,
        "run_service": stage.run_service,
        "supervisor": stage.supervisor,
        "worker": stage.worker,
        "agent_run_service": stage.agent_run_service,
        "message_service": MessageService(stage.agent_run_service, stage.run_service),
        "run_tickets": stage.run_tickets,
        "socket_url": "wss://example/v1",
        "socket_limit": 4,
    }
    monkeypatch.setattr(edge, "access", lambda: stage.access)
    for name, fake in fakes.items():
        for wiring in (runs, sockets):
            monkeypatch.setattr(wiring, name, lambda fake=fake: fake, raising=False)
    return stage
