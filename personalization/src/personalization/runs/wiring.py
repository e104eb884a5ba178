"""The composition root of streamed answers: how they are accepted and worked on."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from personalization import settings
from personalization.agent.domain.live_agent import AgentAnswerer
from personalization.agent.domain.starting import AgentRunService
from personalization.agent.wiring import author, memory, pages, zone
from personalization.articles import wiring as articles
from personalization.following.wiring import run_service
from personalization.runs.domain.messages import MessageService
from personalization.runs.requests import read_message
from personalization.sockets.wiring import access, sender
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id
from shared.runs.answerers import Answerers
from shared.runs.run import Answerer, Run
from shared.runs.starting import RunStarter
from shared.runs.wiring import log, queue
from shared.runs.worker import Worker
from shared.sockets.connections import Connection
from shared.sockets.messages import SocketRouter
from shared.sockets.stores import DynamoParts

__all__ = [
    "accept_message",
    "access",
    "agent_run_service",
    "answerers",
    "answerers_with_models",
    "first_answers",
    "log",
    "message_service",
    "queue",
    "run_service",
    "sender",
    "socket_router",
    "worker",
]


def _agent() -> Answerer:
    return AgentAnswerer(memory(), pages(), author, lambda: datetime.now(UTC), zone())


_KINDS: Mapping[str, Callable[[], Answerer]] = {"agent": _agent, "article": articles.answerer}


@cache
def answerers() -> Answerers:
    return Answerers(_KINDS)


def answerers_with_models() -> Answerers:
    """Made for every kind of run, for a function that works on all of them."""
    made = answerers()
    for kind in _KINDS:
        made.of(kind)
    author()
    articles.model()
    return made


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.Runs().idempotency_table)


@cache
def agent_run_service() -> AgentRunService:
    starter = RunStarter(log(), queue())
    return AgentRunService(standings=memory(), starter=starter, records=first_answers(), new_id=new_id)


@cache
def worker() -> Worker:
    return Worker(log=log(), answerers=answerers(), sender=sender())


@cache
def message_service() -> MessageService:
    return MessageService(
        agent_runs=agent_run_service(),
        article_runs=articles.run_service(),
        records=first_answers(),
        runs=run_service(),
    )


def accept_message(connection: Connection, message: Mapping[str, Any], announce: Callable[[Run], None]) -> None:
    message_service().accept(connection, read_message(connection, message), announce, datetime.now(UTC))


@cache
def socket_router() -> SocketRouter:
    return SocketRouter(
        sender=sender(),
        runs=run_service(),
        access=access(),
        parts=DynamoParts(settings.Parts().parts_table),
        accept=accept_message,
        now=lambda: datetime.now(UTC),
    )
