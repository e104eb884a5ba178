"""Evaluations of a project's prompts: its cases, run with one set of versions"""

from datetime import UTC, datetime

from personalization.evaluations import answers as shapes
from personalization.evaluations import wiring
from personalization.evaluations.domain.running import started
from personalization.evaluations.requests import LISTING, StartEvaluation, read_listing
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.evaluation_service, wiring.first_answers, wiring.prices, wiring.cursors))


@app.route(
    "POST /api/projects/{projectId}/evaluations",
    body=StartEvaluation,
    key="optional",
    answers={202: shapes.EvaluationStarted},
    raises=[Forbidden, Conflict],
)
def start_evaluation(request: Request[StartEvaluation]) -> object:
    """Editors run the project's cases with versions of its prompts."""
    project_id, versions, claim = request.path("projectId"), request.body.to_versions(), request.claim
    now, caller, service = datetime.now(UTC), request.caller, wiring.evaluation_service()
    return once(
        claim,
        wiring.first_answers(),
        now,
        lambda: started(service.start(caller, project_id, versions, now, claim)),
    )


@app.route(
    "GET /api/projects/{projectId}/evaluations",
    parameters=[*LISTING, *paging()],
    answers={200: shapes.EvaluationList},
)
def list_evaluations(request: Request) -> shapes.EvaluationList:
    """Members list evaluations by status and day, the newest first, kept for 90 days."""
    project_id, listing, cursors = request.path("projectId"), read_listing(request), wiring.cursors()
    scope = shapes.evaluations_scope(project_id, listing)
    after, limit = request.page(cursors, scope)
    service, now = wiring.evaluation_service(), datetime.now(UTC)
    page = service.page(request.caller, project_id, listing, after=after, limit=limit, now=now)
    return shapes.evaluations_answer(scope, page, cursors)


@app.route("GET /api/projects/{projectId}/evaluations/{evaluationId}", answers={200: shapes.EvaluationAnswer})
def read_evaluation(request: Request) -> shapes.EvaluationAnswer:
    """Members read which cases have passed, and why others failed."""
    key = request.path("projectId"), request.path("evaluationId")
    evaluation, results = wiring.evaluation_service().read(request.caller, *key, datetime.now(UTC))
    return shapes.evaluation_answer(evaluation, results, wiring.prices().currency)


handler = app
