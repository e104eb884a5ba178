"""Versions of a prompt: …/prompts/{promptId}/versions, /labels and /diff"""

from datetime import UTC, datetime

from personalization.versions import wiring
from personalization.versions.answers import history_scope, labels_answer, versions_answer
from personalization.versions.requests import MoveLabel
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes

_MAX_BODY_BYTES = 16 * 1024


def list_versions(request: Request) -> Response:
    """Members see every save, the newest first; 404 otherwise."""
    caller, (project_id, prompt_id), cursors = request.caller, _key(request), wiring.cursors()
    after, limit = request.page(cursors, history_scope("versions", prompt_id))
    prompt, page = wiring.version_service().versions(caller, project_id, prompt_id, after, limit)
    return Response(versions_answer(prompt, page, cursors))


def list_labels(request: Request) -> Response:
    """Members see which version each label points at, and where labels have been; 404 otherwise."""
    caller, (project_id, prompt_id), cursors = request.caller, _key(request), wiring.cursors()
    after, limit = request.page(cursors, history_scope("labels", prompt_id))
    view = wiring.version_service().labels(caller, project_id, prompt_id, after, limit)
    return Response(labels_answer(prompt_id, view, cursors))


def move_label(request: Request) -> Response:
    """Editors point a label at a version; 404 or 403 otherwise, 409 for `production` while cases stand against it."""
    caller, move = request.caller, checked(MoveLabel, request.json(_MAX_BODY_BYTES)).to_move()
    return Response(wiring.version_service().move(caller, *_key(request), move, datetime.now(UTC)))


def compare_versions(request: Request) -> Response:
    """Members see what differs, by line, between two versions or labels; 404 otherwise."""
    caller, asked = request.caller, map(request.query, ("from", "to"))
    before, after = (int(each) if each.isdecimal() else each for each in asked)
    return Response(wiring.version_service().difference(caller, *_key(request), before, after))


def _key(request: Request) -> tuple[str, str]:
    return request.path_id("projectId"), request.path_id("promptId")


handler = routes(
    {
        "GET /api/projects/{projectId}/prompts/{promptId}/versions": list_versions,
        "GET /api/projects/{projectId}/prompts/{promptId}/labels": list_labels,
        "POST /api/projects/{projectId}/prompts/{promptId}/labels": move_label,
        "GET /api/projects/{projectId}/prompts/{promptId}/diff": compare_versions,
    }
)
