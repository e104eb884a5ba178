"""GET /profile?userId="""

from personalization import wiring
from personalization.answers import profile_answer
from personalization.domain.profile import read_profile
from shared.http import Request, Response, route


@route
def handler(request: Request) -> Response:
    """The supporter's record, newest donations with totals, and latest context. 404 for what is not the caller's."""
    profile = read_profile(request.caller, request.query("userId"), wiring.profiles())
    return Response(profile_answer(profile, wiring.cursors()))
