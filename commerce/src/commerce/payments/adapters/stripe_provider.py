"""Payments by Stripe: https://docs.stripe.com/api, by its own SDK, with the version of its API pinned."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Protocol

import stripe

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
    Status,
)
from shared.errors import NotFound, Unavailable
from shared.money import Money
from shared.observability.logs import logger
from shared.observability.metrics import CIRCUITS
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import time_for

API_VERSION = "2026-10-28.endive"
_TIMEOUT_SECONDS = 8.0
_REPETITIONS = 2  # by the SDK, with the same key, where the connection broke or the answer was 409 or 500
_FAILURES_UNTIL_OPEN, _OPEN_SECONDS = 5, 20
_PAGE = 100
_OTHER_REQUEST_WITH_THE_KEY = 400  # 409: the same request, and it is not finished
_UNKNOWN_KEY = 401

_STATUSES: Mapping[str, Status] = {
    "requires_payment_method": "unpaid",
    "requires_confirmation": "unpaid",
    "requires_action": "requires-action",
    "requires_capture": "processing",
    "processing": "processing",
    "succeeded": "paid",
    "canceled": "cancelled",
}
_REFUND_STATUSES: Mapping[str, Literal["pending", "succeeded", "failed"]] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}
_DISPUTE_STATUSES: Mapping[str, Literal["open", "won", "lost"]] = {  # inquiries, `warning_…`, take nothing
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
}
_WAITING_DISPUTES = frozenset({"needs_response", "warning_needs_response"})
_REFUSED_AT_ONCE = (stripe.RateLimitError, stripe.AuthenticationError)  # before anything was done
_FAILING = (stripe.APIConnectionError, stripe.APIError, *_REFUSED_AT_ONCE)


class ApiKey(Protocol):
    @property
    def key(self) -> str:
        """Raises Unavailable."""
        ...

    def renew(self) -> bool:
        """Look for another one; whether there is. Raises Unavailable."""
        ...


class _Transport(stripe.RequestsClient):
    """Sends each request with the key of now; where Stripe does not know it any more, once again with its successor.

    Nothing is sent, or waited for, after the deadline of whoever calls.
    """

    def __init__(self, api_key: ApiKey, timeout_seconds: float) -> None:
        super().__init__(timeout=timeout_seconds)
        self._api_key, self._timeout_seconds = api_key, timeout_seconds

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        answer = self._sent(method, url, headers, post_data, **more)
        if answer[1] == _UNKNOWN_KEY and self._api_key.renew():
            answer = self._sent(method, url, headers, post_data, **more)
        return answer

    def _sent(self, method: str, url: str, headers: Mapping[str, str], post_data: Any, **more: Any) -> Any:
        signed = {**headers, "Authorization": f"Bearer {self._api_key.key}"}
        self._timeout = time_for(self._timeout_seconds)
        if not self._timeout:
            raise stripe.APIConnectionError("no time is left", should_retry=False)  # type: ignore[no-untyped-call]  # stripe leaves it so
        return super().request(method, url, signed, post_data, **more)


class StripeProvider:
    """`url` is Stripe's or that of a stand-in."""

    def __init__(self, api_key: ApiKey, url: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        self._stripe = stripe.StripeClient(
            "set by the transport",
            stripe_version=API_VERSION,
            base_addresses={"api": url},
            max_network_retries=_REPETITIONS,
            http_client=_Transport(api_key, timeout_seconds),
        ).v1
        self._breaker = CircuitBreaker(_FAILURES_UNTIL_OPEN, _OPEN_SECONDS, note=_note_circuit)

    def create(self, amount: Money, *, reference: str, key: str) -> Payment:
        with self._unavailable_where_out_of_reach():
            intent = self._stripe.payment_intents.create(
                {
                    "amount": amount.amount,
                    "currency": amount.currency.lower(),
                    "automatic_payment_methods": {"enabled": True},
                    "metadata": {"reference": reference},
                },
                {"idempotency_key": key},
            )
        return _payment(intent)

    def confirm(self, payment_id: str, means: Means, *, return_url: str, key: str) -> Payment:
        chosen: stripe.params.PaymentIntentConfirmParams = {"return_url": return_url}
        if means.confirmation_token_id:
            chosen["confirmation_token"] = means.confirmation_token_id
        if means.payment_method_id:
            chosen["payment_method"] = means.payment_method_id
        try:
            with self._breaker.guard(_FAILING):
                intent = self._stripe.payment_intents.confirm(payment_id, chosen, {"idempotency_key": key})
        except stripe.CardError as refusal:
            raise Declined(
                refusal.user_message or "Your card was declined.", self._declined(refusal, payment_id)
            ) from refusal
        except _REFUSED_AT_ONCE as error:
            raise _unavailable(error) from error
        except (stripe.APIConnectionError, stripe.APIError, stripe.IdempotencyError) as error:
            if error.http_status == _OTHER_REQUEST_WITH_THE_KEY:
                raise
            logger.warning("payment outcome unknown", extra={"paymentId": payment_id, "error": type(error).__name__})
            raise OutcomeUnknown(payment_id) from error
        except stripe.InvalidRequestError as error:
            payment = self.find(payment_id)
            if error.code == "payment_intent_unexpected_state":  # paid or cancelled meanwhile
                return payment
            logger.warning("payment method refused", extra={"paymentId": payment_id, "code": error.code})
            raise Declined("This means of payment cannot be used.", payment) from error
        return _payment(intent)

    def find(self, payment_id: str) -> Payment:
        with self._unavailable_where_out_of_reach():
            try:
                return _payment(self._stripe.payment_intents.retrieve(payment_id))
            except stripe.InvalidRequestError as error:
                if error.code == "resource_missing":
                    raise NotFound("There is no such payment.") from error
                raise

    def cancel(self, payment_id: str) -> Payment:
        with self._unavailable_where_out_of_reach():
            try:
                return _payment(self._stripe.payment_intents.cancel(payment_id))
            except stripe.InvalidRequestError as error:
                if error.code != "payment_intent_unexpected_state":
                    raise
        return self.find(payment_id)

    def refund(self, payment_id: str, amount: Money, *, key: str, labels: Mapping[str, str]) -> Refund:
        with self._unavailable_where_out_of_reach():
            try:
                refund = self._stripe.refunds.create(
                    {"payment_intent": payment_id, "amount": amount.amount, "metadata": dict(labels)},
                    {"idempotency_key": key},
                )
            except stripe.InvalidRequestError as error:
                raise RefundRefused("The provider refuses the refund: look at the order's payment.") from error
        return _refund(refund, payment_id)

    def refunds(self, payment_id: str) -> Sequence[Refund]:
        with self._unavailable_where_out_of_reach():
            found = self._stripe.refunds.list({"payment_intent": payment_id, "limit": _PAGE}).auto_paging_iter()
            newest_first = [_refund(each, payment_id) for each in found]
        return newest_first[::-1]

    def disputes(self, payment_id: str) -> Sequence[Dispute]:
        with self._unavailable_where_out_of_reach():
            found = self._stripe.disputes.list({"payment_intent": payment_id, "limit": _PAGE}).auto_paging_iter()
            newest_first = [
                Dispute(
                    dispute_id=each.id,
                    status=_DISPUTE_STATUSES[each.status],
                    amount=_money(each.amount, each.currency),
                )
                for each in found
                if each.status in _DISPUTE_STATUSES
            ]
        return newest_first[::-1]

    def awaited_evidence(self, *, since: int) -> Sequence[AwaitedEvidence]:
        with self._unavailable_where_out_of_reach():
            found = self._stripe.disputes.list({"created": {"gte": since}, "limit": _PAGE}).auto_paging_iter()
            return [
                AwaitedEvidence(
                    dispute_id=each.id,
                    payment_id=str(each.payment_intent or ""),
                    amount=_money(each.amount, each.currency),
                    due_by=each.evidence_details.due_by,
                )
                for each in found
                if each.status in _WAITING_DISPUTES and each.evidence_details.due_by
            ]

    def movements(self, *, since: int, until: int) -> Sequence[Movement]:
        with self._unavailable_where_out_of_reach():
            found = self._stripe.balance_transactions.list(
                {"created": {"gte": since, "lt": until}, "limit": _PAGE}
            ).auto_paging_iter()
            newest_first = [_movement(each) for each in found]
        return newest_first[::-1]

    def movements_of(self, source_id: str, *, is_fee: bool = False) -> Sequence[Movement]:
        with self._unavailable_where_out_of_reach():
            try:
                if is_fee:
                    return [_movement(self._stripe.balance_transactions.retrieve(source_id))]
                found = self._stripe.balance_transactions.list({"source": source_id, "limit": _PAGE})
                return [_movement(each) for each in found.auto_paging_iter()][::-1]
            except stripe.InvalidRequestError as error:
                if error.code == "resource_missing":
                    return []
                raise

    def _declined(self, refusal: stripe.CardError, payment_id: str) -> Payment:
        intent = refusal.error.payment_intent if refusal.error else None
        return _payment(intent) if intent else self.find(payment_id)

    @contextmanager
    def _unavailable_where_out_of_reach(self) -> Iterator[None]:
        try:
            with self._breaker.guard(_FAILING):
                yield
        except _FAILING as error:
            raise _unavailable(error) from error


def _payment(intent: stripe.PaymentIntent) -> Payment:
    error = intent.last_payment_error
    status = _STATUSES[intent.status]
    return Payment(
        payment_id=intent.id,
        reference=intent.metadata["reference"] if "reference" in intent.metadata else "",  # noqa: SIM401  no dict to mypy
        status=status,
        amount=_money(intent.amount, intent.currency),
        charge_id=str(intent.latest_charge) if status == "paid" else None,
        client_secret=intent.client_secret if status == "requires-action" else None,
        declined=(error.message if error else None) or None,
    )


def _movement(transaction: stripe.BalanceTransaction) -> Movement:
    return Movement(
        transaction_id=transaction.id,
        at=transaction.created,
        kind=transaction.type,
        amount=_money(transaction.amount, transaction.currency),
        fee=transaction.fee,
        net=transaction.net,
        source_id=str(transaction.source or ""),
    )


def _refund(refund: stripe.Refund, payment_id: str) -> Refund:
    metadata = refund.metadata
    return Refund(
        refund_id=refund.id,
        status=_REFUND_STATUSES.get(refund.status or "", "pending"),
        amount=_money(refund.amount, refund.currency),
        payment_id=payment_id,
        reference=metadata["reference"] if metadata and "reference" in metadata else "",
    )


def _money(amount: int, currency: str) -> Money:
    return Money(amount, currency.upper())


def _note_circuit(is_open: bool) -> None:
    if is_open:
        logger.error("circuit opened", extra={"seconds": _OPEN_SECONDS, **CIRCUITS.line("stripe", opened=1)})
    else:
        logger.info("circuit closed", extra={"dependency": "stripe"})


def _unavailable(error: stripe.StripeError) -> Unavailable:
    logger.warning("payment provider out of reach", extra={"error": type(error).__name__, "status": error.http_status})
    return Unavailable("The payment provider is not available right now: try again.", 5)
