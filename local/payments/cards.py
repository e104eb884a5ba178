"""What Stripe's test payment methods do: https://docs.stripe.com/testing"""

from dataclasses import dataclass
from typing import Literal

from local.payments.errors import Missing

type Course = Literal["succeeds", "declines", "needs-authentication", "processes"]


@dataclass(frozen=True)
class Method:
    """`then` is what an asynchronous payment comes to, or `disputes` and `refund-fails` for what follows a success."""

    kind: Literal["card", "bacs_debit"] = "card"
    course: Course = "succeeds"
    decline: str = ""
    code: str = "card_declined"
    message: str = "Your card was declined."
    then: Literal["", "succeeds", "fails", "disputes", "refund-fails"] = ""


_FUNDS = Method(course="declines", decline="insufficient_funds", message="Your card has insufficient funds.")
_EXPIRED = Method(course="declines", code="expired_card", decline="expired_card", message="Your card has expired.")

METHODS = {
    "pm_card_visa": Method(),
    "pm_card_mastercard": Method(),
    "pm_card_gb": Method(),
    "pm_card_visa_chargeDeclined": Method(course="declines", decline="generic_decline"),
    "pm_card_chargeDeclined": Method(course="declines", decline="generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": _FUNDS,
    "pm_card_chargeDeclinedInsufficientFunds": _FUNDS,
    "pm_card_chargeDeclinedExpiredCard": _EXPIRED,
    "pm_card_chargeDeclinedFraudulent": Method(course="declines", decline="fraudulent"),
    "pm_card_authenticationRequired": Method(course="needs-authentication"),
    "pm_card_threeDSecure2Required": Method(course="needs-authentication"),
    "pm_card_createDispute": Method(then="disputes"),
    "pm_card_refundFail": Method(then="refund-fails"),
    "pm_bacsDebit_success": Method("bacs_debit", "processes", then="succeeds"),
    "pm_bacsDebit_fails": Method("bacs_debit", "processes", then="fails"),
}
"""The last two are ours: Stripe's own direct debits come to their end by the number of the account."""


def method(id_: str, param: str = "payment_method") -> Method:
    """Raises Missing."""
    if id_ not in METHODS:
        raise Missing("PaymentMethod", id_, param)
    return METHODS[id_]
