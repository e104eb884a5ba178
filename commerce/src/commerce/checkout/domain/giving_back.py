"""Money that nobody gets an order for: paid after its checkout had ended, or never asked for by a quote. It goes back.

What has become of it is what the provider has, whoever refunded it: news of it may come in any order, any number of
times. A refund that has failed, or is refused, is not tried again: the log names what the customer is owed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.payments.domain import ledger
from commerce.payments.domain.ledger import Account, Entry
from commerce.payments.domain.provider import Dispute, Payment, PaymentProvider, Refund, RefundRefused
from shared.money import Money
from shared.observability.logs import logger
from shared.observability.metrics import ORDERS


class Ledger(Protocol):
    def record_once(self, entry: Entry, at: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class GivenBack:
    """`is_owed`: the customer has not got all of it. `is_pending`: of what they have got, some is still on its way."""

    is_owed: bool
    is_pending: bool


@dataclass(frozen=True, slots=True)
class GivingBack:
    provider: PaymentProvider
    ledger: Ledger

    def give_back(self, payment: Payment, now: datetime) -> GivenBack:
        """What is left of a payment that was made: once, unless somebody has. Raises Unavailable."""
        refunds = list(self.provider.refunds(payment.payment_id))
        disputes = self.provider.disputes(payment.payment_id)
        owed = _owed(payment, refunds, disputes)
        has_failed = any(each.status == "failed" and each.reference == payment.reference for each in refunds)
        if owed > 0 and not has_failed:
            refunds += self._refunded(payment, Money(owed, payment.amount.currency), len(refunds))
            owed = _owed(payment, refunds, disputes)
        for entry in _entries(payment, refunds, disputes):
            self.ledger.record_once(entry, now)
        if owed > 0:
            owed_to = {"checkoutId": payment.reference, "paymentId": payment.payment_id}
            money = {"amount": owed, "currency": payment.amount.currency}
            metrics = ORDERS.line(logger.service, failedRefunds=1)
            logger.error("money owed to a customer", extra={**owed_to, **money, **metrics})
        return GivenBack(owed > 0, any(each.status == "pending" for each in refunds))

    def _refunded(self, payment: Payment, amount: Money, made: int) -> Iterator[Refund]:
        """The key is that of whoever finds as many made at the same time."""
        key, labels = f"{payment.payment_id}:give-back:{made}:{amount.amount}", {"reference": payment.reference}
        try:
            yield self.provider.refund(payment.payment_id, amount, key=key, labels=labels)
        except RefundRefused:
            logger.warning("refund refused", extra={"paymentId": payment.payment_id})


def _owed(payment: Payment, refunds: Sequence[Refund], disputes: Sequence[Dispute]) -> int:
    """What neither a refund nor the customer's bank has given back."""
    given = sum(each.amount.amount for each in refunds if each.status != "failed")
    taken = sum(each.amount.amount for each in disputes if each.status != "won")
    return payment.amount.amount - given - taken


def _entries(payment: Payment, refunds: Sequence[Refund], disputes: Sequence[Dispute]) -> Iterator[Entry]:
    """All that the provider has booked, so that the ledger has what the customer is owed."""
    payment_id = payment.payment_id
    yield ledger.charged(payment_id, payment.charge_id or "", payment.amount)
    for refund in refunds:
        yield ledger.refunded(payment_id, refund.refund_id, refund.amount)
        if refund.status == "failed":
            yield ledger.refund_failed(payment_id, refund.refund_id, refund.amount)
    for dispute in disputes:
        yield ledger.disputed(payment_id, dispute.dispute_id, dispute.amount, Account.CUSTOMERS)
        if dispute.status == "won":
            yield ledger.dispute_won(payment_id, dispute.dispute_id, dispute.amount, Account.CUSTOMERS)
