"""The composition root of streamed answers: how they are accepted, worked on and followed."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from personalization import settings
from personalization.agent.domain.live_agent import AgentAnswerer, AgentDoor
from personalization.agent.wiring import author, memory
from personalization.articles import wiring as articles
from personalization.sockets.wiring import access, sender
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.runs.dynamo_log import DynamoRunLog
from shared.runs.queue import SqsRunQueue
from shared.runs.run import Answerer, Queue, RunLog
from shared.runs.tickets import RunTickets
from shared.runs.worker import Worker
from shared.sockets.messages import Accept, SocketDoor
from shared.sockets.stores import DynamoParts

__all__ = [
    "access",
    "agent_door",
    "answerers",
    "door",
    "first_answers",
    "log",
    "queue",
    "run_tickets",
    "sender",
    "worker",
]


def _agent() -> Answerer:
    return AgentAnswerer(memory(), author, lambda: datetime.now(UTC))


_MAKERS: dict[str, Callable[[], Answerer]] = {"agent": _agent, "article": articles.answerer}


class _Answerers(dict[str, Answerer]):
    """Each is made when a run of its kind comes: a cold start pays for one."""

    def __missing__(self, kind: str) -> Answerer:
        return self.setdefault(kind, _MAKERS[kind]())


@cache
def answerers() -> Mapping[str, Answerer]:
    """By the kind of run. Who only ends runs never loads an author."""
    return _Answerers()


@cache
def door(accept: Accept) -> SocketDoor:
    """What `accept` does with a message is the context's."""
    parts = DynamoParts(settings.read(settings.Runs).parts_table)
    return SocketDoor(sender(), log(), answerers(), access(), parts, accept, lambda: datetime.now(UTC))


@cache
def agent_door() -> AgentDoor:
    return AgentDoor(memory(), lambda: datetime.now(UTC))


@cache
def log() -> RunLog:
    tables = settings.read(settings.RunLog)
    return DynamoRunLog(tables.runs_table, tables.frames_table)


@cache
def queue() -> Queue:
    return SqsRunQueue(settings.read(settings.RunQueue).run_queue_url)


@cache
def run_tickets() -> RunTickets:
    return RunTickets(settings.read(settings.CursorKey).cursor_key)


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.read(settings.Runs).idempotency_table)


@cache
def worker() -> Worker:
    return Worker(log(), answerers(), sender(), lambda: datetime.now(UTC))
