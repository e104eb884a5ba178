"""The HTTP side of event streams: where a client goes on, and who it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.auth.access import Access
from shared.auth.callers import Caller
from shared.event_streams.tickets import StreamTicket, StreamTickets
from shared.http.edge import caller_of
from shared.http.events import query_parameters
from shared.http.parameters import optional_text, optional_whole_number
from shared.http.request import Request

_MAX_SEQ = 999_999_999
_AFTER = optional_whole_number("after", 0, _MAX_SEQ, description="`id` of the last event that was received.")
_LAST_EVENT_ID = optional_whole_number(
    "Last-Event-ID", 0, _MAX_SEQ, place="header", description="Goes before `after`: EventSource sends it."
)
_TICKET = optional_text("ticket", max_length=1024, description="For who can send no token in a header.")

FOLLOWING = (_AFTER, _LAST_EVENT_ID, _TICKET)
"""Parameters of routes with event streams."""


@dataclass(frozen=True, slots=True)
class StreamTicketAnswer:
    ticket: str
    expires_at: datetime


def ticket_for(caller: Caller, subject: str, tickets: StreamTickets, now: datetime) -> StreamTicketAnswer:
    return StreamTicketAnswer(*tickets.issue(StreamTicket(caller, subject), now))


def position(request: Request) -> int | None:
    """The number of the last event that the client has."""
    last = request.value(_LAST_EVENT_ID)
    return request.value(_AFTER) if last is None else last


def follower_of(
    event: Mapping[str, Any], subject: str, tickets: StreamTickets, access: Access, now: datetime
) -> Caller:
    """Who follows: by a token, or as EventSource sends no headers by a ticket in the URL.

    Raises Unauthenticated, also where access has ended; Unavailable.
    """
    found = query_parameters(event).get("ticket")
    caller = tickets.read(found[0], subject, now).caller if found else caller_of(event)
    access.require(caller, now)
    return caller
