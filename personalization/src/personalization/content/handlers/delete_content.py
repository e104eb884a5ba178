"""DELETE /content/{contentId}"""

from http import HTTPStatus

from personalization.content import wiring
from personalization.content.domain.content import CONTENT_ID, remove_content
from shared.http.routes import Request, Response, route


@route
def handler(request: Request) -> Response:
    """Staff remove content, also what is gone already; 403 otherwise."""
    remove_content(request.caller, request.path("contentId", CONTENT_ID), wiring.contents())
    return Response(None, HTTPStatus.NO_CONTENT)
