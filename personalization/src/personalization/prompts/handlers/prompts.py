"""Prompts of a project: /api/projects/{projectId}/prompts"""

from datetime import UTC, datetime
from http import HTTPStatus

from personalization.prompts import wiring
from personalization.prompts.answers import PromptList, prompts_answer, prompts_scope
from personalization.prompts.domain.prompts import PRODUCTION
from personalization.prompts.requests import MakePrompt, OrderPrompts, SavePrompt
from shared.http.bodies import checked
from shared.http.routes import Request, Response, routes
from shared.idempotency.claims import once

_MAX_BODY_BYTES = 512 * 1024  # the longest content, with every character escaped as a pair of surrogates


def make_prompt(request: Request) -> Response:
    """Editors make a prompt, whose first save `production` points at; 404 or 403 otherwise."""
    caller, body, now = request.caller, request.json(_MAX_BODY_BYTES), datetime.now(UTC)
    wanted, claim = checked(MakePrompt, body).to_change(), request.claim(body)
    project_id, service = request.path_id("projectId"), wiring.prompt_service()
    answer = once(claim, wiring.first_answers(), now, lambda: service.create(caller, project_id, wanted, now, claim))
    return Response(answer, HTTPStatus.CREATED)


def list_prompts(request: Request) -> Response:
    """Members see the prompts in the order of their steps, those with a `tag` or all; 404 otherwise."""
    caller, project_id, tag = request.caller, request.path_id("projectId"), request.optional_query("tag")
    cursors = wiring.cursors()
    after, limit = request.page(cursors, prompts_scope(project_id, tag))
    page = wiring.prompt_service().page(caller, project_id, tag, after, limit)
    return Response(prompts_answer(project_id, tag, page, cursors))


def order_prompts(request: Request) -> Response:
    """Editors give all prompts another order, or none of them; 404 or 403 otherwise, 422 unless all are named."""
    caller, asked = request.caller, checked(OrderPrompts, request.json(_MAX_BODY_BYTES))
    ordered = wiring.prompt_service().order(caller, request.path_id("projectId"), asked.prompt_ids)
    return Response(PromptList(ordered, None))


def read_prompt(request: Request) -> Response:
    """Members read what `production` points at, another `label`, or a `version`; 404 otherwise."""
    caller, wanted = request.caller, _wanted(request)
    project_id, prompt_id = request.path_id("projectId"), request.path_id("promptId")
    return Response(wiring.prompt_service().read(caller, project_id, prompt_id, wanted))


def _wanted(request: Request) -> int | str:
    number = request.whole_number("version", least=1, most=999_999_999, default=0)
    return number or request.optional_query("label") or PRODUCTION


def save_prompt(request: Request) -> Response:
    """Editors save over the `version` that they have seen, as another version; 404 or 403 otherwise, 409, 422."""
    caller, asked = request.caller, checked(SavePrompt, request.json(_MAX_BODY_BYTES))
    key, now = (request.path_id("projectId"), request.path_id("promptId")), datetime.now(UTC)
    return Response(wiring.prompt_service().save(caller, *key, asked.version, asked.to_change(), now))


def remove_prompt(request: Request) -> Response:
    """Editors remove a prompt with its versions; 404 or 403 otherwise, 409 while others include it."""
    project_id, prompt_id = request.path_id("projectId"), request.path_id("promptId")
    wiring.prompt_service().remove(request.caller, project_id, prompt_id)
    return Response(None, HTTPStatus.NO_CONTENT)


handler = routes(
    {
        "POST /api/projects/{projectId}/prompts": make_prompt,
        "GET /api/projects/{projectId}/prompts": list_prompts,
        "PUT /api/projects/{projectId}/prompts/order": order_prompts,
        "GET /api/projects/{projectId}/prompts/{promptId}": read_prompt,
        "PUT /api/projects/{projectId}/prompts/{promptId}": save_prompt,
        "DELETE /api/projects/{projectId}/prompts/{promptId}": remove_prompt,
    }
)
