"""Events as Stripe sends them: signed, and more than once, late or in another order on demand."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
import stripe

from local.payments.process import PaymentProcess
from tests.local.payments.conftest import Pay
from tests.shared.serving import JoinedServer, serving

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("payments")]
_SECRET = "whsec_tests"


class Shop:
    """Takes webhooks; answers 500 for the first `failures`."""

    def __init__(self) -> None:
        self.events: list[stripe.Event] = []
        self.failures = 0


@pytest.fixture
def shop(stand_in: PaymentProcess, client: stripe.StripeClient) -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            event = client.construct_event(body, self.headers["Stripe-Signature"], _SECRET)
            if shop.failures:
                shop.failures -= 1
                self.send_error(500)
                return
            shop.events.append(event)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = JoinedServer(("127.0.0.1", 0), Handler)
    defaults = {"holds": False, "times": {}, "delay_seconds": {}}
    with serving(server, before_end=lambda: stand_in.send_webhooks("", "", **defaults)):
        stand_in.send_webhooks(f"http://127.0.0.1:{server.server_port}/", _SECRET, **defaults)
        yield shop


def types(shop: Shop, word: str) -> list[str]:
    about = [(event.type, event.data.object.to_dict().get("metadata") or {}) for event in shop.events]
    return [kind for kind, metadata in about if metadata.get("word") == word]


def test_events_of_a_payment_are_signed(shop: Shop, stand_in: PaymentProcess, pay: Pay, word: str) -> None:
    pay()
    stand_in.deliveries()
    assert sorted(types(shop, word)) == ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]


def test_an_event_is_sent_again_until_the_shop_has_taken_it(
    shop: Shop, stand_in: PaymentProcess, client: stripe.StripeClient, pay: Pay, word: str
) -> None:
    shop.failures = 2
    pay()
    stand_in.deliveries()
    assert len(types(shop, word)) == 3
    assert all(client.v1.events.retrieve(event.id).pending_webhooks == 0 for event in shop.events)


def test_duplicates_come_on_demand(shop: Shop, stand_in: PaymentProcess, pay: Pay) -> None:
    stand_in.change_webhooks(times={"payment_intent.succeeded": 3})
    pay()
    stand_in.deliveries()
    succeeded = [event.id for event in shop.events if event.type == "payment_intent.succeeded"]
    assert len(succeeded) == 3
    assert len(set(succeeded)) == 1


def test_events_are_held_and_released_in_another_order(
    shop: Shop, stand_in: PaymentProcess, pay: Pay, word: str
) -> None:
    stand_in.change_webhooks(holds=True, delay_seconds={"payment_intent.created": 1})
    pay()
    stand_in.deliveries()
    assert types(shop, word) == []

    assert stand_in.release_webhooks("reversed") == 3
    stand_in.deliveries()

    assert types(shop, word)[-1] == "payment_intent.created"
    assert len(types(shop, word)) == 3


def test_events_from_before_a_restart_are_not_sent_again(
    shop: Shop, stand_in: PaymentProcess, pay: Pay, word: str
) -> None:
    stand_in.send_webhooks("", "")
    pay()
    stand_in.stop()
    stand_in.start()
    assert types(shop, word) == []
