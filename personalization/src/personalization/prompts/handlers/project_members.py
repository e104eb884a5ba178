"""Members of a project: /api/projects/{projectId}/members"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.prompts import wiring
from personalization.prompts.answers import members_answer, members_scope
from personalization.prompts.requests import AddMember, ChangeRole
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes
from shared.idempotency.claims import once

_MAX_BODY_BYTES = 16 * 1024


def list_members(request: Request) -> Response:
    """Members see each other; 404 otherwise."""
    caller, project_id, cursors = request.caller, request.path_id("projectId"), wiring.cursors()
    page = wiring.project_service().members(caller, project_id, *request.page(cursors, members_scope(project_id)))
    return Response(members_answer(project_id, page, cursors))


def add_member(request: Request) -> Response:
    """Owners add a member; 404 or 403 otherwise, 409 for somebody who is one already."""
    caller, body, now = request.caller, request.json(_MAX_BODY_BYTES), datetime.now(UTC)
    asked, claim, project_id = checked(AddMember, body), request.claim(body), request.path_id("projectId")
    member, service = (project_id, asked.user_id, asked.to_role()), wiring.project_service()
    answer = once(claim, wiring.first_answers(), now, lambda: service.add_member(caller, *member, now, claim))
    return Response(answer, HTTPStatus.CREATED)


def change_role(request: Request) -> Response:
    """Owners change what a member may do; 404 or 403 otherwise, 409 for the last owner."""
    caller, role = request.caller, checked(ChangeRole, request.json(_MAX_BODY_BYTES)).to_role()
    project_id, user_id = request.path_id("projectId"), request.path_id("userId")
    return Response(wiring.project_service().change_role(caller, project_id, user_id, role))


def remove_member(request: Request) -> Response:
    """Owners remove members, and everybody may leave; 404 or 403 otherwise, 409 for the last owner."""
    project_id, user_id = request.path_id("projectId"), request.path_id("userId")
    wiring.project_service().remove_member(request.caller, project_id, user_id)
    return Response(None, HTTPStatus.NO_CONTENT)


handler = routes(
    {
        "GET /api/projects/{projectId}/members": list_members,
        "POST /api/projects/{projectId}/members": add_member,
        "PUT /api/projects/{projectId}/members/{userId}": change_role,
        "DELETE /api/projects/{projectId}/members/{userId}": remove_member,
    }
)
