"""What becomes of a payment, as Stripe documents it for its test cards."""

import urllib.request
from urllib.error import HTTPError

import pytest
import stripe

from local.payments.process import PaymentControl, PaymentProcess
from tests.local.payments.conftest import Pay, client_of

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("payments")]


def test_a_card_is_charged_with_fee_and_net(client: stripe.StripeClient, pay: Pay, word: str) -> None:
    intent = pay(amount=1999)

    assert (intent.status, intent.amount_received, intent.metadata["word"]) == ("succeeded", 1999, word)
    read = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    charge = read.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.paid, charge.amount, charge.payment_intent) == (True, 1999, intent.id)
    booked = charge.balance_transaction
    assert isinstance(booked, stripe.BalanceTransaction)
    assert (booked.amount, booked.fee, booked.net, booked.type) == (1999, 50, 1949, "charge")


@pytest.mark.parametrize(
    ("payment_method", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_a_declined_card_leaves_an_intent_that_takes_another(
    client: stripe.StripeClient, pay: Pay, payment_method: str, code: str, decline_code: str
) -> None:
    with pytest.raises(stripe.CardError) as declined:
        pay(payment_method)

    error = declined.value.error
    assert error is not None
    assert (declined.value.http_status, error.code, error.decline_code) == (402, code, decline_code)
    intent = error.payment_intent
    assert intent is not None
    assert intent.status == "requires_payment_method"
    assert client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


@pytest.mark.parametrize(("passed", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
def test_authentication_decides(
    client: stripe.StripeClient, stand_in: PaymentProcess, pay: Pay, *, passed: bool, status: str
) -> None:
    intent = pay("pm_card_threeDSecure2Required")
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.type == "use_stripe_sdk"

    stand_in.authenticate(intent.id, passed=passed)

    assert client.v1.payment_intents.retrieve(intent.id).status == status


def test_the_banks_page_names_the_amount_and_leads_back(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 123_456, "currency": "gbp"})
    intent = client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_threeDSecure2Required", "return_url": "http://127.0.0.1:1/back?order=7"}
    )

    assert intent.next_action is not None
    redirect = intent.next_action.redirect_to_url
    assert redirect is not None
    assert redirect.return_url == "http://127.0.0.1:1/back?order=7"
    with urllib.request.urlopen(redirect.url or "", timeout=10) as page:  # noqa: S310  on 127.0.0.1
        assert "1,234.56 GBP" in page.read().decode()


def test_confirming_where_a_redirect_is_possible_needs_a_way_back(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 500, "currency": "gbp"})
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})


@pytest.mark.parametrize(
    ("payment_method", "status"),
    [("pm_bacsDebit_success", "succeeded"), ("pm_bacsDebit_fails", "requires_payment_method")],
)
def test_a_direct_debit_takes_its_time(
    client: stripe.StripeClient, stand_in: PaymentProcess, pay: Pay, payment_method: str, status: str
) -> None:
    intent = pay(payment_method)
    assert intent.status == "processing"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.cancel(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"

    stand_in.pass_time()

    assert client.v1.payment_intents.retrieve(intent.id).status == status


def test_a_confirmation_token_is_used_once(client: stripe.StripeClient) -> None:
    token = client.v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"})
    first, second = [client.v1.payment_intents.create({"amount": 700, "currency": "gbp"}) for _ in range(2)]
    back = "http://127.0.0.1:1/back"
    confirm = client.v1.payment_intents.confirm

    assert confirm(first.id, {"confirmation_token": token.id, "return_url": back}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="already been used"):
        confirm(second.id, {"confirmation_token": token.id, "return_url": back})


def test_an_intent_is_charged_once_and_cancelled_or_charged(client: stripe.StripeClient, pay: Pay) -> None:
    paid = pay()
    for act in (client.v1.payment_intents.confirm, client.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            act(paid.id)
        assert refused.value.code == "payment_intent_unexpected_state"

    cancelled = client.v1.payment_intents.create({"amount": 500, "currency": "gbp"})
    reason = client.v1.payment_intents.cancel(cancelled.id, {"cancellation_reason": "abandoned"}).cancellation_reason
    assert reason == "abandoned"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.confirm(cancelled.id, {"payment_method": "pm_card_visa"})


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"currency": "gbp"}, "amount"),
        ({"amount": 29, "currency": "gbp"}, "amount"),
        ({"amount": "12.50", "currency": "gbp"}, "amount"),
        ({"amount": 500, "currency": "xxx"}, "currency"),
        ({"amount": 500, "currency": "gbp", "colour": "red"}, "colour"),
        ({"amount": 500, "currency": "gbp", "payment_method": "pm_unknown"}, "payment_method"),
    ],
)
def test_a_request_that_stripe_refuses_names_the_parameter(
    client: stripe.StripeClient, given: dict[str, object], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(given)  # type: ignore[arg-type]
    assert refused.value.param == param


def test_lists_have_pages_and_filters(client: stripe.StripeClient, pay: Pay) -> None:
    intents = [pay(amount=100 + number).id for number in range(3)]

    found = client.v1.payment_intents.list({"limit": 2})
    assert [each.id for each in found.data] == intents[:0:-1]
    assert found.has_more
    assert client.v1.payment_intents.list({"limit": 1, "starting_after": intents[1]}).data[0].id == intents[0]
    [charge] = client.v1.charges.list({"payment_intent": intents[0]}).data
    assert charge.amount == 100
    assert client.v1.charges.list({"payment_intent": intents[0], "created": {"gt": charge.created}}).data == []


def test_what_was_paid_outlives_the_process(stand_in: PaymentProcess, pay: Pay) -> None:
    intent = pay()
    stand_in.stop()
    stand_in.start()
    assert client_of(stand_in.endpoint).v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_key_that_is_no_test_key_is_refused(stand_in: PaymentProcess) -> None:
    live = stripe.StripeClient("sk_live_x", base_addresses={"api": stand_in.endpoint}, max_network_retries=0)
    with pytest.raises(stripe.AuthenticationError):
        live.v1.payment_intents.list()


@pytest.mark.parametrize("key", ["", "other"])
def test_nobody_controls_it_without_the_key(key: str, stand_in: PaymentProcess) -> None:
    control = PaymentControl(stand_in.endpoint, key)
    for call in (control.pass_time, control.deliveries, control.pay_out, control.forget_faults):
        with pytest.raises(HTTPError, match="403") as caught:
            call()
        caught.value.close()
