"""PUT /users/{userId}"""

from datetime import UTC, datetime

from communications.users import wiring
from communications.users.answers import UserAnswer, user_answer
from communications.users.domain.users import update_user
from communications.users.requests import UpdateUser, zones
from shared.errors import Conflict, NotFound
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.records, zones), kind="http")


@app.route("PUT /users/{userId}", body=UpdateUser, answers={200: UserAnswer}, raises=[Conflict, NotFound])
def put_user(request: Request[UpdateUser]) -> UserAnswer:
    """Users change their own name and settings, also as `me`, staff anyone's, if `version` is still the current one."""
    user_id, body, now = request.path("userId"), request.body, datetime.now(UTC)
    return user_answer(update_user(request.caller, user_id, body.version, body.to_details(), wiring.records(), now))


handler = app
