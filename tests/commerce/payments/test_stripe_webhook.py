"""POST /webhooks/stripe: anybody may send anything, and only what Stripe has signed just now is believed."""

import base64
import json
import logging
import random
import re
import time
from collections.abc import Mapping
from typing import Any

import pytest
from stripe import WebhookSignature

from commerce.payments import wiring
from commerce.payments.adapters.stripe_webhooks import StripeWebhooks
from commerce.payments.domain.events import PaymentEvent
from commerce.payments.handlers.stripe_webhook import handler
from shared.errors import Unavailable
from tests.commerce.payments.fakes import FakePaymentEvents, FakeSecret
from tests.shared.gateway_events import rest_event
from tests.shared.handler_calls import answer_of

pytestmark = pytest.mark.usefixtures("edge")

_SECRET = "whsec_shop"
_INTENT = {"id": "pi_1", "object": "payment_intent", "metadata": {"name": "Zoë 🐝"}}


def an_event(about: Mapping[str, Any] = _INTENT, **changes: Any) -> str:
    event = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "created": 1_767_226_200}
    return json.dumps(event | {"data": {"object": about}} | changes, indent=2, ensure_ascii=False)


def signed(body: str, secret: str = _SECRET, at: float = 0) -> str:
    """`at` is in seconds from now."""
    return str(WebhookSignature.generate_signature_header(body, secret, timestamp=int(time.time() + at)))


def send(body: str | None, signature: str | None, **changes: Any) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json; charset=utf-8"} | (
        {} if signature is None else {"Stripe-Signature": signature}
    )
    event = rest_event(None, None, headers, "/webhooks/stripe", method="POST", body=body)
    return answer_of(handler, event | changes)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> FakeSecret:
    secret = FakeSecret(_SECRET)
    webhooks = StripeWebhooks(secret)
    monkeypatch.setattr(wiring, "webhooks", lambda: webhooks)
    return secret


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> FakePaymentEvents:
    queue = FakePaymentEvents()
    monkeypatch.setattr(wiring, "payment_events", lambda: queue)
    return queue


def test_a_signed_event_is_handed_on_by_its_names_only(queue: FakePaymentEvents) -> None:
    assert send(an_event(), signed(an_event())) == (200, None)

    [event] = queue.put_events
    assert event.message() == {
        "eventId": "evt_1",
        "type": "payment_intent.succeeded",
        "objectId": "pi_1",
        "created": 1_767_226_200,
        "paymentId": "pi_1",
    }
    assert PaymentEvent.of(event.message()) == event


@pytest.mark.parametrize(
    ("about", "payment_id"),
    [
        ({"id": "du_1", "object": "dispute", "payment_intent": "pi_2"}, "pi_2"),
        ({"id": "re_1", "object": "refund", "payment_intent": {"id": "pi_3", "object": "payment_intent"}}, "pi_3"),
        ({"id": "ch_1", "object": "charge", "payment_intent": None}, None),
        ({"id": "po_1", "object": "payout"}, None),
    ],
)
def test_the_payment_is_that_of_what_the_event_is_about(
    about: Mapping[str, Any], payment_id: str | None, queue: FakePaymentEvents
) -> None:
    body = an_event(about, type="charge.dispute.funds_withdrawn")
    assert send(body, signed(body))[0] == 200
    assert [(event.object_id, event.payment_id) for event in queue.put_events] == [(about["id"], payment_id)]


def test_a_body_in_base64_is_the_same(queue: FakePaymentEvents) -> None:
    encoded = base64.b64encode(an_event().encode()).decode()
    assert send(encoded, signed(an_event()), isBase64Encoded=True)[0] == 200
    assert send("%" + encoded, signed(an_event()), isBase64Encoded=True)[0] == 400
    assert len(queue.put_events) == 1


def test_what_other_versions_and_modes_send_is_taken_as_only_names_are_read(queue: FakePaymentEvents) -> None:
    body = an_event(livemode=True, api_version="2019-01-01")
    assert send(body, signed(body))[0] == 200
    assert len(queue.put_events) == 1


@pytest.mark.parametrize("at", [-301, 302, 3600, -86_400, 10 * 365 * 86_400])
def test_old_and_future_times_are_refused(at: float, queue: FakePaymentEvents) -> None:
    status, problem = send(an_event(), signed(an_event(), at=at))
    assert (status, queue.put_events) == (400, [])
    assert "five minutes" in problem["detail"]


