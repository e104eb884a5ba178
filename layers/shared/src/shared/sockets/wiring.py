"""What every context's sockets are made of: its wiring hands these on."""

from functools import cache

from shared.settings import Settings
from shared.sockets.connections import Connections, Tickets
from shared.sockets.sender import SocketSender
from shared.sockets.stores import DynamoConnections, DynamoTickets


class TicketSettings(Settings):
    tickets_table: str


class SocketSettings(Settings):
    connections_table: str
    socket_endpoint: str


class SocketCapacity(Settings):
    """`socket_limit` is how many open sockets the environment is made for."""

    socket_limit: str


class SocketUrl(Settings):
    """`socket_url` is what clients connect to."""

    socket_url: str


@cache
def tickets() -> Tickets:
    return DynamoTickets(TicketSettings().tickets_table)


@cache
def connections() -> Connections:
    return DynamoConnections(SocketSettings().connections_table)


@cache
def sender() -> SocketSender:
    return SocketSender(SocketSettings().socket_endpoint, connections())


def socket_limit() -> int:
    return int(SocketCapacity().socket_limit)


def socket_url() -> str:
    return SocketUrl().socket_url
