"""The composition root of what is live: sockets, runs, and the work on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from shared.access import Access, AccessEnds
from shared.runs import Answerer, Queue, RunLog
from shared.settings import from_environment, read_at_start
from shared.sockets import Connections, Tickets

if TYPE_CHECKING:
    from personalization.adapters.memory import DynamoMemory
    from personalization.domain.agent import Author
    from personalization.domain.conversation import Sessions
    from personalization.domain.live_agent import AgentDoor
    from shared.first_answers import DynamoFirstAnswers
    from shared.run_tickets import RunTickets
    from shared.run_worker import Worker
    from shared.socket_messages import Accept, SocketDoor
    from shared.socket_sender import SocketSender


@dataclass(frozen=True)
class Settings:
    socket_endpoint: str
    runs_table: str
    frames_table: str
    connections_table: str
    tickets_table: str
    parts_table: str
    access_ends_table: str
    run_queue_url: str
    users_table: str
    donations_table: str
    context_table: str
    sessions_table: str
    interactions_table: str
    idempotency_table: str
    model_id: str
    model_max_tokens: str
    model_temperature: str


@dataclass(frozen=True)
class DoorSettings:
    """What the routes need besides."""

    socket_url: str
    cursor_key: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def door_settings() -> DoorSettings:
    return from_environment(DoorSettings)


# --- Sockets


@cache
def tickets() -> Tickets:
    from shared.socket_store import DynamoTickets

    return DynamoTickets(settings().tickets_table)


@cache
def connections() -> Connections:
    from shared.socket_store import DynamoConnections

    return DynamoConnections(settings().connections_table)


@cache
def sessions() -> "Sessions":
    from personalization.adapters.sessions import DynamoSessions

    return DynamoSessions(settings().sessions_table)


@cache
def access_ends() -> AccessEnds:
    from shared.socket_store import DynamoAccessEnds

    return DynamoAccessEnds(settings().access_ends_table)


@cache
def access() -> Access:
    return Access(access_ends())


@cache
def sender() -> "SocketSender":
    from shared.socket_sender import SocketSender

    return SocketSender(settings().socket_endpoint, connections())


@cache
def door(accept: "Accept") -> "SocketDoor":
    """What `accept` does with a message is the context's."""
    from shared.socket_messages import SocketDoor
    from shared.socket_store import DynamoParts

    parts = DynamoParts(settings().parts_table)
    return SocketDoor(sender(), log(), answerers(), access(), parts, accept, lambda: datetime.now(UTC))


# --- Runs


@cache
def memory() -> "DynamoMemory":
    from personalization.adapters.memory import DynamoMemory

    known = settings()
    tables = known.users_table, known.donations_table, known.context_table
    return DynamoMemory(*tables, known.sessions_table, known.interactions_table)


@cache
def author() -> "Author":
    from personalization.adapters.author import bedrock_author

    known = settings()
    return bedrock_author(known.model_id, known.model_max_tokens, known.model_temperature)


def _agent() -> Answerer:
    from personalization.domain.live_agent import AgentAnswerer

    return AgentAnswerer(memory(), author, lambda: datetime.now(UTC))


def _article() -> Answerer:
    from personalization import articles

    return articles.answerer()


_MAKERS = {"agent": _agent, "article": _article}


class _Answerers(dict[str, Answerer]):
    """Each is made when a run of its kind comes: a cold start pays for one."""

    def __missing__(self, kind: str) -> Answerer:
        return self.setdefault(kind, _MAKERS[kind]())


@cache
def answerers() -> Mapping[str, Answerer]:
    """By the kind of run. Who only ends runs never loads an author."""
    return _Answerers()


@cache
def agent_door() -> "AgentDoor":
    from personalization.domain.live_agent import AgentDoor

    return AgentDoor(memory(), lambda: datetime.now(UTC))


@cache
def log() -> RunLog:
    from shared.run_log import DynamoRunLog

    return DynamoRunLog(settings().runs_table, settings().frames_table)


@cache
def queue() -> Queue:
    from shared.run_queue import SqsRunQueue

    return SqsRunQueue(settings().run_queue_url)


@cache
def run_tickets() -> "RunTickets":
    from shared.run_tickets import RunTickets

    return RunTickets(door_settings().cursor_key)


@cache
def first_answers() -> "DynamoFirstAnswers":
    from shared.first_answers import DynamoFirstAnswers

    return DynamoFirstAnswers(settings().idempotency_table)


@cache
def worker() -> "Worker":
    from shared.run_worker import Worker

    return Worker(log(), answerers(), sender(), lambda: datetime.now(UTC))
