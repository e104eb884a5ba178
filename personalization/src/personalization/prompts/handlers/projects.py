"""Projects: /api/projects, /api/projects/{projectId}"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.prompts import wiring
from personalization.prompts.answers import projects_answer, projects_scope
from personalization.prompts.domain.members import Role
from personalization.prompts.domain.projects import seen_by
from personalization.prompts.requests import ChangeProject, MakeProject
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes
from shared.idempotency.claims import once

_MAX_BODY_BYTES = 64 * 1024


def make_project(request: Request) -> Response:
    """Staff and admins make a project, and own what they have made; 403 otherwise."""
    caller = request.caller
    caller.require_staff()  # before a word about the body
    body = request.json(_MAX_BODY_BYTES)
    wanted, claim, now = checked(MakeProject, body).to_change(), request.claim(body), datetime.now(UTC)
    service = wiring.project_service()
    answer = once(claim, wiring.first_answers(), now, lambda: service.create(caller, wanted, now, claim))
    return Response(answer, HTTPStatus.CREATED)


def list_projects(request: Request) -> Response:
    """Everybody sees the projects of which they are a member, admins all."""
    caller, cursors = request.caller, wiring.cursors()
    page = wiring.project_service().page(caller, *request.page(cursors, projects_scope(caller)))
    return Response(projects_answer(caller, page, cursors))


def read_project(request: Request) -> Response:
    """Members read their project; 404 otherwise."""
    caller = request.caller
    return Response(
        seen_by(caller, wiring.project_service().authorize(caller, request.path_id("projectId"), Role.VIEWER))
    )


def change_project(request: Request) -> Response:
    """Owners change name, settings and status of the `version` that they have seen; 404 or 403 otherwise, 409."""
    caller, asked = request.caller, checked(ChangeProject, request.json(_MAX_BODY_BYTES))
    service, now = wiring.project_service(), datetime.now(UTC)
    changed = service.change(caller, request.path_id("projectId"), asked.version, asked.to_change(), now)
    return Response(seen_by(caller, changed))


def remove_project(request: Request) -> Response:
    """Owners remove a project with all its prompts; 404 or 403 otherwise."""
    wiring.project_service().remove(request.caller, request.path_id("projectId"))
    return Response(None, HTTPStatus.NO_CONTENT)


handler = routes(
    {
        "POST /api/projects": make_project,
        "GET /api/projects": list_projects,
        "GET /api/projects/{projectId}": read_project,
        "PUT /api/projects/{projectId}": change_project,
        "DELETE /api/projects/{projectId}": remove_project,
    }
)
