"""Prompts of a project: /api/projects/{projectId}/prompts"""

from datetime import UTC, datetime

from personalization.prompts import wiring
from personalization.prompts.answers import PromptList, prompts_answer, prompts_scope
from personalization.prompts.domain.editing import PromptView
from personalization.prompts.domain.prompts import PRODUCTION
from personalization.prompts.requests import MakePrompt, OrderPrompts, SavePrompt
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.fields import MAX_VERSION
from shared.http.parameters import either, optional_line, optional_text, optional_whole_number, paging
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.prompt_service, wiring.first_answers, wiring.cursors))

_TAG = optional_line("tag")
_VERSION, _LABEL = either(
    optional_whole_number("version", 1, MAX_VERSION),
    optional_text("label", description=f"Which version to read: `{PRODUCTION}` where neither is given."),
)


@app.route(
    "POST /api/projects/{projectId}/prompts",
    body=MakePrompt,
    key="optional",
    answers={201: PromptView},
    raises=[Forbidden, Conflict],
)
def make_prompt(request: Request[MakePrompt]) -> object:
    """Editors create a prompt; `production` points at its first version."""
    caller, wanted, claim, now = request.caller, request.body.to_change(), request.claim, datetime.now(UTC)
    project_id, service = request.path("projectId"), wiring.prompt_service()
    return once(claim, wiring.first_answers(), now, lambda: service.create(caller, project_id, wanted, now, claim))


@app.route("GET /api/projects/{projectId}/prompts", parameters=[_TAG, *paging()], answers={200: PromptList})
def list_prompts(request: Request) -> PromptList:
    """Members see the prompts in the order of their steps, those with a `tag` or all."""
    project_id, tag, cursors = request.path("projectId"), request.value(_TAG), wiring.cursors()
    after, limit = request.page(cursors, prompts_scope(project_id, tag))
    page = wiring.prompt_service().page(request.caller, project_id, tag, after, limit)
    return prompts_answer(project_id, tag, page, cursors)


@app.route(
    "PUT /api/projects/{projectId}/prompts/order", body=OrderPrompts, answers={200: PromptList}, raises=[Forbidden]
)
def order_prompts(request: Request[OrderPrompts]) -> PromptList:
    """Editors reorder the prompts, naming each of them."""
    ordered = wiring.prompt_service().order(request.caller, request.path("projectId"), request.body.prompt_ids)
    return PromptList(ordered, None)


@app.route("GET /api/projects/{projectId}/prompts/{promptId}", parameters=[_VERSION, _LABEL], answers={200: PromptView})
def read_prompt(request: Request) -> PromptView:
    """Members read what `production` points at, another `label`, or a `version`."""
    wanted = request.value(_VERSION) or request.value(_LABEL) or PRODUCTION
    return wiring.prompt_service().read(request.caller, request.path("projectId"), request.path("promptId"), wanted)


@app.route(
    "PUT /api/projects/{projectId}/prompts/{promptId}",
    body=SavePrompt,
    answers={200: PromptView},
    raises=[Forbidden, Conflict],
)
def save_prompt(request: Request[SavePrompt]) -> PromptView:
    """Editors save a new version of a prompt, if `version` is still the latest."""
    key, body, now = (request.path("projectId"), request.path("promptId")), request.body, datetime.now(UTC)
    return wiring.prompt_service().save(
        request.caller, *key, seen_version=body.version, change=body.to_change(), now=now
    )


@app.route("DELETE /api/projects/{projectId}/prompts/{promptId}", answers={204: None}, raises=[Forbidden, Conflict])
def remove_prompt(request: Request) -> None:
    """Editors remove a prompt with its versions, unless other prompts include it."""
    wiring.prompt_service().remove(request.caller, request.path("projectId"), request.path("promptId"))


handler = app
