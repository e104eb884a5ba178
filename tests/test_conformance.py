"""Answers that are not as their routes declare do not go unnoticed in tests."""

from dataclasses import dataclass
from typing import Any

import pytest

from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.request import Request
from shared.http.response import Response
from tests.conformance import NotAsDeclared, answers_are_as_declared, documents
from tests.shared.gateway_events import rest_event
from tests.shared.lambda_context import CONTEXT

__all__ = ["answers_are_as_declared"]

pytestmark = pytest.mark.usefixtures("edge")


@dataclass(frozen=True)
class Item:
    item_id: str
    price: int | None = None


@dataclass(frozen=True)
class OtherItem:
    item_id: str
    price: int | None = None
    secret: str = "x"


def answer(result: object, **contract: Any) -> int:
    app, defaults = Api(), dict[str, Any](answers={200: Item, 204: None}, callers=ANYBODY)

    @app.route("GET /items", **defaults | contract)
    def read_items(_: Request) -> object:
        if isinstance(result, Exception):
            raise result
        return result

    return int(app(rest_event(resource="/items"), CONTEXT)["statusCode"])


@pytest.mark.parametrize(
    ("result", "status"), [(Item("a"), 200), ({"itemId": "a", "price": 1}, 200), (Response(204), 204)]
)
def test_answer_as_it_is_declared_passes(result: object, status: int) -> None:
    assert answer(result) == status
    assert answer(Conflict("no"), raises=[Conflict]) == 409


@pytest.mark.parametrize(
    "result",
    [{"itemId": "a"}, {"itemId": 1, "price": None}, OtherItem("a"), [Item("a")], None, Conflict("not declared")],
    ids=["a field is missing", "another type", "a field too many", "a list", "nothing", "another status"],
)
def test_any_other_answer_fails(result: object) -> None:
    with pytest.raises(NotAsDeclared):
        answer(result)


def test_routes_are_found_as_the_gateway_finds_them() -> None:
    commerce = documents()["commerce"]

    assert commerce.route_of("GET", "/products/teapot") == "GET /products/{productId}"
    assert commerce.route_of("POST", "/products/imports") == "POST /products/imports"
    assert commerce.route_of("GET", "/products/imports") == "GET /products/{productId}"
    assert commerce.route_of("GET", "/products/a/b") is None
    assert commerce.route_of("PATCH", "/products/teapot") is None
