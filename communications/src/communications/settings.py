"""The only place of this context that reads the environment: the variables of each feature's functions."""

from shared.settings import Settings


class Users(Settings):
    users_table: str
    addresses_table: str


class Inbox(Settings):
    inbox_heads_table: str
    inbox_entries_table: str


class AccessEnds(Settings):
    access_ends_table: str


class Tickets(Settings):
    tickets_table: str


class Sockets(Settings):
    connections_table: str
    socket_endpoint: str


class SocketCapacity(Settings):
    socket_limit: str


class SocketUrl(Settings):
    socket_url: str
