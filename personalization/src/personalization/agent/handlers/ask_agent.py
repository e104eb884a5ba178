"""POST /agent"""

from personalization.agent import wiring
from personalization.agent.answers import AgentAnswer, agent_answer
from personalization.agent.requests import AskAgent
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.request import Request
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 25  # API Gateway ends the request at 29 s

app = Api(prime=(wiring.agent,))


@app.route("POST /agent", body=AskAgent, answers={200: AgentAnswer}, raises=[NotFound], waits=True)
def ask_agent(request: Request[AskAgent]) -> AgentAnswer:
    """Supporters ask for themselves, staff for anyone, in sessions of their own."""
    deadline = Deadline(_WORK_SECONDS)
    return agent_answer(wiring.agent().answer(request.caller, request.body.to_question(), deadline))


handler = app
