"""The composition root of sockets."""

from functools import cache

from personalization import settings
from personalization.agent.adapters.sessions import DynamoSessions
from personalization.agent.domain.conversation import Sessions
from shared.http.edge import access, access_ends
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
    "connections",
    "sender",
    "sessions",
    "socket_limit",
    "socket_url",
    "tickets",
]


@cache
def sessions() -> Sessions:
    return DynamoSessions(settings.SocketSessions().sessions_table)