@pytest.mark.parametrize("at", [-290, 290])
def test_clocks_may_differ_a_little(at: float) -> None:
    assert send(an_event(), signed(an_event(), at=at))[0] == 200


def test_while_the_secret_is_being_replaced_one_of_two_signatures_is_enough(queue: FakePaymentEvents) -> None:
    other = signed(an_event(), "whsec_next").partition(",")[2]
    assert send(an_event(), f"{signed(an_event())},{other}")[0] == 200
    assert send(an_event(), f"{signed(an_event(), 'whsec_next')},{signed(an_event()).partition(',')[2]}")[0] == 200
    assert send(an_event(), f"{signed(an_event(), 'whsec_next')},{other}")[0] == 400
    assert len(queue.put_events) == 2


def test_a_replaced_secret_is_looked_up(secret: FakeSecret) -> None:
    secret.next_secret = "whsec_next"
    assert send(an_event(), signed(an_event(), "whsec_next"))[0] == 200
    assert secret.renewals == 1


def test_nothing_is_believed_before_there_is_a_secret(secret: FakeSecret, queue: FakePaymentEvents) -> None:
    secret.webhook_secret = ""
    assert send(an_event(), signed(an_event(), ""))[0] == 400
    assert queue.put_events == []


@pytest.mark.parametrize("headers", [{}, {"Stripe-Signature": ""}])
def test_without_a_signature_it_is_refused(headers: Mapping[str, str]) -> None:
    assert send(an_event(), headers.get("Stripe-Signature"))[0] == 400


def test_two_headers_are_refused() -> None:
    both = {"Stripe-Signature": [signed(an_event()), signed(an_event())]}
    assert send(an_event(), None, multiValueHeaders=both)[0] == 400


def test_a_body_of_more_than_256_kb_is_refused_unread(queue: FakePaymentEvents) -> None:
    body = an_event({**_INTENT, "description": "x" * 256 * 1024})
    assert send(body, signed(body))[0] == 413
    assert queue.put_events == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        '{"id": "evt_1"}',
        an_event(id="evt_1; DROP"),
        an_event(id=7),
        an_event(created="now"),
        an_event(created=True),
        an_event({"object": "payment_intent"}),
        an_event({"id": "pi_1\n", "object": "payment_intent"}),
        an_event({"id": "re_1", "payment_intent": ["pi_1"]}),
        an_event(type="é"),
        an_event().replace('"id"', '"id": "evt_2", "id"', 1),
        "[" * 5000,
        '{"id": NaN}',
    ],
)
def test_what_is_signed_and_no_event_is_refused(body: str, queue: FakePaymentEvents) -> None:
    assert send(body, signed(body))[0] == 400
    assert queue.put_events == []


def test_a_queue_out_of_reach_makes_stripe_send_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(FakePaymentEvents):
        def put(self, event: PaymentEvent) -> None:  # noqa: ARG002
            raise Unavailable("A service that we depend on is busy; try again.")

    monkeypatch.setattr(wiring, "payment_events", Broken)
    assert send(an_event(), signed(an_event()))[0] == 503


def test_log_has_neither_body_nor_signature(caplog: pytest.LogCaptureFixture) -> None:
    signature = signed(an_event())
    with caplog.at_level(logging.DEBUG):
        send(an_event(), signature)
        send(an_event() + " ", signature)

    text = json.dumps([vars(record) for record in caplog.records], default=str)
    assert signature.rpartition("=")[2] not in text
    assert "Zoë" not in text
    assert re.findall(r'"reason": "(\w+)"', text) == ["signature"]
    assert {"accepted", "refused"} <= set(re.findall(r'"(accepted|refused)": 1', text))


# --- Ten thousand, of which none is Stripe's

_MUTATIONS = 5_000
_GARBAGE = 5_000


