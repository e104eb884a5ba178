"""A payment provider in memory, which tests can make fail at every step."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from commerce.payments.domain.provider import (
    AwaitedEvidence,
    Declined,
    Dispute,
    Means,
    Movement,
    OutcomeUnknown,
    Payment,
    Refund,
    RefundRefused,
)
from shared.errors import NotFound, Unavailable
from shared.money import Money

_EVIDENCE_SECONDS = 7 * 24 * 3600
_DECLINE = "Your card was declined."
_NOT_AUTHENTICATED = "We are unable to authenticate your payment method."


@dataclass
class FakeProvider:
    """`before` and `after` hold, by operation, how many calls fail before or after their work is done."""

    payments: dict[str, Payment] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    now: int = 0
    refunds_are: Literal["pending", "succeeded"] = "succeeded"
    _answers: dict[str, Any] = field(default_factory=dict)
    booked: list[Movement] = field(default_factory=list)
    all_refunds: list[Refund] = field(default_factory=list)
    all_disputes: list[tuple[str, Dispute]] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def create(self, amount: Money, *, reference: str, key: str) -> Payment:
        self._fail(self.before, "create")
        payment = self._once(
            f"create {key}",
            lambda: self._keep(Payment(payment_id=self._id("pi"), reference=reference, status="unpaid", amount=amount)),
        )
        self._fail(self.after, "create")
        return payment

    def confirm(self, payment_id: str, means: Means, *, return_url: str, key: str) -> Payment:  # noqa: ARG002
        self._fail(self.before, "confirm")
        payment = self._once(f"confirm {key}", lambda: self._confirmed(self.find(payment_id), means))
        if self._takes(self.after, "confirm"):
            raise OutcomeUnknown(payment_id)
        if payment.declined:
            raise Declined(payment.declined, payment)
        return payment

    def find(self, payment_id: str) -> Payment:
        self._fail(self.before, "find")
        if payment_id not in self.payments:
            raise NotFound("There is no such payment.")
        return self.payments[payment_id]

    def cancel(self, payment_id: str) -> Payment:
        self._fail(self.before, "cancel")
        payment = self.find(payment_id)
        if payment.status in {"unpaid", "requires-action"}:
            payment = self._keep(replace(payment, status="cancelled", client_secret=None))
        self._fail(self.after, "cancel")
        return payment

    def refund(self, payment_id: str, amount: Money, *, key: str, labels: Mapping[str, str]) -> Refund:
        self._fail(self.before, "refund")
        reference = labels.get("reference", "")
        refund = self._once(f"refund {key}", lambda: self._refunded(self.find(payment_id), amount, reference))
        self._fail(self.after, "refund")
        return refund

    def authenticate(self, payment_id: str, *, passed: bool) -> None:
        """The customer has answered their bank."""
        payment = self.payments[payment_id]
        if payment.status == "requires-action":
            if passed:
                self._charged(payment)
            else:
                self._keep(replace(payment, status="unpaid", client_secret=None, declined=_NOT_AUTHENTICATED))

    def pay_anyway(self, payment_id: str) -> None:
        """Against its own rules."""
        self._charged(self.payments[payment_id])

    def fail_debit(self, payment_id: str) -> None:
        payment = self.payments[payment_id]
        self._keep(replace(payment, status="unpaid", declined="The customer's account has been closed."))

    def pass_time(self) -> None:
        """Direct debits arrive."""
        for payment in list(self.payments.values()):
            if payment.status == "processing":
                self._charged(payment)

    def refunds(self, payment_id: str) -> Sequence[Refund]:
        self._fail(self.before, "refunds")
        return [each for each in self.all_refunds if each.payment_id == payment_id]

    def disputes(self, payment_id: str) -> Sequence[Dispute]:
        self._fail(self.before, "disputes")
        return [dispute for disputed, dispute in self.all_disputes if disputed == payment_id]

    def fail_refund(self, refund_id: str) -> None:
        """The customer's bank sends it back."""
        self.all_refunds = [
            replace(each, status="failed") if each.refund_id == refund_id else each for each in self.all_refunds
        ]

    def dispute(self, payment_id: str) -> None:
        """The customer's bank takes back what has not been refunded."""
        amount = Money(self.left(payment_id), self.payments[payment_id].amount.currency)
        dispute = Dispute(dispute_id=self._id("du"), status="open", amount=amount)
        self.all_disputes.append((payment_id, dispute))
        self.opened[dispute.dispute_id] = self.now

    def awaited_evidence(self, *, since: int) -> Sequence[AwaitedEvidence]:
        return [
            AwaitedEvidence(
                dispute_id=dispute.dispute_id,
                payment_id=payment_id,
                amount=dispute.amount,
                due_by=self.opened[dispute.dispute_id] + _EVIDENCE_SECONDS,
            )
            for payment_id, dispute in self.all_disputes
            if dispute.status == "open" and self.opened[dispute.dispute_id] >= since
        ]

    def decide(self, dispute_id: str, outcome: Literal["won", "lost"]) -> None:
        self.all_disputes = [
            (payment_id, replace(each, status=outcome) if each.dispute_id == dispute_id else each)
            for payment_id, each in self.all_disputes
        ]

    def movements(self, *, since: int, until: int) -> Sequence[Movement]:
        return [movement for movement in self.booked if since <= movement.at < until]

    def movements_of(self, source_id: str, *, is_fee: bool = False) -> Sequence[Movement]:
        return [each for each in self.booked if (each.transaction_id if is_fee else each.source_id) == source_id]

    def _confirmed(self, payment: Payment, means: Means) -> Payment:
        if payment.status not in {"unpaid", "requires-action"}:
            return payment
        named = means.payment_method_id or means.confirmation_token_id or ""
        if "Declined" in named:
            return self._keep(replace(payment, declined=_DECLINE))
        if "Required" in named:
            return self._keep(
                replace(payment, status="requires-action", client_secret=self._id("secret"), declined=None)
            )
        if "bacs" in named:
            return self._keep(replace(payment, status="processing", declined=None))
        return self._charged(payment)

    def _charged(self, payment: Payment) -> Payment:
        charge_id = self._id("ch")
        fee = round(payment.amount.amount * 0.015) + 20
        self.book("charge", charge_id, payment.amount, fee)
        return self._keep(replace(payment, status="paid", charge_id=charge_id, client_secret=None, declined=None))

    def left(self, payment_id: str) -> int:
        given_back = (each for each in self.all_refunds if each.payment_id == payment_id and each.status != "failed")
        return self.payments[payment_id].amount.amount - sum(each.amount.amount for each in given_back)

    def _refunded(self, payment: Payment, amount: Money, reference: str) -> Refund:
        is_disputed = any(each.status != "won" for each in self.disputes(payment.payment_id))
        if payment.status != "paid" or is_disputed or not 0 < amount.amount <= self.left(payment.payment_id):
            raise RefundRefused("The provider refuses the refund: look at the order's payment.")
        refund = Refund(
            refund_id=self._id("re"),
            status=self.refunds_are,
            amount=amount,
            payment_id=payment.payment_id,
            reference=reference,
        )
        self.all_refunds.append(refund)
        self.book("refund", refund.refund_id, Money(-amount.amount, amount.currency), 0)
        return refund

    def book(self, kind: str, source_id: str, amount: Money, fee: int = 0) -> Movement:
        movement = Movement(
            transaction_id=self._id("txn"),
            at=self.now,
            kind=kind,
            amount=amount,
            fee=fee,
            net=amount.amount - fee,
            source_id=source_id,
        )
        self.booked.append(movement)
        return movement

    def _keep(self, payment: Payment) -> Payment:
        self.payments[payment.payment_id] = payment
        return payment

    def _once[T](self, key: str, work: Callable[[], T]) -> T:
        if key not in self._answers:
            self._answers[key] = work()
        return cast("T", self._answers[key])

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers)}"

    def _fail(self, failures: dict[str, int], operation: str) -> None:
        if self._takes(failures, operation):
            raise Unavailable("The payment provider is not available right now: try again.", 5)

    def _takes(self, failures: dict[str, int], operation: str) -> bool:
        left = failures.get(operation, 0)
        failures[operation] = max(0, left - 1)
        return left > 0
