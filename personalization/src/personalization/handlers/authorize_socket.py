"""Opens a socket for whoever holds a ticket"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from personalization import live
from shared.auth import authorizer_context
from shared.authorizers import socket_authorizer
from shared.sockets import redeem


@socket_authorizer
def handler(event: Mapping[str, Any]) -> Mapping[str, str]:
    """A ticket opens one socket, within a minute; not where its user has been signed out since."""
    now = datetime.now(UTC)
    secret = (event.get("queryStringParameters") or {}).get("ticket", "")
    ticket = redeem(secret, live.tickets(), now)
    live.access().require(ticket.caller, now, ask_anew=True)
    return {**authorizer_context(ticket.caller), "sessionId": ticket.session_id}