def mutated(body: str, chance: random.Random) -> tuple[str, str, dict[str, Any]]:
    """A valid webhook with one thing wrong: body, signature and changes of the gateway's event."""
    data = body.encode()
    at = chance.randrange(len(data))
    now = int(time.time())
    digest = signed(body).rpartition("=")[2]
    match chance.randrange(10):
        case 0:  # another byte in the body, which may no longer be UTF-8
            other = bytes([*data[:at], data[at] ^ (1 << chance.randrange(8)), *data[at + 1 :]])
            return base64.b64encode(other).decode(), signed(body), {"isBase64Encoded": True}
        case 1:  # a byte less, or more
            other = data[:at] + (b"" if chance.random() < 0.5 else bytes([chance.randrange(256)]) * 2) + data[at + 1 :]
            return base64.b64encode(other).decode(), signed(body), {"isBase64Encoded": True}
        case 2:  # another byte in the signature
            signature = signed(body)
            at = chance.randrange(len(signature))
            new = chr(chance.choice([*range(1, 128), 233, 0x3C0, 0xFF11]))
            return body, f"{signature[:at]}{new if new != signature[at] else '~'}{signature[at + 1 :]}", {}
        case 3:  # another time, signed or not
            later = now + chance.choice([-1, 1]) * chance.randrange(310, 10**9)
            return body, chance.choice([signed(body, at=later - now), f"t={abs(later)},v1={digest}"]), {}
        case 4:  # another secret
            return body, signed(body, f"{_SECRET}{chance.randrange(10**6)}"), {}
        case 5:  # a second v1, which is wrong like the first
            wrong = "".join(chance.choices("0123456789abcdef", k=64))
            return body, f"{signed(body, 'whsec_other')},v1={wrong}", {}
        case 6:  # another scheme or notation of what is right
            notations = [digest.upper(), f"0x{digest}", f" {digest}", f"{digest}\n", f'"{digest}"', digest[:-1], ""]
            time_ = chance.choice([f"+{now}", f" {now}", f"0{now}", f"{now}.0", f"{now}_0", f"-{now}", "１２３", ""])
            wrong = chance.choice([f"t={now},v1={chance.choice(notations)}", f"t={time_},v1={digest}"])
            return body, chance.choice([wrong, f"t={now},v0={digest}", f"v1={digest}", f"t={now};v1={digest}"]), {}
        case 7:  # another encoding of the same text
            encoding = chance.choice(["utf-16", "utf-8-sig", "utf-32", "cp1252"])
            other = body.encode(encoding, errors="replace")
            return base64.b64encode(other).decode(), signed(body), {"isBase64Encoded": True}
        case 8:  # base64 that the gateway does not announce, or announces and is not
            encoded = base64.b64encode(data).decode()
            return (
                (encoded, signed(body), {})
                if chance.random() < 0.5
                else (body, signed(body), {"isBase64Encoded": True})
            )
        case _:  # the signature of another event
            other_body = an_event(id=f"evt_{chance.randrange(10**9)}x")
            return body, signed(other_body), {}


def garbage(chance: random.Random) -> tuple[str | None, str | None, dict[str, Any]]:
    def text(length: int) -> str:
        return "".join(chr(chance.choice([chance.randrange(128), chance.randrange(0x110000)])) for _ in range(length))

    body = chance.choice([None, "", text(chance.randrange(300)), an_event(), "[" * chance.randrange(10_000), "\ud800"])
    pieces = ["t=", "v1=", "v0=", ",", "=", str(int(time.time())), "0" * 64, "f" * 64, "t=1" + "0" * 5000, text(3)]
    signature = "".join(chance.choices(pieces, k=chance.randrange(12)))
    several = {"multiValueHeaders": {"stripe-signature": [signature] * chance.randrange(3)}}
    return body, chance.choice([None, signature]), chance.choice([{}, {}, several, {"isBase64Encoded": True}])


def test_of_ten_thousand_fuzzed_webhooks_none_is_accepted_and_none_fails(
    queue: FakePaymentEvents, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(14)  # noqa: S311  repeatable
    caplog.set_level(logging.CRITICAL)
    statuses = set()
    for number in range(_MUTATIONS):
        body, signature, changes = mutated(an_event(id=f"evt_{number}"), chance)
        statuses.add(send(body, signature, **changes)[0])
    for _ in range(_GARBAGE):
        garbled, signature_or_none, changes = garbage(chance)
        statuses.add(send(garbled, signature_or_none, **changes)[0])
    assert queue.put_events == []
    assert statuses == {400}
