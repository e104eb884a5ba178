"""POST /agent/runs"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.agent.domain.conversation import Question
from personalization.agent.requests import AskAgent
from personalization.runs import wiring
from shared.http.bodies import checked
from shared.http.routes import Request, Response, route

_MAX_BODY_BYTES = 100 * 1024  # 8,000 characters, each escaped as a pair of surrogates


@route
def handler(request: Request) -> Response:
    """Supporters ask for themselves where they cannot open a socket, and follow the answer by Server-Sent Events."""
    caller, now = request.caller, datetime.now(UTC)
    wiring.access().require(caller, now)
    body = request.json(_MAX_BODY_BYTES)
    ask = checked(AskAgent, body)
    question = Question(ask.user_id, ask.session_id, ask.input)
    accepted = wiring.agent_run_service().start(caller, question, request.claim(body), now)
    return Response(accepted, HTTPStatus.ACCEPTED)
