"""Versions of a prompt: …/prompts/{promptId}/versions, /labels and /diff"""

from datetime import UTC, datetime
from typing import Any

from personalization.prompts.domain.prompts import LabelMove
from personalization.versions import wiring
from personalization.versions.answers import LabelsAnswer, VersionList, history_scope, labels_answer, versions_answer
from personalization.versions.domain.promotion import Difference
from personalization.versions.requests import MoveLabel
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.parameters import paging, text
from shared.http.request import Request

app = Api(prime=(wiring.version_service, wiring.cursors))

_PAGE = paging()
_FROM, _TO = text("from", description="A version, or a label."), text("to", description="A version, or a label.")


@app.route("GET /api/projects/{projectId}/prompts/{promptId}/versions", parameters=_PAGE, answers={200: VersionList})
def list_versions(request: Request) -> VersionList:
    """Members list the versions of a prompt, the newest first."""
    (project_id, prompt_id), cursors = _key(request), wiring.cursors()
    after, limit = request.page(cursors, history_scope("versions", prompt_id))
    prompt, page = wiring.version_service().versions(request.caller, project_id, prompt_id, after, limit)
    return versions_answer(prompt, page, cursors)


@app.route("GET /api/projects/{projectId}/prompts/{promptId}/labels", parameters=_PAGE, answers={200: LabelsAnswer})
def list_labels(request: Request) -> LabelsAnswer:
    """Members see which version each label points at, and the history of the labels."""
    (project_id, prompt_id), cursors = _key(request), wiring.cursors()
    after, limit = request.page(cursors, history_scope("labels", prompt_id))
    view = wiring.version_service().labels(request.caller, project_id, prompt_id, after, limit)
    return labels_answer(prompt_id, view, cursors)


@app.route(
    "POST /api/projects/{projectId}/prompts/{promptId}/labels",
    body=MoveLabel,
    answers={200: LabelMove},
    raises=[Forbidden, Conflict],
)
def move_label(request: Request[MoveLabel]) -> LabelMove:
    """Editors point a label at a version; `production` only at one that has passed the project's cases.

    Owners may go back to one that has been in production before, whatever its cases say, with a reason.
    """
    return wiring.version_service().move(request.caller, *_key(request), request.body.to_move(), datetime.now(UTC))


@app.route(
    "DELETE /api/projects/{projectId}/prompts/{promptId}/labels/{label}",
    answers={204: None},
    raises=[Forbidden, Conflict],
)
def remove_label(request: Request) -> None:
    """Editors remove a label, which the history of the labels then says; `production` stays, as runs need it."""
    wiring.version_service().remove_label(request.caller, *_key(request), request.path("label"), datetime.now(UTC))


@app.route("GET /api/projects/{projectId}/prompts/{promptId}/diff", parameters=[_FROM, _TO], answers={200: Difference})
def compare_versions(request: Request) -> Difference:
    """Members compare two versions or labels, line by line."""
    before, after = (int(each) if each.isdecimal() else each for each in map(request.value, (_FROM, _TO)))
    return wiring.version_service().difference(request.caller, *_key(request), before, after)


def _key(request: Request[Any]) -> tuple[str, str]:
    return request.path("projectId"), request.path("promptId")


handler = app
