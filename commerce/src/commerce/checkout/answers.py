"""What clients receive about checkouts."""

from dataclasses import dataclass

from commerce.checkout.domain.checkout import Checkout, CheckoutProblem, CheckoutStatus
from shared.money import Money


@dataclass(frozen=True, slots=True)
class CheckoutAnswer:
    """`client_secret` is for the provider's form, where the customer has to act. `problem` says why it has ended."""

    checkout_id: str
    status: CheckoutStatus
    total: Money
    order_id: str | None
    client_secret: str | None
    problem: CheckoutProblem | None


def checkout_answer(checkout: Checkout) -> CheckoutAnswer:
    return CheckoutAnswer(
        checkout_id=checkout.checkout_id,
        status=checkout.status,
        total=checkout.quote.total,
        order_id=checkout.order_id,
        client_secret=checkout.client_secret if checkout.status is CheckoutStatus.REQUIRES_ACTION else None,
        problem=checkout.problem,
    )
