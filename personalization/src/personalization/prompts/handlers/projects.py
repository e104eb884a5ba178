"""Projects: /api/projects, /api/projects/{projectId}"""

from datetime import UTC, datetime

from personalization.prompts import wiring
from personalization.prompts.answers import ProjectList, projects_answer, projects_scope
from personalization.prompts.domain.members import Role
from personalization.prompts.domain.projects import ProjectView, seen_by
from personalization.prompts.requests import ChangeProject, MakeProject
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import paging
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.project_service, wiring.first_answers, wiring.cursors))


@app.route("POST /api/projects", callers=STAFF, body=MakeProject, key="optional", answers={201: ProjectView})
def make_project(request: Request[MakeProject]) -> object:
    """Staff create a project, and become its owner."""
    caller, wanted, claim, now = request.caller, request.body.to_change(), request.claim, datetime.now(UTC)
    service = wiring.project_service()
    return once(claim, wiring.first_answers(), now, lambda: service.create(caller, wanted, now, claim))


@app.route("GET /api/projects", parameters=paging(), answers={200: ProjectList})
def list_projects(request: Request) -> ProjectList:
    """Everybody sees the projects of which they are a member, admins all."""
    caller, cursors = request.caller, wiring.cursors()
    page = wiring.project_service().page(caller, *request.page(cursors, projects_scope(caller)))
    return projects_answer(caller, page, cursors)


@app.route("GET /api/projects/{projectId}", answers={200: ProjectView})
def read_project(request: Request) -> ProjectView:
    """Members read their project."""
    caller = request.caller
    return seen_by(caller, wiring.project_service().authorize(caller, request.path("projectId"), Role.VIEWER))


@app.route(
    "PUT /api/projects/{projectId}", body=ChangeProject, answers={200: ProjectView}, raises=[Forbidden, Conflict]
)
def change_project(request: Request[ChangeProject]) -> ProjectView:
    """Owners change name, description, settings and status, if `version` is still the current one."""
    caller, project_id, body, now = request.caller, request.path("projectId"), request.body, datetime.now(UTC)
    service = wiring.project_service()
    changed = service.change(caller, project_id, seen_version=body.version, change=body.to_change(), now=now)
    return seen_by(caller, changed)


@app.route("DELETE /api/projects/{projectId}", answers={204: None}, raises=[Forbidden])
def remove_project(request: Request) -> None:
    """Owners remove a project with all that it has: prompts, cases, evaluations, sessions, articles and runs."""
    wiring.project_service().remove(request.caller, request.path("projectId"), datetime.now(UTC))


handler = app
