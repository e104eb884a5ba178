"""Members of a project: /api/projects/{projectId}/members"""

from datetime import UTC, datetime

from personalization.prompts import wiring
from personalization.prompts.answers import MemberList, members_answer, members_scope
from personalization.prompts.domain.membership import MemberView
from personalization.prompts.requests import AddMember, ChangeRole
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.member_service, wiring.first_answers, wiring.cursors))


@app.route("GET /api/projects/{projectId}/members", parameters=paging(), answers={200: MemberList})
def list_members(request: Request) -> MemberList:
    """Members see each other, by name and address."""
    caller, project_id, cursors = request.caller, request.path("projectId"), wiring.cursors()
    page = wiring.member_service().page(caller, project_id, *request.page(cursors, members_scope(project_id)))
    return members_answer(project_id, page, cursors)


@app.route(
    "POST /api/projects/{projectId}/members",
    body=AddMember,
    key="optional",
    answers={201: MemberView},
    raises=[Forbidden, Conflict],
)
def add_member(request: Request[AddMember]) -> object:
    """Owners add a member, who must have signed up."""
    caller, body, claim, now = request.caller, request.body, request.claim, datetime.now(UTC)
    member, service = (request.path("projectId"), body.user_id, body.to_role()), wiring.member_service()
    return once(claim, wiring.first_answers(), now, lambda: service.add(caller, *member, now=now, claim=claim))


@app.route(
    "PUT /api/projects/{projectId}/members/{userId}",
    body=ChangeRole,
    answers={200: MemberView},
    raises=[Forbidden, Conflict],
)
def change_role(request: Request[ChangeRole]) -> MemberView:
    """Owners change a member's role; a project keeps at least one owner."""
    member = request.path("projectId"), request.path("userId")
    return wiring.member_service().change_role(request.caller, *member, request.body.to_role())


@app.route(
    "DELETE /api/projects/{projectId}/members/{userId}",
    answers={204: None},
    raises=[Forbidden, Conflict],
)
def remove_member(request: Request) -> None:
    """Owners remove members, and everybody may leave; a project keeps at least one owner."""
    wiring.member_service().remove(request.caller, request.path("projectId"), request.path("userId"))


handler = app
