"""What is live, in memory: handlers of a context find it where they find the real adapters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from shared.event_streams.tickets import StreamTickets
from shared.http import edge
from shared.runs.run import Frame, Run, queued_run
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.runs.supervision import RunSupervisor
from shared.runs.worker import Worker
from tests.shared.auth.fake_ends import FakeEnds, access_of
from tests.shared.runs.fake_runs import FakeAnswerer, FakeLog, FakeQueue, answered_by
from tests.shared.sockets.fake_sockets import ClosingSender, FakeConnections, FakeTickets


class LiveFakes:
    """The fakes behind a wiring of runs and sockets; contexts add what starts their runs."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.log, self.queue, self.sender = FakeLog(), FakeQueue(), ClosingSender()
        self.tickets, self.connections, self.ends = FakeTickets(), FakeConnections(), FakeEnds()
        self.answerer = FakeAnswerer(["Hello ", "Ada"])
        answerers = answered_by(self.answerer, kind)
        self.run_service = RunService(log=self.log, enders=answerers, sender=self.sender)
        self.supervisor = RunSupervisor(runs=self.run_service, log=self.log, queue=self.queue)
        self.worker = Worker(log=self.log, answerers=answerers, sender=self.sender)
        self.starter = RunStarter(self.log, self.queue)
        self.run_tickets, self.access = StreamTickets("a key for tests"), access_of(self.ends)

    def keep(self, run_id: str = "run-1", user_id: str = "ada", subject: str | None = None, **changed: Any) -> Run:
        run = queued_run(
            run_id=run_id,
            kind=self.kind,
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

    def own_session(self, session_id: str, user_id: str) -> None:
        """The session is this user's."""
        raise NotImplementedError

    def stand_behind(self, monkeypatch: pytest.MonkeyPatch, *wirings: ModuleType, **more: object) -> None:
        """By the names that the wirings give them, of which each has some; `more` as well."""
        fakes: Mapping[str, object] = {
            "log": self.log,
            "queue": self.queue,
            "sender": self.sender,
            "tickets": self.tickets,
            "connections": self.connections,
            "access_ends": self.ends,
            "access": self.access,
            "run_service": self.run_service,
            "supervisor": self.supervisor,
            "worker": self.worker,
            "run_tickets": self.run_tickets,
            "socket_url": "wss://example/v1",
            "socket_limit": 4,
            **more,
        }
        monkeypatch.setattr(edge, "access", lambda: self.access)
        for name, fake in fakes.items():
            for wiring in wirings:
                monkeypatch.setattr(wiring, name, lambda fake=fake: fake, raising=False)
