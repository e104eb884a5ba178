"""Lets whoever has a token, or a ticket for the run, follow it by Server-Sent Events"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from personalization.runs import wiring
from shared.auth.authorizers import authorizer
from shared.auth.callers import authorizer_context
from shared.http.routes import Request


@authorizer
def handler(event: Mapping[str, Any]) -> Mapping[str, str]:
    """EventSource sends no headers: it brings a ticket in its URL. Whose the run is, the function looks up itself."""
    request, now = Request(event), datetime.now(UTC)
    if text := request.optional_query("ticket", longest=1024):
        caller = wiring.run_tickets().read(text, request.path_parameters["runId"], now).caller
    else:
        caller = request.caller
    wiring.access().require(caller, now, ask_anew=True)
    return authorizer_context(caller)
