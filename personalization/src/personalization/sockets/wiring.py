"""The composition root of sockets."""

from functools import cache

from personalization import settings
from personalization.agent.adapters.sessions import DynamoSessions
from personalization.agent.domain.conversation import Sessions
from shared.auth.access import Access, AccessEnds
from shared.auth.dynamo_access_ends import DynamoAccessEnds
from shared.dynamodb.connection import readers
from shared.sockets.connections import Connections, Tickets
from shared.sockets.sender import SocketSender
from shared.sockets.stores import DynamoConnections, DynamoTickets


@cache
def tickets() -> Tickets:
    return DynamoTickets(settings.Tickets().tickets_table)


@cache
def connections() -> Connections:
    return DynamoConnections(settings.Sockets().connections_table)


@cache
def sessions() -> Sessions:
    return DynamoSessions(settings.SocketSessions().sessions_table)


@cache
def access_ends() -> AccessEnds:
    return DynamoAccessEnds(settings.AccessEnds().access_ends_table)


@cache
def access() -> Access:
    return Access(access_ends(), readers())


@cache
def sender() -> SocketSender:
    return SocketSender(settings.Sockets().socket_endpoint, connections())


def socket_limit() -> int:
    return int(settings.SocketCapacity().socket_limit)


def socket_url() -> str:
    return settings.SocketUrl().socket_url
