"""GET /profile?userId="""

from personalization.profiles import wiring
from personalization.profiles.answers import ProfileAnswer, profile_answer
from personalization.profiles.domain.profile import read_profile
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.parameters import text
from shared.http.request import Request

app = Api(prime=(wiring.profiles, wiring.cursors))

_USER_ID = text("userId")


@app.route("GET /profile", parameters=[_USER_ID], answers={200: ProfileAnswer}, raises=[NotFound])
def get_profile(request: Request) -> ProfileAnswer:
    """Supporters read their own profile, staff anyone's."""
    profile = read_profile(request.caller, request.value(_USER_ID), wiring.profiles())
    return profile_answer(profile, wiring.cursors())


handler = app
