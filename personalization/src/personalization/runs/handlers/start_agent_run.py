"""POST /agent/runs"""

from datetime import UTC, datetime

from personalization.agent.requests import AskAgent
from personalization.runs import wiring
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.request import Request
from shared.runs.run import Accepted

app = Api(prime=(wiring.agent_run_service,))


@app.route("POST /agent/runs", body=AskAgent, key="optional", answers={202: Accepted}, raises=[NotFound])
def start_agent_run(request: Request[AskAgent]) -> object:
    """Supporters ask for themselves where they cannot open a socket, and follow the answer by Server-Sent Events."""
    caller, now = request.caller, datetime.now(UTC)
    return wiring.agent_run_service().start(caller, request.body.to_question(caller), request.claim, now)


handler = app
