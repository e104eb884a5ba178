"""POST /agent"""

from personalization.agent import wiring
from personalization.agent.answers import agent_answer
from personalization.agent.domain.conversation import Question
from personalization.agent.requests import AskAgent
from shared.http.bodies import checked
from shared.http.routes import Request, Response, route
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 25  # API Gateway ends the request at 29 s
_MAX_BODY_BYTES = 100 * 1024  # 8,000 characters, each escaped as a pair of surrogates


@route
def handler(request: Request) -> Response:
    """Supporters ask for themselves, staff for anyone; 404 otherwise, and for another's session."""
    caller, deadline = request.caller, Deadline(_WORK_SECONDS)
    asked = checked(AskAgent, request.json(_MAX_BODY_BYTES))
    question = Question(asked.user_id, asked.session_id, asked.input)
    return Response(agent_answer(wiring.agent().answer(caller, question, deadline)))
