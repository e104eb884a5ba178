"""POST /api/projects/{projectId}/runs"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.articles import wiring
from personalization.articles.requests import StartArticleRun
from shared.http.bodies import checked
from shared.http.routes import Request, Response, route
from shared.idempotency.claims import once

_MAX_BODY_BYTES = 3 * 1024 * 1024  # 200,000 characters, each of them escaped
_PROJECT = r"[A-Za-z0-9-]{1,64}"


@route
def handler(request: Request) -> Response:
    """Members put an article through the cards of their project, within its budget. May have an Idempotency-Key."""
    caller, now = request.caller, datetime.now(UTC)
    wiring.access().require(caller, now)
    project_id = request.path("projectId", _PROJECT)
    body = request.json(_MAX_BODY_BYTES)
    wanted, claim = checked(StartArticleRun, body).to_wanted(project_id), request.claim(body)
    answer = once(claim, wiring.first_answers(), now, lambda: wiring.run_service().start(caller, wanted, now, claim))
    return Response(answer, HTTPStatus.ACCEPTED)
