"""What GET gives, PUT takes: every resource can be sent back as it was received, and is the same then."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest
from jsonschema import Draft4Validator

from commerce.catalogue import wiring as catalogue
from commerce.catalogue.domain.catalogue import Catalogue
from commerce.catalogue.domain.products import Status
from commerce.catalogue.handlers import product_editing
from communications.users import wiring as recipients_wiring
from communications.users.domain.users import Settings
from communications.users.handlers import get_user, update_user
from generate.functions import CONTEXTS, routes_of
from generate.gateway import draft_4
from identity.users import wiring as users_wiring
from identity.users.domain.users import Group
from identity.users.handlers import users
from knowledge_base.tickets import wiring as tickets_wiring
from personalization.content import wiring as content_wiring
from personalization.content.handlers.content import handler as content_handler
from personalization.evaluations import wiring as evaluations
from personalization.evaluations.adapters.patterns import LinearPatterns
from personalization.evaluations.domain.cases import CaseService
from personalization.evaluations.handlers import prompt_cases
from shared.http.contract import Route
from shared.http.cursors import Cursors
from shared.http.read_only import read_only_fields
from shared.ids import new_id
from tests.commerce.calls import ADMIN, call
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product
from tests.communications.examples import a_user as a_recipient
from tests.communications.users.fakes import FakeUsers
from tests.conformance import answers_are_as_declared
from tests.identity.users.examples import a_user
from tests.identity.users.memory_pool import MemoryPool
from tests.knowledge_base.tickets.help_desk import PRIYA, HelpDesk
from tests.knowledge_base.tickets.help_desk import as_user as as_help_desk_user
from tests.personalization.articles.fakes import FakeProjectAccess
from tests.personalization.calls import called
from tests.personalization.content.content_examples import FakeContents
from tests.personalization.evaluations.fakes import FakeCases
from tests.personalization.prompts.conftest import api
from tests.personalization.prompts.examples import EDITOR, OWNER
from tests.personalization.prompts.prompt_api import PromptApi
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import ADMIN as USERS_ADMIN
from tests.shared.http_api_calls import call as call_http_api

__all__ = ["answers_are_as_declared", "api"]

pytestmark = pytest.mark.usefixtures("edge")

type Json = dict[str, Any]
type Put = Callable[[Json], tuple[int, Any]]
type Received = Iterator[tuple[Json, Put]]

CHANGING = {"version", "latestVersion", "updatedAt"}
ROUTES = [route for context in CONTEXTS for route in routes_of(context) if read_only_fields(route)]


def products(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    kept = FakeProducts(
        a_product(),
        a_product("empty", stock=0, tags=(), description="", status=Status.DRAFT),
        a_donation_item(),
        a_product(
            "odd", name="\u202eTea\u00adpot \u0301 किताब 🫖", description="Two\nlines.\t" * 400, status=Status.ARCHIVED
        ),
    )
    patch.setattr(catalogue, "catalogue", lambda: Catalogue(kept, "GBP", new_id))
    patch.setattr(catalogue, "images_url", lambda: "https://images.example.org")

    def put(body: Json, product_id: str) -> tuple[int, Any]:
        route = "PUT /products/{productId}"
        return call(product_editing.handler, route, body, claims=ADMIN, productId=product_id)

    for product_id in kept.by_id:
        route = "GET /admin/products/{productId}"
        _, received = call(product_editing.handler, route, claims=ADMIN, productId=product_id)
        yield received, partial(put, product_id=product_id)


def content(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    kept = FakeContents()
    patch.setattr(content_wiring, "contents", lambda: kept)

    def put(body: Json, content_id: str) -> tuple[int, Any]:
        path, resource = {"contentId": content_id}, "/content/{contentId}"
        answer = called(content_handler, "priya", groups="staff", body=body, path=path, resource=resource, method="PUT")
        return answer.status, answer.json

    page: Json = {"kind": "research", "title": "News", "summary": "In short.", "body": "At length."}
    event = page | {
        "kind": "event",
        "startsAt": "2026-07-04T09:00:00+02:00",
        "tags": ["walk"],
        "url": "https://a.example",
    }
    for content_id, body in {"page": page, "event": event, "long": event | {"endsAt": "2026-07-04T16:00:00Z"}}.items():
        _, received = put(body, content_id)
        yield received, partial(put, content_id=content_id)


def _of_projects(api: PromptApi, path: str) -> Put:
    def put(body: Json) -> tuple[int, Any]:
        answer = api.call(OWNER, "PUT", path, body)
        return answer.status, answer.json

    return put


def projects(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    settings = {"maxTokens": 100, "temperature": 0.5, "tokensPerDay": 1_000}
    for path in (api.made(), api.made(description="Letters\nto donors", settings=settings, status="INACTIVE")):
        yield api.read(path), _of_projects(api, path)


def members(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    project = api.made()
    api.joined(project, EDITOR, "editor")
    for member in api.read(f"{project}/members")["items"]:
        yield member, _of_projects(api, f"{project}/members/{member['userId']}")


def prompts(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    project = api.made()
    plain = api.written(project)
    full = api.written(project, "For {{audience}}.", tags=["a"], variables=["audience"], isActive=False)
    for path in (plain, full):
        yield api.read(path), _of_projects(api, path)


def cases(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    answers = FakeFirstAnswers()
    service = CaseService(FakeCases(answers), FakeProjectAccess(), LinearPatterns(), new_id)
    patch.setattr(evaluations, "case_service", lambda: service)
    patch.setattr(evaluations, "first_answers", lambda: answers)
    checks = [
        {"kind": "contains", "text": "reader"},
        {"kind": "json-schema", "schema": {"type": ["object", "null"], "required": ["a"]}},
        {"kind": "max-cost", "micros": 20_000},
    ]
    one = "/api/projects/{projectId}/cases/{caseId}"

    def put(body: Json, path: Mapping[str, str]) -> tuple[int, Any]:
        answer = called(prompt_cases.handler, "ada", body=body, path=path, resource=one, method="PUT")
        return answer.status, answer.json

    for variables in ({}, {"audience": "doctors"}):
        path = {"projectId": "p1"}
        body = {"name": "Short", "article": "An article.", "variables": variables, "checks": checks}
        added = called(prompt_cases.handler, "ada", body=body, path=path, resource=one.rpartition("/")[0]).json
        path |= {"caseId": added["caseId"]}
        yield called(prompt_cases.handler, "ada", path=path, resource=one).json, partial(put, path=path)


def groups(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    pool = MemoryPool([a_user("Ada Lovelace"), a_user("Tom Bell", Group.ADMIN), a_user("Priya Shah", Group.STAFF)])
    patch.setattr(users_wiring, "users", lambda: pool)
    patch.setattr(users_wiring, "cursors", lambda: Cursors("a key for tests"))

    def put(body: Json, user_id: str) -> tuple[int, Any]:
        route = "PUT /users/{userId}/groups"
        return call_http_api(users.handler, route, body, claims=USERS_ADMIN, userId=user_id)

    _, found = call_http_api(users.handler, "GET /users", claims=USERS_ADMIN)
    for user in found["items"]:
        yield user, partial(put, user_id=user["userId"])


def recipients(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    kept = FakeUsers(a_recipient("ada"), a_recipient("bob", "Bob", Settings()))
    for name in ("users", "records"):
        patch.setattr(recipients_wiring, name, lambda: kept)

    def put(body: Json, user_id: str) -> tuple[int, Any]:
        return call_http_api(
            update_user.handler, "PUT /users/{userId}", body, claims=access_claims(user_id), userId=user_id
        )

    for user_id in ("ada", "bob"):
        claims, route = access_claims(user_id), "GET /users/{userId}"
        _, received = call_http_api(get_user.handler, route, claims=claims, userId=user_id)
        yield received, partial(put, user_id=user_id)


def canned_replies(api: PromptApi, patch: pytest.MonkeyPatch) -> Received:  # noqa: ARG001
    library = HelpDesk().library
    patch.setattr(tickets_wiring, "library", lambda: library)
    one = "/canned-replies/{cannedReplyId}"

    def put(body: Json, reply_id: str) -> tuple[int, Any]:
        return as_help_desk_user(PRIYA, f"PUT {one}", body, cannedReplyId=reply_id)

    for text in ("Dear {{customerName}},\nthank you.", "Two\nlines.\t" * 900):
        _, added = as_help_desk_user(PRIYA, "POST /canned-replies", {"title": "Thanks 👋", "text": text})
        _, received = as_help_desk_user(PRIYA, f"GET {one}", cannedReplyId=added["cannedReplyId"])
        yield received, partial(put, reply_id=added["cannedReplyId"])


RECEIVED = {
    "PUT /products/{productId}": products,
    "PUT /content/{contentId}": content,
    "PUT /api/projects/{projectId}": projects,
    "PUT /api/projects/{projectId}/members/{userId}": members,
    "PUT /api/projects/{projectId}/prompts/{promptId}": prompts,
    "PUT /api/projects/{projectId}/cases/{caseId}": cases,
    "PUT /users/{userId}/groups": groups,
    "PUT /users/{userId}": recipients,
    "PUT /canned-replies/{cannedReplyId}": canned_replies,
}
"""Resources as they are received, by the route that takes them back."""


def test_every_route_that_takes_back_what_it_answers_has_resources() -> None:
    assert RECEIVED.keys() == {str(route) for route in ROUTES}, "say in RECEIVED what is to be sent back"


def test_every_resource_that_is_read_and_replaced_is_taken_back() -> None:
    """A PUT that takes no more than its GET gives; a body of other fields needs a reason."""
    besides = {route.path: str(route) for context in CONTEXTS for route in routes_of(context) if route.method == "PUT"}
    read = {route.path for context in CONTEXTS for route in routes_of(context) if route.method == "GET"}

    assert {besides[path] for path in besides.keys() & read} <= RECEIVED.keys()


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_what_was_received_can_be_sent_back(route: Route, api: PromptApi, monkeypatch: pytest.MonkeyPatch) -> None:
    assert route.body
    for received, put in RECEIVED[str(route)](api, monkeypatch):
        Draft4Validator(draft_4(route.body)).validate(received)

        status, answer = put(received)

        assert status == 200, answer
        assert _lasting(answer) == _lasting(received)
        assert put(answer)[0] == 200


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_what_contradicts_the_path_or_does_not_exist_is_refused(
    route: Route, api: PromptApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    received, put = next(RECEIVED[str(route)](api, monkeypatch))
    ids = [parameter.name for parameter in route.parameters if parameter.place == "path" and parameter.name in received]

    for name in [*ids, "nonsense"]:
        status, problem = put(received | {name: "another"})

        assert (status, [error["field"] for error in problem["errors"]]) == (422, [name])


def _lasting(received: Json) -> str:
    return json.dumps({name: value for name, value in received.items() if name not in CHANGING}, sort_keys=True)
