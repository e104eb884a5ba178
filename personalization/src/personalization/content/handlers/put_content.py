"""PUT /content/{contentId}"""

from datetime import UTC, datetime

from personalization.content import wiring
from personalization.content.answers import ContentAnswer, content_answer
from personalization.content.domain.content import CONTENT_ID, CONTENT_ID_IN_WORDS, save_content
from personalization.content.requests import PutContent
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import new_path_id
from shared.http.request import Request
from shared.http.response import Response

app = Api(prime=(wiring.contents,))


@app.route(
    "PUT /content/{contentId}",
    callers=STAFF,
    parameters=[new_path_id("contentId", CONTENT_ID, CONTENT_ID_IN_WORDS)],
    body=PutContent,
    answers={200: ContentAnswer, 201: ContentAnswer},
    raises=[Conflict],
)
def put_content(request: Request[PutContent]) -> Response:
    """Staff create content, or replace it if `version` is still the current one."""
    content_id, body, now = request.path("contentId"), request.body, datetime.now(UTC)
    saved = save_content(
        request.caller,
        content_id,
        body.version,
        wiring.contents(),
        lambda before: body.to_content(content_id, before, now),
    )
    return Response(200 if body.version else 201, content_answer(saved))


handler = app
