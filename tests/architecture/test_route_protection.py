"""Every route of a REST API needs an application's key and a user's token, unless it is listed with a reason."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.architecture.templates import TEMPLATES, Json

_EVENT_SOURCE = "a browser's EventSource sends no headers; an authorizer asks for a token or a ticket"
_SIGNED = "who sends webhooks signs them, and has neither key nor token; the stage's throttle carries the rate"
ROUTES_WITHOUT_KEY: dict[str, str] = {
    "GET /agent/runs/{runId}/events": _EVENT_SOURCE,
    "GET /api/projects/{projectId}/runs/{runId}/events": _EVENT_SOURCE,
    "POST /webhooks/stripe": _SIGNED,
    "GET /support/runs/{runId}/events": _EVENT_SOURCE,
}
_GUESTS = "guests are identified by the signed id of their cart; the application's key carries the rate"
_SHOP_WINDOW = "the shop is open to everybody; the application's key carries the rate"
_LINK = "a link in a mail works without signing in; its token is sealed"
_PUBLIC_READS = [
    "/categories",
    "/products",
    "/products/{productId}",
    "/search",
    "/search/suggestions",
    "/gift-aid/declaration",
]
ROUTES_WITHOUT_AUTHORIZER: dict[str, str] = {
    **{f"{method} {path}": _SHOP_WINDOW for path in _PUBLIC_READS for method in ("GET", "HEAD")},
    "POST /guest-carts": _GUESTS,
    "GET /guest-cart": _GUESTS,
    "DELETE /guest-cart": _GUESTS,
    "PUT /guest-cart/items/{productId}": _GUESTS,
    "DELETE /guest-cart/items/{productId}": _GUESTS,
    "POST /webhooks/stripe": _SIGNED,
    "GET /unsubscribe/{token}": _LINK,
    "POST /unsubscribe/{token}": _LINK,
}


class Route(NamedTuple):
    """`auth` is the event's Auth merged over its API's."""

    name: str
    auth: Json


def routes() -> Iterator[Route]:
    for template in TEMPLATES:
        apis = template.resources("AWS::Serverless::Api")
        functions = template.resources("AWS::Serverless::Function").values()
        for event in (event for properties in functions for event in properties.get("Events", {}).values()):
            if event["Type"] == "Api":
                properties = event["Properties"]
                auth = apis[properties["RestApiId"]["Ref"]].get("Auth", {}) | properties.get("Auth", {})
                yield Route(f"{properties['Method'].upper()} {properties['Path']}", auth)


ROUTES = list(routes())


each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)


@each_route
def test_route_needs_an_api_key(route: Route) -> None:
    assert route.auth.get("ApiKeyRequired", False) is (route.name not in ROUTES_WITHOUT_KEY), (
        f"{route.name}: set ApiKeyRequired in its API's Auth, or list it, with the reason, in ROUTES_WITHOUT_KEY; "
        "no route is listed that needs a key"
    )


@each_route
def test_route_needs_a_token(route: Route) -> None:
    authorizer = route.auth.get("Authorizer", route.auth.get("DefaultAuthorizer", "NONE"))
    assert (authorizer != "NONE") is (route.name not in ROUTES_WITHOUT_AUTHORIZER), (
        f"{route.name}: set DefaultAuthorizer in its API's Auth, or list it, with the reason, in "
        "ROUTES_WITHOUT_AUTHORIZER; no route is listed that needs a token"
    )
