"""GET /users/{userId}"""

from communications.users import wiring
from communications.users.answers import UserAnswer, user_answer
from communications.users.domain.users import read_user
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.users,), kind="http")


@app.route("GET /users/{userId}", answers={200: UserAnswer}, raises=[NotFound])
def get_user(request: Request) -> UserAnswer:
    """Users read their own record and settings, also as `me`; staff anyone's."""
    return user_answer(read_user(request.caller, request.path("userId"), wiring.users()))


handler = app
