"""A project's cases: test articles, with checks on the answers"""

from datetime import UTC, datetime

from personalization.evaluations import wiring
from personalization.evaluations.answers import CaseAnswer, CaseList, case_answer, cases_answer, cases_scope
from personalization.evaluations.domain.cases import MAX_PAGE_SIZE, PAGE_SIZE
from personalization.evaluations.requests import AddCase, ChangeCase
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.case_service, wiring.first_answers, wiring.cursors))

_PAGE = paging(size=PAGE_SIZE, max_size=MAX_PAGE_SIZE)


@app.route(
    "POST /api/projects/{projectId}/cases",
    body=AddCase,
    key="optional",
    answers={201: CaseAnswer},
    raises=[Forbidden, Conflict],
)
def add_case(request: Request[AddCase]) -> object:
    """Editors add cases, at most 50."""
    project_id, content, claim = request.path("projectId"), request.body.to_content(), request.claim
    now, caller, service = datetime.now(UTC), request.caller, wiring.case_service()
    return once(
        claim,
        wiring.first_answers(),
        now,
        lambda: service.add(caller, project_id, content, now=now, claim=claim, answer=case_answer),
    )


@app.route("GET /api/projects/{projectId}/cases", parameters=_PAGE, answers={200: CaseList})
def list_cases(request: Request) -> CaseList:
    """Members read cases, oldest first."""
    project_id, cursors = request.path("projectId"), wiring.cursors()
    page = wiring.case_service().page(request.caller, project_id, *request.page(cursors, cases_scope(project_id)))
    return cases_answer(project_id, page, cursors)


@app.route("GET /api/projects/{projectId}/cases/{caseId}", answers={200: CaseAnswer})
def read_case(request: Request) -> CaseAnswer:
    """Members read a case."""
    key = request.path("projectId"), request.path("caseId")
    return case_answer(wiring.case_service().read(request.caller, *key))


@app.route(
    "PUT /api/projects/{projectId}/cases/{caseId}",
    body=ChangeCase,
    answers={200: CaseAnswer},
    raises=[Forbidden, Conflict],
)
def change_case(request: Request[ChangeCase]) -> CaseAnswer:
    """Editors change a case, if `version` is still the current one."""
    key, body = (request.path("projectId"), request.path("caseId")), request.body
    service, now = wiring.case_service(), datetime.now(UTC)
    return case_answer(
        service.change(request.caller, *key, seen_version=body.version, change=body.to_change(), now=now)
    )


@app.route("DELETE /api/projects/{projectId}/cases/{caseId}", answers={204: None}, raises=[Forbidden])
def remove_case(request: Request) -> None:
    """Editors remove a case."""
    wiring.case_service().remove(request.caller, request.path("projectId"), request.path("caseId"))


handler = app
