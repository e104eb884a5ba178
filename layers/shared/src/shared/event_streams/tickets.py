"""Tickets to follow something: for a browser's EventSource, which cannot send headers.

A ticket is sealed instead of stored: it contains user, subject and expiry, and can be used until then.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.auth.callers import Caller
from shared.auth.seals import BrokenSeal, Seals
from shared.errors import Unauthenticated

TICKET_LIFE = timedelta(minutes=15)
_SCOPE = "stream ticket"


@dataclass(frozen=True, slots=True)
class StreamTicket:
    """`subject` is the one thing that its holder may follow: the id of a run, or `inbox`."""

    caller: Caller
    subject: str


class StreamTickets:
    """Issues and reads tickets with a secret key."""

    def __init__(self, key: str) -> None:
        self._seals = Seals(key)

    def issue(self, ticket: StreamTicket, now: datetime) -> tuple[str, datetime]:
        """The ticket as text, and when it expires."""
        expires_at = now + TICKET_LIFE
        content = [ticket.caller.user_id, ticket.subject, _seconds(ticket.caller.signed_in_at), _seconds(expires_at)]
        return self._seals.make(_SCOPE, json.dumps(content)), expires_at

    def read(self, text: str, subject: str, now: datetime) -> StreamTicket:
        """Raises Unauthenticated for a ticket that is forged, for something else, or expired."""
        try:
            user_id, of, signed_in, expires = json.loads(self._seals.read(_SCOPE, text))
        except BrokenSeal as error:
            raise Unauthenticated("The ticket is not valid: get another.") from error
        if of != subject or expires <= now.timestamp():
            raise Unauthenticated("The ticket is for something else or has expired: get another.")
        return StreamTicket(Caller(user_id, signed_in_at=datetime.fromtimestamp(signed_in, UTC)), of)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
