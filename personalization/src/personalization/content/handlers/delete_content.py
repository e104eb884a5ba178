"""DELETE /content/{contentId}"""

from personalization.content import wiring
from personalization.content.domain.content import CONTENT_ID, CONTENT_ID_IN_WORDS, remove_content
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import new_path_id
from shared.http.request import Request

app = Api(prime=(wiring.contents,))


@app.route(
    "DELETE /content/{contentId}",
    callers=STAFF,
    parameters=[new_path_id("contentId", CONTENT_ID, CONTENT_ID_IN_WORDS)],
    answers={204: None},
)
def delete_content(request: Request) -> None:
    """Staff remove content. Idempotent."""
    remove_content(request.caller, request.path("contentId"), wiring.contents())


handler = app
