"""PUT /content/{contentId}"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.content import wiring
from personalization.content.answers import content_answer
from personalization.content.domain.content import CONTENT_ID, Content, Kind, require_editor, save_content
from personalization.content.requests import PutContent
from shared.http.bodies import checked
from shared.http.routes import Request, Response, route

_MAX_BODY_BYTES = 256 * 1024  # the longest body, with every character escaped


@route
def handler(request: Request) -> Response:
    """Staff create content, or replace the `version` that they have seen; 403 otherwise, 409 where it has changed."""
    caller, content_id = request.caller, request.path("contentId", CONTENT_ID)
    require_editor(caller)  # before a word about the body
    asked = checked(PutContent, request.json(_MAX_BODY_BYTES))
    content = Content(
        content_id=content_id,
        kind=Kind(asked.kind),
        title=asked.title,
        summary=asked.summary,
        body=asked.body,
        tags=tuple(asked.tags),
        url=asked.url,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        updated_at=datetime.now(UTC),
    )
    saved = save_content(caller, content, asked.version, wiring.contents())
    return Response(content_answer(saved), HTTPStatus.OK if asked.version else HTTPStatus.CREATED)
