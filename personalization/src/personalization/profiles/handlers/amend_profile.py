"""PATCH /profile"""

from datetime import UTC, datetime

from personalization.profiles import wiring
from personalization.profiles.answers import profile_answer
from personalization.profiles.domain.amendment import Amendment, amend_profile, consent_given
from personalization.profiles.requests import AmendProfile
from personalization.supporters.domain.supporter import ContactPreferences
from shared.http.bodies import checked
from shared.http.routes import Request, Response, route

_MAX_BODY_BYTES = 16 * 1024


@route
def handler(request: Request) -> Response:
    """Supporters change themselves, staff anyone by `userId`; 404 otherwise, 409 where somebody else was quicker."""
    caller, now = request.caller, datetime.now(UTC)
    asked = checked(AmendProfile, request.json(_MAX_BODY_BYTES))
    wish = asked.preferences
    amendment = Amendment(
        name=asked.name,
        preferences=ContactPreferences(tuple(wish.channels), wish.frequency) if wish else None,
        interests=None if asked.interests is None else tuple(asked.interests),
        consent=tuple(consent_given(c.purpose, c.granted, c.recorded_at, now) for c in asked.consent),
    )
    user_id = request.optional_query("userId") or caller.user_id
    profile = amend_profile(caller, user_id, asked.version, amendment, wiring.profiles(), wiring.supporters())
    return Response(profile_answer(profile, wiring.cursors()))
