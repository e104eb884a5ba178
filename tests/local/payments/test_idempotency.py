"""Keys of requests, and connections that break: nobody is charged twice."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from local.payments.process import PaymentProcess
from tests.local.payments.conftest import client_of

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("payments")]
_TERMS: Any = {"amount": 1999, "currency": "gbp"}


def intents_with(client: stripe.StripeClient, word: str) -> list[stripe.PaymentIntent]:
    return [
        each
        for each in client.v1.payment_intents.list({"limit": 100}).data
        if each.metadata.to_dict().get("word") == word
    ]


def test_the_same_key_gets_the_same_answer(client: stripe.StripeClient, word: str) -> None:
    terms = _TERMS | {"metadata": {"word": word}}
    first, second = [client.v1.payment_intents.create(terms, {"idempotency_key": word}) for _ in range(2)]

    assert first.id == second.id
    assert second.last_response is not None
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(intents_with(client, word)) == 1


def test_another_request_with_the_key_is_refused(client: stripe.StripeClient, word: str) -> None:
    client.v1.payment_intents.create(_TERMS, {"idempotency_key": word})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.payment_intents.create(_TERMS | {"amount": 2000}, {"idempotency_key": word})


def test_a_refusal_of_parameters_uses_up_no_key(client: stripe.StripeClient, word: str) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create(_TERMS | {"amount": 1}, {"idempotency_key": word})
    assert client.v1.payment_intents.create(_TERMS, {"idempotency_key": word}).status == "requires_payment_method"


def test_a_decline_is_repeated_as_it_was(client: stripe.StripeClient, word: str) -> None:
    never: Any = {"enabled": True, "allow_redirects": "never"}
    intent = client.v1.payment_intents.create(_TERMS | {"automatic_payment_methods": never})
    codes = set()
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            client.v1.payment_intents.confirm(
                intent.id, {"payment_method": "pm_card_chargeDeclined"}, {"idempotency_key": word}
            )
        codes.add(declined.value.code)
    assert codes == {"card_declined"}
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_two_at_once_with_one_key_conflict(client: stripe.StripeClient, stand_in: PaymentProcess, word: str) -> None:
    stand_in.fail(word, wait_seconds=1)
    terms = _TERMS | {"metadata": {"word": word}}

    def create(_: int) -> int:
        try:
            client.v1.payment_intents.create(terms, {"idempotency_key": word})
        except stripe.StripeError as error:
            return error.http_status or 0
        return 200

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(create, range(2))) == [200, 409]
    assert len(intents_with(client, word)) == 1


@pytest.mark.parametrize("kind", ["cut-before", "cut-after"])
def test_the_sdk_asks_again_when_the_connection_breaks_and_charges_once(
    client: stripe.StripeClient, stand_in: PaymentProcess, word: str, kind: str
) -> None:
    patient = client_of(stand_in.endpoint, retries=2)
    stand_in.fail(word, kind=kind)

    intent = patient.v1.payment_intents.create(_TERMS | {"metadata": {"word": word}}, {"idempotency_key": word})

    assert [each.id for each in intents_with(client, word)] == [intent.id]


def test_a_charge_whose_answer_came_too_late_is_found_by_its_key(
    client: stripe.StripeClient, stand_in: PaymentProcess, word: str
) -> None:
    never: Any = {"enabled": True, "allow_redirects": "never"}
    intent = client.v1.payment_intents.create(_TERMS | {"automatic_payment_methods": never})
    hasty = client_of(stand_in.endpoint, timeout=0.3)
    stand_in.fail(f"{intent.id}/confirm", late_seconds=2)

    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}, {"idempotency_key": word})

    again = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}, {"idempotency_key": word})
    assert again.status == "succeeded"
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_faults_are_those_of_stripe(client: stripe.StripeClient, stand_in: PaymentProcess, word: str) -> None:
    terms = _TERMS | {"metadata": {"word": word}}
    stand_in.fail(word, kind="rate-limited")
    with pytest.raises(stripe.RateLimitError):
        client.v1.payment_intents.create(terms)
    stand_in.fail(word, kind="error")
    key = str(uuid.uuid4())
    for _ in range(2):  # the key is used up
        with pytest.raises(stripe.APIError):
            client.v1.payment_intents.create(terms, {"idempotency_key": key})
    assert intents_with(client, word) == []
