"""People for admins: GET /users, PUT /users/{userId}/groups"""

import json

from identity.access import wiring as access
from identity.users import wiring
from identity.users.answers import UserAnswer, UsersAnswer, user_answer, users_answer
from identity.users.domain.users import Group, list_users, put_groups
from identity.users.requests import PutGroups
from shared.errors import Conflict, NotFound
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.parameters import optional_choice, optional_line, paging
from shared.http.request import Request

app = Api(prime=(wiring.users, wiring.cursors, access.sessions, access.ending), kind="http")

_Q = optional_line("q", description="What an e-mail address or a name begins with.")
_GROUP = optional_choice("group", Group, description="Only members of this group.")
_PAGING = paging(max_size=60, max_cursor_length=6_000)  # Cognito's own limit of a page, and room for its tokens


@app.route("GET /users", callers=ADMINS, parameters=[_Q, _GROUP, *_PAGING], answers={200: UsersAnswer})
def list_all_users(request: Request) -> UsersAnswer:
    """Admins list the people who have signed up, those of a group in the order of their addresses."""
    q, group, cursors = request.value(_Q), request.value(_GROUP), wiring.cursors()
    scope = f"users {json.dumps([q, group])}"
    return users_answer(list_users(wiring.users(), q, group, *request.page(cursors, scope)), scope, cursors)


@app.route(
    "PUT /users/{userId}/groups",
    callers=ADMINS,
    body=PutGroups,
    answers={200: UserAnswer},
    raises=[Conflict, NotFound],
)
def put_groups_of_user(request: Request[PutGroups]) -> UserAnswer:
    """Admins put people into groups, from their next token on; whoever leaves one is signed out."""
    user_id, groups = request.path("userId"), request.body.to_groups()
    return user_answer(put_groups(request.caller, user_id, groups, wiring.users(), wiring.end_access))


handler = app
