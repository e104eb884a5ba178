"""One stand-in for all tests, spoken to by Stripe's own SDK; a unique word in each test's metadata sets it apart."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from local.payments.process import PaymentProcess
from local.workspace import free_port


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaymentProcess]:
    folder = tmp_path_factory.mktemp("payments")
    settings = {"PAYMENTS_FILE": str(folder / "payments.db"), "PAYMENTS_LATER_SECONDS": "3600"}
    with PaymentProcess(folder / "payments.log", free_port(), settings) as process:
        yield process


@pytest.fixture(scope="session")
def client(stand_in: PaymentProcess) -> stripe.StripeClient:
    return client_of(stand_in.endpoint)


def client_of(endpoint: str, *, retries: int = 0, timeout: float = 10) -> stripe.StripeClient:
    return stripe.StripeClient(
        "sk_test_almoner",
        base_addresses={"api": endpoint},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


@pytest.fixture
def word(stand_in: PaymentProcess) -> Iterator[str]:
    yield f"word{uuid.uuid4().hex}"
    stand_in.forget_faults()


type Pay = Callable[..., stripe.PaymentIntent]


@pytest.fixture
def pay(client: stripe.StripeClient, word: str) -> Pay:
    """Create and confirm: pay("pm_card_visa", amount=1999)."""

    def pay(payment_method: str = "pm_card_visa", amount: int = 1999, **options: Any) -> stripe.PaymentIntent:
        intent = client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "gbp",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {"word": word},
            }
        )
        return client.v1.payment_intents.confirm(intent.id, {"payment_method": payment_method}, options or None)  # type: ignore[arg-type]

    return pay
