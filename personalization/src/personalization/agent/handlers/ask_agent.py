"""POST /agent"""

from datetime import UTC, datetime

from personalization.agent import wiring
from personalization.agent.domain.agent import AgentAnswer
from personalization.agent.requests import AskAgent
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.resilience.deadline import REQUEST_SECONDS, Deadline

app = Api(prime=(wiring.agent, wiring.first_answers))


@app.route("POST /agent", body=AskAgent, key="optional", answers={200: AgentAnswer}, raises=[NotFound], waits=True)
def ask_agent(request: Request[AskAgent]) -> object:
    """Supporters ask for themselves, staff for anyone, in sessions of their own."""
    deadline, now = Deadline(REQUEST_SECONDS), datetime.now(UTC)
    caller, question, claim = request.caller, request.body.to_question(request.caller), request.claim
    agent = wiring.agent()
    return once(claim, wiring.first_answers(), now, lambda: agent.answer(caller, question, deadline, claim))


handler = app
