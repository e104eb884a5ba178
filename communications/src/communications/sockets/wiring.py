"""The composition root of sockets."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from communications import settings
from communications.inbox.adapters.records import entry_of_record
from communications.inbox.domain.inbox import NumberedEntry
from communications.inbox.wiring import inbox
from communications.sockets.adapters.streams import DynamoStreams
from communications.sockets.domain.delivering import Deliverer
from communications.sockets.domain.following import Streams
from communications.sockets.requests import InboxRouter
from shared.aws.threads import Threads
from shared.event_streams.tickets import StreamTickets
from shared.http.edge import access, access_ends
from shared.resilience.clock import Clock, SystemClock
from shared.sockets.sender import SocketSender
from shared.sockets.wiring import (
    SocketSettings,
    connections,
    sender,
    socket_limit,
    socket_url,
    tickets,
)

__all__ = [
    "access",
    "access_ends",
    "clock",
    "connections",
    "deliverer",
    "entry_of",
    "inbox",
    "router",
    "sender",
    "socket_limit",
    "socket_url",
    "stream_tickets",
    "streams",
    "tickets",
]

_SENDERS = 32
_SLOW_SECONDS = 2.0
"""Longer than API Gateway takes for a message, unless the client does not read."""


@cache
def router() -> InboxRouter:
    return InboxRouter(sender=sender(), access=access(), inbox=inbox(), now=lambda: datetime.now(UTC))


@cache
def streams() -> Streams:
    return DynamoStreams(settings.Connections().connections_table)


@cache
def stream_tickets() -> StreamTickets:
    return StreamTickets(settings.CursorKey().cursor_key)


def clock() -> Clock:
    return SystemClock()


@cache
def deliverer() -> Deliverer:
    quick = SocketSender(SocketSettings().socket_endpoint, connections(), read_seconds=_SLOW_SECONDS, attempts=1)
    return Deliverer(connections(), quick, Threads(_SENDERS, thread_name_prefix="send"))


def entry_of() -> Callable[[Mapping[str, Any]], NumberedEntry]:
    """What reads an entry from a record of the table's stream."""
    return entry_of_record
