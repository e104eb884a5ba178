"""A project's cases: test articles, with checks of what the answers have to be like"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.evaluations import wiring
from personalization.evaluations.answers import case_answer, cases_answer, cases_scope, new_case_answer
from personalization.evaluations.domain.cases import LONGEST_PAGE, PAGE_SIZE
from personalization.evaluations.requests import AddCase, ReplaceCase
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes
from shared.idempotency.claims import once

_MAX_BODY_BYTES = 1024 * 1024
_ID = r"[A-Za-z0-9-]{1,64}"


def add(request: Request) -> Response:
    """Editors add cases, at most 50. May have an Idempotency-Key."""
    project_id, body = request.path("projectId", _ID), request.json(_MAX_BODY_BYTES)
    content, claim = checked(AddCase, body).to_content(), request.claim(body)
    now, caller, service = datetime.now(UTC), request.caller, wiring.case_service()
    answer = once(
        claim,
        wiring.first_answers(),
        now,
        lambda: service.add(caller, project_id, content, now, claim, new_case_answer),
    )
    return Response(answer, HTTPStatus.CREATED)


def list_cases(request: Request) -> Response:
    """Members read cases, oldest first."""
    project_id = request.path("projectId", _ID)
    limit = request.whole_number("limit", least=1, most=LONGEST_PAGE, default=PAGE_SIZE)
    after = wiring.cursors().read(cases_scope(project_id), request.optional_query("cursor", longest=1024))
    page = wiring.case_service().page(request.caller, project_id, after, limit)
    return Response(cases_answer(project_id, page, wiring.cursors()))


def read(request: Request) -> Response:
    """Members read a case."""
    project_id, case_id = request.path("projectId", _ID), request.path("caseId", _ID)
    return Response(case_answer(wiring.case_service().read(request.caller, project_id, case_id)))


def replace(request: Request) -> Response:
    """Editors replace the `version` that they have read; 409 where it has changed."""
    caller, project_id, case_id = request.caller, request.path("projectId", _ID), request.path("caseId", _ID)
    wanted, now = checked(ReplaceCase, request.json(_MAX_BODY_BYTES)), datetime.now(UTC)
    content, version = wanted.to_content(), wanted.version
    return Response(case_answer(wiring.case_service().replace(caller, project_id, case_id, version, content, now)))


def remove(request: Request) -> Response:
    """Editors remove a case."""
    project_id, case_id = request.path("projectId", _ID), request.path("caseId", _ID)
    wiring.case_service().remove(request.caller, project_id, case_id)
    return Response(None, HTTPStatus.NO_CONTENT)


handler = routes(
    {
        "POST /api/projects/{projectId}/cases": add,
        "GET /api/projects/{projectId}/cases": list_cases,
        "GET /api/projects/{projectId}/cases/{caseId}": read,
        "PUT /api/projects/{projectId}/cases/{caseId}": replace,
        "DELETE /api/projects/{projectId}/cases/{caseId}": remove,
    }
)
