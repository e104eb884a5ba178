"""Tickets with which clients hear of what happens: over a socket, or by an event stream"""

from datetime import UTC, datetime

from communications.sockets import wiring
from communications.sockets.domain.following import SUBJECT
from shared.event_streams.routes import StreamTicketAnswer, ticket_for
from shared.http.api import Api
from shared.http.request import Request
from shared.sockets.lifecycle import ConnectionAnswer, connection_for

app = Api(prime=(wiring.tickets, wiring.socket_url, wiring.stream_tickets), kind="http")


@app.route("POST /connections", answers={201: ConnectionAnswer})
def open_connection(request: Request) -> ConnectionAnswer:
    """Signed-in users get a ticket that opens one socket within a minute."""
    return connection_for(request.caller, wiring.socket_url(), wiring.tickets(), datetime.now(UTC))


@app.route("POST /inbox/tickets", answers={201: StreamTicketAnswer})
def issue_inbox_ticket(request: Request) -> StreamTicketAnswer:
    """Signed-in users get a ticket with which a browser's EventSource, which sends no token, follows their inbox."""
    return ticket_for(request.caller, SUBJECT, wiring.stream_tickets(), datetime.now(UTC))


handler = app
