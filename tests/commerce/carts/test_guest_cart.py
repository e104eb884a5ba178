import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commerce.carts.domain.cart import KEPT, cart_of_user
from commerce.carts.handlers import cart as cart_handler
from commerce.carts.handlers.guest_cart import handler
from shared.auth.seals import Seals
from shared.json.encoding import moment
from tests.commerce.calls import call
from tests.commerce.carts.fakes import FakeCarts
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge", "carts")

ITEM = "/guest-cart/items/{productId}"
ROUTES = ["GET /guest-cart", "DELETE /guest-cart", f"PUT {ITEM}", f"DELETE {ITEM}"]


def issued() -> str:
    status, answer = call(handler, "POST /guest-carts")
    assert status == 201
    return str(answer["cartId"])


def called(route: str, cart_id: str, body: object = None) -> tuple[int, Any]:
    return call(handler, route, body, headers={"x-cart-id": cart_id}, productId="teapot")


def test_id_is_handed_out_and_nothing_is_written(carts: FakeCarts) -> None:
    status, answer = call(handler, "POST /guest-carts")

    assert status == 201
    assert answer["cartId"] != issued()
    assert answer["cartId"].replace("-", "").replace("_", "").isalnum()
    expires_in = moment(answer["expiresAt"]) - datetime.now(UTC)
    assert timedelta(0) <= KEPT - expires_in < timedelta(minutes=1)
    assert carts.writes == 0


def test_guests_fill_look_and_empty_as_users_do() -> None:
    guest = issued()

    status, put = called(f"PUT {ITEM}", guest, {"quantity": 2})

    assert (status, put["total"], put["version"]) == (200, {"amount": 1700, "currency": "GBP"}, 1)
    assert called("GET /guest-cart", guest) == (200, put)
    assert called("GET /guest-cart", issued())[1]["lines"] == []
    assert called(f"DELETE {ITEM}", guest)[1]["lines"] == []
    called(f"PUT {ITEM}", guest, {"quantity": 2})
    assert called("DELETE /guest-cart", guest)[1]["lines"] == []


@pytest.mark.parametrize("route", ROUTES)
def test_header_is_needed(route: str) -> None:
    status, problem = call(handler, route, {"quantity": 1}, productId="teapot")

    assert (status, problem["errors"]) == (400, [{"field": "X-Cart-Id", "message": "is required"}])


def changed(seal: str) -> str:
    content = bytearray(base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4)))
    content[-1] ^= 1
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize("route", ROUTES)
def test_id_that_we_did_not_hand_out_is_not_there(route: str, carts: FakeCarts) -> None:
    cart_id = issued()
    of_another_key = Seals("another key for tests").make("guest cart", "1")
    of_another_use = Seals("a key for tests").make("run ticket", "1")

    for forged in (
        "1",
        cart_of_user("ada"),
        changed(cart_id),
        cart_id[:-1],
        cart_id + "A",
        of_another_key,
        of_another_use,
    ):
        assert called(route, forged, {"quantity": 1})[0] == 404, forged
    assert carts.writes == 0


@pytest.mark.parametrize("cart_id", ["\ud800", "né", "\x00"])
def test_odd_header_is_not_there_either(cart_id: str) -> None:
    assert called("GET /guest-cart", cart_id)[0] == 404


@pytest.mark.parametrize("cart_id", ["", " ", "x" * 10_000])
def test_what_is_no_header_is_refused(cart_id: str) -> None:
    status, problem = called("GET /guest-cart", cart_id)

    assert (status, problem["errors"][0]["field"]) == (400, "X-Cart-Id")


@pytest.mark.parametrize("quantity", [0, -1, 100, True, "5", None])
def test_quantities_are_checked_as_for_users(quantity: object) -> None:
    status, problem = called(f"PUT {ITEM}", issued(), {"quantity": quantity})

    assert (status, problem["errors"][0]["field"]) == (422, "quantity")


@pytest.mark.parametrize("route", ROUTES)
def test_cart_that_is_a_users_by_now_asks_to_sign_in(route: str) -> None:
    guest = issued()
    called(f"PUT {ITEM}", guest, {"quantity": 1})
    call(cart_handler.handler, "POST /cart/merges", {"cartId": guest}, claims=access_claims("ada"))

    status, problem = called(route, guest, {"quantity": 1})

    assert status == 409
    assert "sign in" in problem["detail"]
    assert "ada" not in str(problem)
