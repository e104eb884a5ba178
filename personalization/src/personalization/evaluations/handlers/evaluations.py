"""Evaluations of a project's prompts: its cases, run through one set of versions"""

from datetime import UTC, datetime

from personalization.evaluations import wiring
from personalization.evaluations.answers import EvaluationAnswer, EvaluationStarted, evaluation_answer
from personalization.evaluations.domain.running import started
from personalization.evaluations.requests import StartEvaluation
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.evaluation_service, wiring.first_answers, wiring.prices))


@app.route(
    "POST /api/projects/{projectId}/evaluations",
    body=StartEvaluation,
    key="optional",
    answers={202: EvaluationStarted},
    raises=[Forbidden, Conflict],
)
def start_evaluation(request: Request[StartEvaluation]) -> object:
    """Editors have the project's cases run through versions of its prompts."""
    project_id, wanted, claim = request.path("projectId"), request.body.to_wanted(), request.claim
    now, caller, service = datetime.now(UTC), request.caller, wiring.evaluation_service()
    return once(
        claim,
        wiring.first_answers(),
        now,
        lambda: started(service.start(caller, project_id, wanted, now, claim)),
    )


@app.route("GET /api/projects/{projectId}/evaluations/{evaluationId}", answers={200: EvaluationAnswer})
def read_evaluation(request: Request) -> EvaluationAnswer:
    """Members read, case by case, what has passed, what failed, and why."""
    key = request.path("projectId"), request.path("evaluationId")
    evaluation, results = wiring.evaluation_service().read(request.caller, *key, datetime.now(UTC))
    return evaluation_answer(evaluation, results, wiring.prices().currency)


handler = app
