"""What the shop relies on of a payment provider: the fake, and Stripe's SDK with its stand-in."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from commerce.payments.adapters.stripe_provider import StripeProvider
from commerce.payments.domain.provider import Declined, Means, OutcomeUnknown, PaymentProvider, RefundRefused
from local.payments.process import PaymentProcess
from shared.errors import NotFound, Unavailable
from shared.money import Money
from shared.resilience.deadline import Deadline, ends_by
from tests.commerce.payments.fake_provider import FakeProvider
from tests.commerce.payments.fakes import FakeSecret

_AMOUNT = Money(1999, "GBP")
_BACK = "http://127.0.0.1:1/back"
_CARD = Means(payment_method_id="pm_card_visa")

_REAL = pytest.param("stripe", marks=[pytest.mark.emulator, pytest.mark.xdist_group("payments")])


@pytest.fixture(params=["fake", _REAL])
def provider(request: pytest.FixtureRequest) -> Iterator[PaymentProvider]:
    if request.param == "fake":
        yield FakeProvider()
        return
    stand_in: PaymentProcess = request.getfixturevalue("stand_in")
    yield StripeProvider(FakeSecret(), stand_in.endpoint)
    stand_in.forget_faults()


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def test_a_payment_is_created_unpaid_and_confirmed_once(provider: PaymentProvider, key: str) -> None:
    created = provider.create(_AMOUNT, reference="order-7", key=key)
    assert (created.status, created.amount, created.charge_id) == ("unpaid", _AMOUNT, None)
    assert created.reference == "order-7"
    assert provider.create(_AMOUNT, reference="order-7", key=key) == created

    paid = provider.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-confirm")
    again = provider.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-confirm")

    assert paid.status == "paid"
    assert paid.charge_id
    assert again == paid == provider.find(created.payment_id)
    other_key = provider.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-other")
    assert other_key.charge_id == paid.charge_id


def test_a_declined_payment_takes_another_means(provider: PaymentProvider, key: str) -> None:
    created = provider.create(_AMOUNT, reference="order-7", key=key)
    declining = Means(payment_method_id="pm_card_visa_chargeDeclined")
    with pytest.raises(Declined, match="declined") as declined:
        provider.confirm(created.payment_id, declining, return_url=_BACK, key=f"{key}-1")
    assert declined.value.payment.status == "unpaid"

    paid = provider.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-2")
    assert (paid.status, paid.declined) == ("paid", None)


def test_the_customer_acts_with_a_secret_that_only_then_is_there(provider: PaymentProvider, key: str) -> None:
    created = provider.create(_AMOUNT, reference="order-7", key=key)
    assert created.client_secret is None
    needs = Means(payment_method_id="pm_card_threeDSecure2Required")
    waiting = provider.confirm(created.payment_id, needs, return_url=_BACK, key=f"{key}-1")
    assert waiting.status == "requires-action"
    assert waiting.client_secret


def test_a_direct_debit_is_processing_and_cannot_be_cancelled(provider: PaymentProvider, key: str) -> None:
    created = provider.create(_AMOUNT, reference="order-7", key=key)
    debit = Means(payment_method_id="pm_bacsDebit_success")
    assert provider.confirm(created.payment_id, debit, return_url=_BACK, key=f"{key}-1").status == "processing"
    assert provider.cancel(created.payment_id).status == "processing"


def test_a_cancelled_payment_is_never_paid_and_a_paid_one_not_cancelled(provider: PaymentProvider, key: str) -> None:
    cancelled = provider.create(_AMOUNT, reference="order-7", key=key)
    for _ in range(2):
        assert provider.cancel(cancelled.payment_id).status == "cancelled"
    late = provider.confirm(cancelled.payment_id, _CARD, return_url=_BACK, key=f"{key}-late")
    assert (late.status, late.charge_id) == ("cancelled", None)

    paid = provider.create(_AMOUNT, reference="order-8", key=f"{key}-2")
    provider.confirm(paid.payment_id, _CARD, return_url=_BACK, key=f"{key}-3")
    assert provider.cancel(paid.payment_id).status == "paid"


def test_refunds_are_done_once_and_never_exceed_the_charge(provider: PaymentProvider, key: str) -> None:
    paid = provider.create(_AMOUNT, reference="order-7", key=key)
    provider.confirm(paid.payment_id, _CARD, return_url=_BACK, key=f"{key}-1")
    part = Money(1500, "GBP")
    refunds = [provider.refund(paid.payment_id, part, key=f"{key}-2", labels={"order": "7"}) for _ in range(2)]
    assert refunds[0] == refunds[1]
    assert (refunds[0].status, refunds[0].amount) == ("succeeded", part)
    with pytest.raises(RefundRefused):
        provider.refund(paid.payment_id, part, key=f"{key}-3", labels={})


def test_refunds_of_a_payment_are_listed_by_the_shops_names(provider: PaymentProvider, key: str) -> None:
    paid = provider.create(_AMOUNT, reference="order-7", key=key)
    provider.confirm(paid.payment_id, _CARD, return_url=_BACK, key=f"{key}-1")
    assert list(provider.refunds(paid.payment_id)) == []

    made = [
        provider.refund(paid.payment_id, Money(amount, "GBP"), key=f"{key}-{amount}", labels=labels)
        for amount, labels in ((100, {"reference": "r1"}), (200, {}))
    ]

    assert [each.reference for each in made] == ["r1", ""]
    assert list(provider.refunds(paid.payment_id)) == made


def test_disputes_of_a_payment_are_open_until_they_are_decided(
    provider: PaymentProvider, key: str, request: pytest.FixtureRequest
) -> None:
    created = provider.create(_AMOUNT, reference="order-7", key=key)
    paid = provider.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-1")
    provider.refund(paid.payment_id, Money(999, "GBP"), key=f"{key}-2", labels={})
    assert list(provider.disputes(paid.payment_id)) == []

    if isinstance(provider, FakeProvider):
        provider.dispute(paid.payment_id)
    else:
        request.getfixturevalue("stand_in").dispute(paid.charge_id)

    [dispute] = provider.disputes(paid.payment_id)
    assert (dispute.status, dispute.amount) == ("open", Money(1000, "GBP"))
    with pytest.raises(RefundRefused):
        provider.refund(paid.payment_id, Money(1, "GBP"), key=f"{key}-3", labels={})
    if isinstance(provider, FakeProvider):
        provider.decide(dispute.dispute_id, "won")
    else:
        request.getfixturevalue("stand_in").decide(dispute.dispute_id, "won")
    assert list(provider.disputes(paid.payment_id)) == [replace(dispute, status="won")]


def test_movements_are_those_of_charges_and_refunds_with_fee_and_net(provider: PaymentProvider, key: str) -> None:
    paid = provider.create(_AMOUNT, reference="order-7", key=key)
    charge_id = provider.confirm(paid.payment_id, _CARD, return_url=_BACK, key=f"{key}-1").charge_id
    refund = provider.refund(paid.payment_id, _AMOUNT, key=f"{key}-2", labels={})

    found = provider.movements(since=0, until=2**40)

    ours = [each for each in found if each.source_id in {charge_id, refund.refund_id}]
    assert [(each.kind, each.amount.amount, each.fee, each.net) for each in ours] == [
        ("charge", 1999, 50, 1949),
        ("refund", -1999, 0, -1999),
    ]
    assert list(provider.movements(since=2**39, until=2**40)) == []
    assert list(provider.movements_of(refund.refund_id)) == [ours[1]]
    assert list(provider.movements_of(ours[0].transaction_id, is_fee=True)) == [ours[0]]
    assert list(provider.movements_of("re_nobody")) == list(provider.movements_of("txn_nobody", is_fee=True)) == []


def test_a_payment_that_is_not_there_is_not_found(provider: PaymentProvider) -> None:
    with pytest.raises(NotFound):
        provider.find("pi_nobody")


# --- What only a network does


@pytest.fixture
def real(stand_in: PaymentProcess) -> Iterator[StripeProvider]:
    yield StripeProvider(FakeSecret(), stand_in.endpoint, timeout_seconds=0.5)
    stand_in.forget_faults()


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_a_charge_whose_answer_is_lost_is_unknown_and_found_out(
    real: StripeProvider, stand_in: PaymentProcess, key: str
) -> None:
    created = real.create(_AMOUNT, reference="order-7", key=key)
    stand_in.fail(f"{created.payment_id}/confirm", late_seconds=2, times=9)

    with pytest.raises(OutcomeUnknown) as unknown:
        real.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-1")

    stand_in.forget_faults()
    assert real.find(unknown.value.payment_id).status == "paid"
    assert real.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-1").status == "paid"
    charges = [each for each in real.movements(since=0, until=2**40) if each.kind == "charge"]
    assert sum(each.source_id == real.find(created.payment_id).charge_id for each in charges) == 1


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
@pytest.mark.parametrize("kind", ["cut-before", "cut-after"])
def test_a_connection_that_breaks_is_repeated_with_the_same_key(
    real: StripeProvider, stand_in: PaymentProcess, key: str, kind: str
) -> None:
    created = real.create(_AMOUNT, reference="order-7", key=key)
    stand_in.fail(f"{created.payment_id}/confirm", kind=kind)
    assert real.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-1").status == "paid"


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_a_provider_that_keeps_failing_is_left_alone_for_a_while(
    real: StripeProvider, stand_in: PaymentProcess, key: str
) -> None:
    stand_in.fail("GET /v1/payment_intents/pi_", kind="rate-limited", times=5)
    for _ in range(5):
        with pytest.raises(Unavailable):
            real.find("pi_any")
    with pytest.raises(Unavailable, match="failing"):  # without asking
        real.create(_AMOUNT, reference="order-7", key=key)


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_nobody_waits_longer_for_the_provider_than_the_deadline_of_their_work(
    stand_in: PaymentProcess, real: StripeProvider, key: str
) -> None:
    paid = real.create(_AMOUNT, reference="order-7", key=key)
    real.confirm(paid.payment_id, _CARD, return_url=_BACK, key=f"{key}-1")
    patient = StripeProvider(FakeSecret(), stand_in.endpoint, timeout_seconds=20)
    stand_in.fail("POST /v1/refunds", late_seconds=20, times=9)

    started = time.monotonic()
    with ends_by(Deadline(1)):
        with pytest.raises(Unavailable, match="again"):
            patient.refund(paid.payment_id, _AMOUNT, key=f"{key}-2", labels={})
        with pytest.raises(Unavailable):
            patient.refunds(paid.payment_id)

    assert time.monotonic() - started < 5


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
@pytest.mark.parametrize(
    "means",
    [Means(payment_method_id="pm_nobody"), Means(confirmation_token_id="ctoken_nobody")],
    ids=["method", "token"],
)
def test_means_of_payment_that_stripe_does_not_know_is_declined(real: StripeProvider, key: str, means: Means) -> None:
    created = real.create(_AMOUNT, reference="order-7", key=key)

    with pytest.raises(Declined, match="cannot be used") as declined:
        real.confirm(created.payment_id, means, return_url=_BACK, key=f"{key}-1")

    assert declined.value.payment.status == "unpaid"
    assert real.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-2").status == "paid"


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_a_key_of_another_request_is_a_bug_and_no_unknown_outcome(real: StripeProvider, key: str) -> None:
    first, second = [real.create(_AMOUNT, reference=f"order-{n}", key=f"{key}-{n}") for n in range(2)]
    real.confirm(first.payment_id, _CARD, return_url=_BACK, key=key)
    with pytest.raises(Exception, match="same parameters"):
        real.confirm(second.payment_id, _CARD, return_url=_BACK, key=key)
    assert real.find(second.payment_id).status == "unpaid"


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_a_key_that_has_been_replaced_is_looked_up_and_the_request_repeated(stand_in: PaymentProcess, key: str) -> None:
    secret = FakeSecret(key="sk_test_shop", next_key="sk_test_next")
    shop = StripeProvider(secret, stand_in.endpoint)
    created = shop.create(_AMOUNT, reference="order-7", key=key)
    secret.key = "revoked"

    paid = shop.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-1")

    assert (paid.status, secret.renewals) == ("paid", 1)


@pytest.mark.emulator
@pytest.mark.xdist_group("payments")
def test_a_key_that_stripe_does_not_know_charges_nobody(
    stand_in: PaymentProcess, real: StripeProvider, key: str
) -> None:
    created = real.create(_AMOUNT, reference="order-7", key=key)
    shop = StripeProvider(FakeSecret(key="revoked"), stand_in.endpoint)
    with pytest.raises(Unavailable):
        shop.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-1")
    with pytest.raises(Unavailable):
        shop.find(created.payment_id)
    assert real.find(created.payment_id).status == "unpaid"


def test_an_open_dispute_waits_for_evidence_for_a_week(provider: PaymentProvider, key: str, request: Any) -> None:
    since = int(time.time()) - 60
    if isinstance(provider, FakeProvider):
        provider.now = since + 60
    created = provider.create(_AMOUNT, reference="order-7", key=key)
    paid = provider.confirm(created.payment_id, _CARD, return_url=_BACK, key=f"{key}-confirm")
    if isinstance(provider, FakeProvider):
        provider.dispute(paid.payment_id)
    else:
        request.getfixturevalue("stand_in").dispute(paid.charge_id)

    [awaited] = [each for each in provider.awaited_evidence(since=since) if each.payment_id == paid.payment_id]
    assert awaited.amount == _AMOUNT
    assert 6 * 24 * 3600 < awaited.due_by - time.time() < 8 * 24 * 3600
    assert not provider.awaited_evidence(since=since + 3600)
    [dispute] = provider.disputes(paid.payment_id)
    assert dispute.dispute_id == awaited.dispute_id

    if isinstance(provider, FakeProvider):
        provider.decide(dispute.dispute_id, "lost")
    else:
        request.getfixturevalue("stand_in").decide(dispute.dispute_id, "lost")
    assert dispute.dispute_id not in {each.dispute_id for each in provider.awaited_evidence(since=since)}
