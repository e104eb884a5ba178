"""What a route may answer follows from what it declares."""

from typing import Any

import pytest

from shared.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests
from shared.http.api import Api
from shared.http.callers import ADMINS, ANYBODY, FOLLOWERS, STAFF
from shared.http.contract import Route
from shared.http.fields import Body
from shared.http.parameters import new_path_id, optional_choice, optional_text
from shared.http.request import Request
from tests.shared.http.test_request import Colour

ALWAYS = {400, 429, 500, 503, 504}
SIGNED_IN_WITH_KEY = ALWAYS | {401, 403}


class Gift(Body):
    MAX_BODY_BYTES = 2048

    amount: int


class OutOfStock(Conflict): ...


def declared(route: str = "GET /gifts", **contract: Any) -> Route:
    app = Api()

    @app.route(route, **{"answers": {200: str}} | contract)
    def read_gifts(_: Request[Any]) -> object:
        """Everybody reads
        gifts.

        Further down stands what nobody else has to know.
        """

    return app.routes[0]


@pytest.mark.parametrize(
    ("contract", "statuses"),
    [
        ({}, SIGNED_IN_WITH_KEY),
        ({"callers": ANYBODY}, ALWAYS | {403}),
        ({"callers": FOLLOWERS}, ALWAYS | {401}),
        ({"callers": ADMINS}, SIGNED_IN_WITH_KEY),
        ({"route": "GET /gifts/{giftId}"}, SIGNED_IN_WITH_KEY | {404}),
        (
            {"route": "PUT /gifts/{giftId}", "parameters": [new_path_id("giftId", "[a-z]+", "an id of ours")]},
            SIGNED_IN_WITH_KEY,
        ),
        ({"parameters": [optional_text("q")]}, SIGNED_IN_WITH_KEY),
        ({"parameters": [optional_choice("colour", Colour)]}, SIGNED_IN_WITH_KEY | {422}),
        ({"body": Gift}, SIGNED_IN_WITH_KEY | {413, 415, 422}),
        ({"accepts": {"text/csv": str}}, SIGNED_IN_WITH_KEY | {413, 415, 422}),
        ({"key": "optional"}, SIGNED_IN_WITH_KEY | {409, 422}),
        ({"raises": [NotFound, OutOfStock]}, SIGNED_IN_WITH_KEY | {404, 409}),
        ({"raises": [Invalid, Forbidden, TooManyRequests]}, SIGNED_IN_WITH_KEY | {422}),
    ],
)
def test_refusals_follow_from_callers_parameters_body_and_what_the_route_raises(
    contract: dict[str, Any], statuses: set[int]
) -> None:
    assert declared(**contract).refusals.keys() == statuses


def test_every_reason_for_a_refusal_is_given() -> None:
    reasons = declared(callers=STAFF, body=Gift, key="optional", raises=[Conflict]).refusals

    assert reasons[403] == "The application's key is missing. Only staff may do this."
    assert reasons[413] == "The body has more than 2,048 bytes."
    assert reasons[415] == "The body is not application/json."
    assert "Idempotency-Key" in reasons[409]
    assert "state" in reasons[409]


def test_route_is_described_by_the_function_that_serves_it() -> None:
    route = declared()

    assert (str(route), route.name, route.purpose) == ("GET /gifts", "read_gifts", "Everybody reads gifts.")


def test_function_may_serve_several_routes_under_names_of_their_own() -> None:
    app = Api()

    @app.route("GET /gifts", answers={200: str})
    @app.route("GET /presents", answers={200: str}, name="read_presents")
    def read_gifts(_: Request) -> object:
        return ""

    assert {str(route): route.name for route in app.routes} == {
        "GET /gifts": "read_gifts",
        "GET /presents": "read_presents",
    }


def test_route_is_declared_once() -> None:
    app = Api()
    app.route("GET /gifts", answers={200: str})(lambda _: "")

    with pytest.warns(UserWarning, match="already registered"):
        app.route("GET /gifts", answers={200: str})(lambda _: "")
