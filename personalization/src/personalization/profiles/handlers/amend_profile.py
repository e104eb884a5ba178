"""PATCH /profile"""

from datetime import UTC, datetime

from personalization.profiles import wiring
from personalization.profiles.answers import ProfileAnswer, profile_answer
from personalization.profiles.domain.amendment import amend_profile
from personalization.profiles.requests import AmendProfile
from shared.errors import Conflict, NotFound
from shared.http.api import Api
from shared.http.parameters import optional_text
from shared.http.request import Request

app = Api(prime=(wiring.profiles, wiring.supporters, wiring.cursors))

_USER_ID = optional_text("userId", description="Of the supporter, where that is not the caller.")


@app.route(
    "PATCH /profile",
    parameters=[_USER_ID],
    body=AmendProfile,
    answers={200: ProfileAnswer},
    raises=[NotFound, Conflict],
)
def patch_profile(request: Request[AmendProfile]) -> ProfileAnswer:
    """Supporters change their own profile, staff anyone's, if `version` is still the current one."""
    caller, amendment = request.caller, request.body.to_amendment(datetime.now(UTC))
    user_id = request.value(_USER_ID) or caller.user_id
    seen_version, profiles, supporters = request.body.version, wiring.profiles(), wiring.supporters()
    profile = amend_profile(
        caller, user_id, seen_version=seen_version, amendment=amendment, profiles=profiles, supporters=supporters
    )
    return profile_answer(profile, wiring.cursors())


handler = app
