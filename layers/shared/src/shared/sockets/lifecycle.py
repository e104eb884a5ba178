"""What becomes of a context's sockets: issued a ticket, admitted, registered, counted, closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.auth.access import Access, AccessEnds
from shared.auth.callers import Caller, authorizer_context
from shared.events.domain_events import DomainEvent
from shared.ids import new_id
from shared.observability.logs import logger
from shared.observability.metrics import OPEN_SOCKETS
from shared.sockets.connections import Connection, Connections, Tickets, connection_of, issue, redeem


@dataclass(frozen=True, slots=True)
class ConnectionAnswer:
    """What POST /connections answers: connect to `url?ticket=…`."""

    url: str
    ticket: str
    expires_at: datetime


class Closer(Protocol):
    def close(self, connection_id: str) -> None:
        """Close the socket from our side, if it is there. Raises Unavailable."""
        ...


def connection_for(caller: Caller, url: str, tickets: Tickets, now: datetime) -> ConnectionAnswer:
    """A ticket that opens one socket, with a conversation of its own."""
    return ConnectionAnswer(url, *issue(caller, new_id(now), tickets, now))


def admitted(query: Mapping[str, str], tickets: Tickets, access: Access, now: datetime) -> Mapping[str, str]:
    """Who opens the socket, as its authorizer says. Raises Unauthenticated; Unavailable."""
    ticket = redeem(query.get("ticket", ""), tickets, now)
    access.require(ticket.caller, now)
    return {**authorizer_context(ticket.caller), "sessionId": ticket.session_id}


def register(event: Mapping[str, Any], connections: Connections, now: datetime) -> Connection:
    """Raises Unauthenticated; Unavailable: the socket is refused then, and the client tries with another ticket."""
    connection = connection_of(event)
    connections.add(connection, now)
    logger.info("connected", extra={"connectionId": connection.connection_id, "userId": connection.caller.user_id})
    return connection


def unregister(event: Mapping[str, Any], connections: Connections) -> None:
    """The conversation may continue over another socket."""
    connection_id = event["requestContext"]["connectionId"]
    connections.remove(connection_id)
    logger.info("disconnected", extra={"connectionId": connection_id})


def count_open(connections: Connections, limit: int, now: datetime) -> None:
    """As metrics, and as percent of `limit`; while none is open there are none either, which would be paid for."""
    if count := connections.count(now):
        metrics = OPEN_SOCKETS.line(logger.service, connections=count, connectionsPercent=100 * count / limit)
        logger.info("open sockets", extra=metrics)


def end_access(event: DomainEvent, ends: AccessEnds, connections: Connections, sockets: Closer, now: datetime) -> str:
    """Note when the user's access ended, and close their sockets; what was done, for the log.

    Repeated and reordered events change nothing.
    """
    if not ends.end(event.user_id, event.occurred_at):
        return "ended again since"  # sockets that are open now may be of a later sign-in
    open_sockets = connections.of_user(event.user_id, now)
    for connection_id in open_sockets:
        sockets.close(connection_id)
        connections.remove(connection_id)
    return f"{len(open_sockets)} sockets closed"
