"""The part of a checkout that talks to the payment provider."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from commerce.checkout.domain.checkout import Checkout, CheckoutStatus, LateEvent
from commerce.checkout.domain.giving_back import GivingBack
from commerce.checkout.domain.refusing import declined, no_order, took_too_long
from commerce.checkout.domain.saga import CheckoutSaga, Outcome, outcome_of
from commerce.checkout.domain.waiting import Waiting
from commerce.payments.domain.provider import Declined, OutcomeUnknown, Payment, PaymentProvider
from shared.observability.logs import logger

_WAITS = frozenset({Outcome.REQUIRES_ACTION, Outcome.PROCESSING})


class Orders(Protocol):
    def request(self, checkout_id: str) -> None:
        """Have the order of a paid checkout made. Twice does no harm. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutPayments:
    """`return_url` is where the customer's bank sends the browser back to."""

    saga: CheckoutSaga
    provider: PaymentProvider
    giving_back: GivingBack
    orders: Orders
    waiting: Waiting
    return_url: str

    def create(self, checkout_id: str, now: datetime) -> Outcome:
        """A payment that charges nobody, and its id in the checkout: from then on there is somebody to ask."""
        checkout = self.saga.found(checkout_id)
        if not checkout.is_open or checkout.payment_id:
            return outcome_of(checkout)
        if checkout.withdrawn or checkout.lacks_stock or now >= checkout.reserved_until:
            return Outcome.REFUSED
        self.saga.seals.require(checkout)
        total = checkout.quote.total
        payment = self.provider.create(total, reference=checkout_id, key=f"{checkout_id}:create")
        saved = self.saga.change(checkout, lambda each: _with_payment(each, payment))
        if saved.payment_id is None:  # it has ended meanwhile
            self.provider.cancel(payment.payment_id)
        return outcome_of(saved)

    def confirm(self, checkout_id: str, now: datetime) -> Outcome:
        """Charge it. Where the answer is lost, that is an outcome of its own."""
        checkout = self.saga.found(checkout_id)
        if checkout.is_open and checkout.payment_id is None:  # it was withdrawn before there was one
            return Outcome.REFUSED
        if checkout.status is not CheckoutStatus.PENDING or checkout.payment_id is None:
            return (
                Outcome.REQUIRES_ACTION if checkout.status is CheckoutStatus.REQUIRES_ACTION else outcome_of(checkout)
            )
        if checkout.withdrawn or now >= checkout.reserved_until:
            return Outcome.REFUSED
        self.saga.seals.require(checkout)
        try:
            payment = self.provider.confirm(
                checkout.payment_id, checkout.means, return_url=self.return_url, key=_confirmation_of(checkout)
            )
        except Declined as refusal:
            problem = declined(refusal.detail)
            self.saga.change(checkout, lambda each: replace(each, problem=problem) if each.is_open else each)
            return Outcome.REFUSED
        except OutcomeUnknown:
            self.saga.change(checkout, lambda each: each.doubted(now) if each.is_open else each)
            return Outcome.DOUBTFUL
        return self._follow(checkout, payment, now)

    def wait(self, checkout_id: str, task_token: str, now: datetime) -> None:
        """Keep the token, then look whether there is still something to wait for: the news may have come before."""
        checkout = self.saga.found(checkout_id)
        checkout = self.saga.change(
            checkout, lambda each: replace(each, task_token=task_token) if each.is_open else each
        )
        outcome = self.settle(checkout_id, now) if checkout.is_open else outcome_of(checkout)
        if outcome not in _WAITS:
            self._go_on(task_token, checkout_id, outcome)

    def settle(self, checkout_id: str, now: datetime, payment: Payment | None = None) -> Outcome:
        """Bring the checkout to where the payment is, whoever noticed that something may have happened.

        `payment`: as it was found just now; otherwise the provider is asked.

        Raises NotFound; Unavailable, where the provider does not answer.
        """
        checkout = self.saga.found(checkout_id)
        if payment and payment.payment_id != checkout.payment_id:
            return self._leave_alone(checkout, payment, now)
        if checkout.status is CheckoutStatus.PAID:
            if checkout.is_overdue(now):
                self.orders.request(checkout_id)
            return Outcome.PAID
        if checkout.payment_id is None:
            return self.abandon(checkout_id, now) if _is_over(checkout, now) else outcome_of(checkout)
        payment = payment or self.provider.find(checkout.payment_id)
        if not checkout.is_open:
            return self._give_back(checkout, payment, now)
        is_unconfirmed = payment.status in {"unpaid", "requires-action"}
        is_waited_for = checkout.status is CheckoutStatus.REQUIRES_ACTION
        has_failed = payment.status == "unpaid" and (is_waited_for or payment.declined is not None)
        if has_failed or (is_unconfirmed and _is_over(checkout, now)):
            return self.abandon(checkout_id, now)
        return self._follow(checkout, payment, now)

    def abandon(self, checkout_id: str, now: datetime) -> Outcome:
        """Have the provider rule out that the payment is made, and only then give back what was reserved.

        If it has been made, or is being made, that is the outcome.
        """
        checkout = self.saga.found(checkout_id)
        if not checkout.is_open:
            return outcome_of(checkout)
        if checkout.payment_id is None:
            return self._end(checkout, None, now)
        payment = self.provider.cancel(checkout.payment_id)
        if payment.status == "cancelled":
            return self._end(checkout, payment, now)
        return self._follow(checkout, payment, now)

    def _follow(self, checkout: Checkout, payment: Payment, now: datetime) -> Outcome:
        if payment.status == "cancelled":
            return self._end(checkout, payment, now)
        if payment.status != "processing" and not checkout.is_paid_by(payment):
            return self._refuse(checkout, payment, now)
        try:
            checkout = self.saga.change(checkout, lambda each: each.followed(payment, now))
        except LateEvent:  # it has ended, or there is an order
            return outcome_of(self.saga.found(checkout.checkout_id))
        match payment.status:
            case "paid":
                self._resume(checkout, Outcome.PAID)
                return Outcome.PAID
            case "requires-action":
                return Outcome.REQUIRES_ACTION
            case "processing":
                return Outcome.PROCESSING
        return Outcome.REFUSED if payment.declined else Outcome.GOES_ON

    def _resume(self, checkout: Checkout, outcome: Outcome) -> None:
        token = checkout.task_token
        if token and not self._go_on(token, checkout.checkout_id, outcome) and outcome is Outcome.PAID:
            self.orders.request(checkout.checkout_id)

    def _go_on(self, task_token: str, checkout_id: str, outcome: Outcome) -> bool:
        return self.waiting.resume(task_token, {"checkoutId": checkout_id, "outcome": outcome.value})

    def _end(self, checkout: Checkout, payment: Payment | None, now: datetime) -> Outcome:
        status, problem = CheckoutStatus.CANCELLED, None if checkout.withdrawn else took_too_long()
        if checkout.problem or (payment and payment.declined):
            reason = payment.declined if payment else None
            status, problem = CheckoutStatus.DECLINED, declined(reason) if reason else checkout.problem
        ended = self.saga.end(checkout, status, problem, now)
        self._resume(ended, outcome_of(ended))
        return outcome_of(ended)

    def _refuse(self, checkout: Checkout, payment: Payment, now: datetime) -> Outcome:
        """It is of another amount than was quoted: nobody gets an order for it, and nobody pays it."""
        logger.error("payment not as quoted", extra=_compared(checkout, payment))
        if payment.status != "paid":
            payment = self.provider.cancel(payment.payment_id)
        if payment.status == "processing":
            return Outcome.PROCESSING
        self._end(checkout, payment, now)
        return self._give_back(self.saga.found(checkout.checkout_id), payment, now)

    def _leave_alone(self, checkout: Checkout, payment: Payment, now: datetime) -> Outcome:
        """A payment that has the checkout's name, and is not the one that was made for it: it changes nothing there."""
        logger.error("payment of no checkout", extra=_compared(checkout, payment))
        if payment.status == "paid":
            self.giving_back.give_back(payment, now)
        return outcome_of(checkout)

    def _give_back(self, checkout: Checkout, payment: Payment, now: datetime) -> Outcome:
        """A payment that was made although its checkout has ended: there will be no order, and no charge."""
        if payment.status == "paid" and not checkout.is_open and not checkout.has_order:
            given = self.giving_back.give_back(payment, now)
            problem = no_order(given.is_owed)
            checkout = self.saga.change(checkout, lambda each: each.given_back(payment, given, problem, now))
        return outcome_of(checkout)


def _compared(checkout: Checkout, payment: Payment) -> Mapping[str, object]:
    there, here = payment.amount, checkout.quote.total
    names = {"checkoutId": checkout.checkout_id, "paymentId": payment.payment_id, "status": payment.status}
    return names | {"amount": there.amount, "currency": there.currency, "quoted": here.amount}


def _confirmation_of(checkout: Checkout) -> str:
    """The provider repeats its answer to a key, failures too: after one that charged nobody, there is another key."""
    attempt = f":{checkout.attempt}" if checkout.attempt else ""
    return f"{checkout.checkout_id}:confirm{attempt}"


def _with_payment(checkout: Checkout, payment: Payment) -> Checkout:
    if not checkout.is_open or checkout.payment_id:
        return checkout
    return replace(checkout, payment_id=payment.payment_id)


def _is_over(checkout: Checkout, now: datetime) -> bool:
    """Whether it may be given up: the customer wants it, or has let the time pass, or nobody works on it any more."""
    if not checkout.is_open:
        return False
    is_left = checkout.doubtful_since is None and checkout.is_overdue(now)
    return checkout.withdrawn or is_left or now >= checkout.reserved_until
