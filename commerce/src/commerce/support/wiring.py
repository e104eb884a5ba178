"""The composition root of the support chat: its sockets, its runs and its answers."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from commerce import settings
from commerce.catalogue.wiring import cursors
from commerce.orders.wiring import orders as order_repository
from commerce.orders.wiring import refunds
from commerce.search.wiring import search
from commerce.support.adapters.chat_stream import chat_event_of
from commerce.support.adapters.history import DynamoChatHistory
from commerce.support.adapters.proposals import DynamoProposals
from commerce.support.domain.answering import Equipment, SupportAnswerer
from commerce.support.domain.approving import ApprovalService
from commerce.support.domain.help_pages import HelpPages
from commerce.support.domain.history import ChatHistory
from commerce.support.domain.order_tools import OrderSources
from commerce.support.domain.reading import SessionService
from commerce.support.domain.starting import KIND, SupportRunService
from commerce.support.requests import question_of
from shared.auth.seals import Seals
from shared.event_streams.tickets import StreamTickets
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.edge import access, access_ends
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id
from shared.runs.answerers import Answerers
from shared.runs.run import Run
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.runs.supervision import RunSupervisor
from shared.runs.wiring import log, queue
from shared.runs.worker import Worker
from shared.sockets.connections import Connection
from shared.sockets.messages import SocketRouter
from shared.sockets.starting import start_followed
from shared.sockets.stores import DynamoParts
from shared.sockets.wiring import (
    connections,
    sender,
    socket_limit,
    socket_url,
    tickets,
)

__all__ = [
    "access",
    "access_ends",
    "approval_service",
    "chat_event_of",
    "connections",
    "cursors",
    "equipment",
    "event_bus",
    "first_answers",
    "run_service",
    "run_tickets",
    "sender",
    "session_service",
    "socket_limit",
    "socket_router",
    "socket_url",
    "supervisor",
    "support_run_service",
    "tickets",
    "worker",
]


# --- Runs


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.EventBus().event_bus_name, "almoner.commerce")


@cache
def history() -> ChatHistory:
    return DynamoChatHistory(settings.ChatHistory().chat_history_table)


def _answerers(with_what: Callable[[], Equipment]) -> Answerers:
    return Answerers({KIND: lambda: SupportAnswerer(history(), with_what, lambda: datetime.now(UTC))})


def _no_equipment() -> Equipment:
    raise RuntimeError("this function ends runs, and answers none")


@cache
def run_service() -> RunService:
    return RunService(log=log(), enders=_answerers(_no_equipment), sender=sender())


@cache
def run_tickets() -> StreamTickets:
    return StreamTickets(settings.CursorKey().cursor_key)


@cache
def supervisor() -> RunSupervisor:
    return RunSupervisor(runs=run_service(), log=log(), queue=queue())


@cache
def worker() -> Worker:
    return Worker(log=log(), answerers=_answerers(equipment), sender=sender())


@cache
def support_run_service() -> SupportRunService:
    starter = RunStarter(log(), queue())
    return SupportRunService(history=history(), starter=starter, records=first_answers(), new_id=new_id)


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


def accept_message(connection: Connection, message: Mapping[str, Any], announce: Callable[[Run], None]) -> None:
    question, now = question_of(connection, message), datetime.now(UTC)
    start = partial(support_run_service().start, connection.caller, question, now)
    start_followed(connection, start, run_service(), announce)


@cache
def session_service() -> SessionService:
    return SessionService(history())


# --- Answers


@cache
def help_pages() -> HelpPages:
    # imported here: only the function that answers reads objects
    from commerce.support.adapters.help_pages import S3HelpPages
    from shared.s3.buckets import Bucket

    return S3HelpPages(Bucket(settings.HelpPages().help_bucket), time.monotonic)


@cache
def proposals() -> DynamoProposals:
    return DynamoProposals(settings.Proposals().proposals_table)


@cache
def approval_service() -> ApprovalService:
    """Only for a function with the layer of payments."""
    kept = DynamoProposals(settings.Proposals().proposals_table, first_answers())
    seals = Seals(settings.CursorKey().cursor_key)
    return ApprovalService(proposals=kept, orders=order_repository(), actions=refunds, seals=seals)


@cache
def equipment() -> Equipment:
    # imported here: only the function that answers talks to a model
    from commerce.support.adapters.assistant import bedrock_assistant

    model = settings.SupportModel()
    assistant = bedrock_assistant(model.model_id, model.model_max_tokens, model.model_temperature)
    zone = ZoneInfo(settings.Charity().time_zone)
    orders = OrderSources(order_repository(), proposals(), zone, new_id, lambda: datetime.now(UTC))
    return Equipment(assistant, help_pages(), search(), orders)
