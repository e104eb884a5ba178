"""The composition root of sockets."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from communications import settings
from communications.inbox.adapters.records import entry_of_record
from communications.inbox.domain.inbox import NumberedEntry
from communications.inbox.wiring import inbox
from communications.sockets.domain.delivering import Deliverer
from communications.sockets.requests import InboxRouter
from shared.auth.access import Access, AccessEnds
from shared.auth.dynamo_access_ends import DynamoAccessEnds
from shared.aws.threads import Threads
from shared.dynamodb.connection import readers
from shared.sockets.connections import Connections, Tickets
from shared.sockets.sender import SocketSender
from shared.sockets.stores import DynamoConnections, DynamoTickets

_SENDERS = 32
_SLOW_SECONDS = 2.0
"""Longer than API Gateway takes for a message, unless the client does not read."""


@cache
def tickets() -> Tickets:
    return DynamoTickets(settings.Tickets().tickets_table)


@cache
def connections() -> Connections:
    return DynamoConnections(settings.Sockets().connections_table)


@cache
def access_ends() -> AccessEnds:
    return DynamoAccessEnds(settings.AccessEnds().access_ends_table)


@cache
def access() -> Access:
    return Access(access_ends(), readers())


@cache
def sender() -> SocketSender:
    return SocketSender(settings.Sockets().socket_endpoint, connections())


@cache
def router() -> InboxRouter:
    return InboxRouter(sender=sender(), access=access(), inbox=inbox(), now=lambda: datetime.now(UTC))


@cache
def deliverer() -> Deliverer:
    quick = SocketSender(settings.Sockets().socket_endpoint, connections(), read_seconds=_SLOW_SECONDS, attempts=1)
    return Deliverer(connections(), quick, Threads(_SENDERS, thread_name_prefix="send"))


def socket_limit() -> int:
    return int(settings.SocketCapacity().socket_limit)


def socket_url() -> str:
    return settings.SocketUrl().socket_url


def entry_of() -> Callable[[Mapping[str, Any]], NumberedEntry]:
    """What reads an entry from a record of the table's stream."""
    return entry_of_record
