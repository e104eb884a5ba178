"""POST /users"""

from datetime import UTC, datetime
from functools import partial

from communications.users import wiring
from communications.users.answers import UserAnswer, user_answer
from communications.users.domain.invitations import invite
from communications.users.domain.users import User
from communications.users.requests import CreateUser, zones
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.persistence.unit_of_work import Write

app = Api(prime=(wiring.synchronizing, wiring.invitations, wiring.first_answers, zones), kind="http")


@app.route("POST /users", callers=STAFF, body=CreateUser, key="optional", answers={201: UserAnswer}, raises=[Conflict])
def create_user(request: Request[CreateUser]) -> object:
    """Staff invite somebody, who gets a first password by mail; admins also put them into groups."""
    caller, invitation, claim, now = request.caller, request.body.to_invitation(), request.claim, datetime.now(UTC)
    answers, invitations, users = wiring.first_answers(), wiring.invitations(), wiring.synchronizing()

    def remember(user: User) -> Write:
        return partial(answers.record, claim.answered(user_answer(user), now) if claim else None)

    invited = partial(invite, caller, invitation, invitations, users, now, remember)
    return once(claim, answers, now, lambda: user_answer(invited()))


handler = app
