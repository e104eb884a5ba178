"""Evaluations of a project's prompts: its cases, run through one set of versions"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.evaluations import wiring
from personalization.evaluations.answers import evaluation_answer
from personalization.evaluations.domain.running import started
from personalization.evaluations.requests import StartEvaluation
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes
from shared.idempotency.claims import once

_MAX_BODY_BYTES = 16 * 1024
_ID = r"[A-Za-z0-9-]{1,64}"


def start(request: Request) -> Response:
    """Editors have the project's cases run through versions of its prompts. May have an Idempotency-Key."""
    project_id, body = request.path("projectId", _ID), request.json(_MAX_BODY_BYTES)
    wanted, claim = checked(StartEvaluation, body).to_wanted(), request.claim(body)
    now, caller, service = datetime.now(UTC), request.caller, wiring.evaluation_service()
    answer = once(
        claim,
        wiring.first_answers(),
        now,
        lambda: started(service.start(caller, project_id, wanted, now, claim)),
    )
    return Response(answer, HTTPStatus.ACCEPTED)


def read(request: Request) -> Response:
    """Members read, case by case, what has passed, what failed, and why."""
    project_id, evaluation_id = request.path("projectId", _ID), request.path("evaluationId", _ID)
    service, now = wiring.evaluation_service(), datetime.now(UTC)
    evaluation, results = service.read(request.caller, project_id, evaluation_id, now)
    return Response(evaluation_answer(evaluation, results, wiring.prices().currency))


handler = routes(
    {
        "POST /api/projects/{projectId}/evaluations": start,
        "GET /api/projects/{projectId}/evaluations/{evaluationId}": read,
    }
)
