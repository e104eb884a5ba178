"""GET /profile?userId="""

from personalization.profiles import wiring
from personalization.profiles.answers import profile_answer
from personalization.profiles.domain.profile import read_profile
from shared.http.routes import Request, Response, route


@route
def handler(request: Request) -> Response:
    """Supporters read themselves, staff anyone; 404 otherwise."""
    profile = read_profile(request.caller, request.query("userId"), wiring.profiles())
    return Response(profile_answer(profile, wiring.cursors()))
