"""GET /users"""

from communications.users import wiring
from communications.users.answers import UsersAnswer, users_answer, users_scope
from communications.users.domain.users import find_users
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import optional_line, paging
from shared.http.request import Request

app = Api(prime=(wiring.users, wiring.directory, wiring.cursors), kind="http")

_Q = optional_line("q", description="What words of the name, or the e-mail address, begin with: all of several words.")


@app.route("GET /users", callers=STAFF, parameters=[_Q, *paging()], answers={200: UsersAnswer})
def list_users(request: Request) -> UsersAnswer:
    """Staff find users by name or address."""
    query, cursors = request.value(_Q), wiring.cursors()
    page = find_users(wiring.directory(), wiring.users(), query, *request.page(cursors, users_scope(query)))
    return users_answer(query, page, cursors)


handler = app
