"""Opens a socket for whoever holds a ticket"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from personalization.sockets import wiring
from shared.auth.authorizers import socket_authorizer
from shared.auth.callers import authorizer_context
from shared.priming import prime
from shared.sockets.connections import redeem

prime(wiring.tickets, wiring.access)


@socket_authorizer
def handler(event: Mapping[str, Any]) -> Mapping[str, str]:
    """A ticket opens one socket, within a minute; not where its user has been signed out since."""
    now = datetime.now(UTC)
    secret = (event.get("queryStringParameters") or {}).get("ticket", "")
    ticket = redeem(secret, wiring.tickets(), now)
    wiring.access().require(ticket.caller, now, use_cache=False)
    return {**authorizer_context(ticket.caller), "sessionId": ticket.session_id}
