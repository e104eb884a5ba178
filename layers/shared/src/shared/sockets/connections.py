"""WebSocket connections: opened with a ticket, and described by it while they last."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.auth.callers import Caller, caller_from_context
from shared.errors import Unauthenticated

TICKET_LIFE = timedelta(seconds=60)
MAX_MESSAGE_BYTES = 128 * 1024
"""Of a message, or of its parts together."""
CONNECTION_LIFE = timedelta(hours=2)
"""API Gateway closes every socket after it."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Lets its holder open one socket as the caller. Of its secret, only the `digest` is stored."""

    digest: str
    caller: Caller
    session_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Connection:
    """An open socket and its user; `session_id` is the conversation that it started."""

    connection_id: str
    caller: Caller
    session_id: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message that is too long for one frame; the data of all parts, joined, are the message's JSON."""

    message_id: str
    index: int
    count: int
    data: str


class Tickets(Protocol):
    def add(self, ticket: Ticket) -> None: ...

    def redeem(self, digest: str, now: datetime) -> Ticket | None:
        """Use the ticket up; None if it does not exist, was used before or has expired."""
        ...


class Connections(Protocol):
    def add(self, connection: Connection, opened_at: datetime) -> None:
        """For CONNECTION_LIFE."""
        ...

    def remove(self, connection_id: str) -> None: ...

    def of_user(self, user_id: str, now: datetime) -> tuple[str, ...]:
        """The ids of the user's open sockets."""
        ...

    def count(self, now: datetime) -> int:
        """How many sockets are open, all users together."""
        ...


class Parts(Protocol):
    def add(self, connection_id: str, part: Part, now: datetime) -> str | None:
        """Store a part; returns the data of all parts, joined, once none is missing.

        Raises TooLarge if they have more than MAX_MESSAGE_BYTES together; Invalid if they do not fit together.
        """
        ...


def joined(pieces: Iterable[str]) -> str:
    """A text that was cut anywhere, as JavaScript does: also between the two halves of a character."""
    return "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def issue(caller: Caller, session_id: str, tickets: Tickets, now: datetime) -> tuple[str, datetime]:
    """The secret of a new ticket, for the socket's URL, and when it expires."""
    secret = secrets.token_urlsafe(32)
    expires_at = now + TICKET_LIFE
    tickets.add(Ticket(digest_of(secret), caller, session_id, expires_at))
    return secret, expires_at


def redeem(secret: str, tickets: Tickets, now: datetime) -> Ticket:
    """Raises Unauthenticated for a ticket that was used, has expired or never existed."""
    ticket = tickets.redeem(digest_of(secret), now)
    if ticket is None:
        raise Unauthenticated("The ticket has been used or has expired: get another from POST /connections.")
    return ticket


def digest_of(secret: str) -> str:
    digest = hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def connection_of(event: Mapping[str, Any]) -> Connection:
    """The connection of a socket's event, as its authorizer described it. Raises Unauthenticated."""
    context = event["requestContext"]
    identity = context.get("authorizer") or {}
    if not identity.get("userId"):
        raise Unauthenticated("The socket was opened without a ticket: get one from POST /connections.")
    return Connection(context["connectionId"], caller_from_context(identity), identity.get("sessionId", ""))
