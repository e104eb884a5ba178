"""The account at the provider: what becomes of payments, refunds, disputes and the balance. Stripe's states and names.

Every method changes objects in the store and adds the events that report them; money is in minor units.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Literal

from local.payments.cards import Method, method
from local.payments.errors import CardError, Json, Refusal, UnexpectedState
from local.payments.store import Store

API_VERSION = "2026-10-28.endive"
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_MINIMUM = {"gbp": 30, "eur": 50, "usd": 50}
_DISPUTE_FEE = 2000
_EVIDENCE_SECONDS = 7 * 24 * 3600
_REDIRECT_MESSAGE = (
    "This PaymentIntent accepts payment methods that might redirect the customer: provide a `return_url`, or "
    "create it with `automatic_payment_methods[allow_redirects]` set to `never`."
)


class Account:
    """`url` is where the stand-in itself is reached, for pages that it shows to customers."""

    def __init__(self, store: Store, clock: Callable[[], float], url: str) -> None:
        self._store, self._clock, self._url = store, clock, url

    # --- Payments

    def create(self, amount: int, currency: str, **given: Any) -> Json:
        """A PaymentIntent that asks for nothing yet. Raises Refusal."""
        minimum = _MINIMUM.get(currency)
        if minimum is None:
            raise Refusal(f"Invalid currency: {currency}. The stand-in takes {', '.join(_MINIMUM)}.", param="currency")
        if amount < minimum:
            raise Refusal(f"Amount must be at least {minimum}.", code="amount_too_small", param="amount")
        if amount > 99_999_999:
            raise Refusal("Amount must be no more than 999,999.99", code="amount_too_large", param="amount")
        id_ = self._id("pi")
        intent = self._new("payment_intent", id_) | {
            "amount": amount,
            "amount_received": 0,
            "currency": currency,
            "client_secret": f"{id_}_secret_{secrets.token_urlsafe(18)}",
            "status": "requires_payment_method",
            "payment_method": None,
            "latest_charge": None,
            "last_payment_error": None,
            "next_action": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic",
            **given,
        }
        self._store.put(intent)
        self._publish("payment_intent.created", intent)
        return intent

    def give_method(self, intent: Json, payment_method: str) -> Json:
        """Raises Missing."""
        method(payment_method)
        return self._store.put(intent | {"payment_method": payment_method, "status": "requires_confirmation"})

    def confirm(self, intent: Json, *, payment_method: str, return_url: str) -> Json:
        """Raises UnexpectedState, CardError, Refusal."""
        if intent["status"] not in _OPEN:
            raise self._unexpected("confirm", intent)
        chosen = payment_method or intent["payment_method"]
        if not chosen:
            raise UnexpectedState(
                "You cannot confirm this PaymentIntent because it's missing a payment method.",
                code="payment_intent_unexpected_state",
                payment_intent=intent,
            )
        automatic: Mapping[str, Any] = intent.get("automatic_payment_methods") or {}
        redirects = automatic.get("enabled") and automatic.get("allow_redirects", "always") != "never"
        if redirects and not return_url:
            raise Refusal(_REDIRECT_MESSAGE, param="return_url")
        course = method(chosen)
        intent = intent | {"payment_method": chosen, "next_action": None, "last_payment_error": None}
        match course.course:
            case "succeeds":
                return self._succeed(intent, course)
            case "needs-authentication":
                return self._ask_to_authenticate(intent, return_url)
            case "processes":
                intent = self._store.put(intent | {"status": "processing"})
                self._publish("payment_intent.processing", intent)
                return intent
            case "declines":
                raise self._declined(intent, course)

    def authenticate(self, intent: Json, *, passed: bool) -> Json:
        """What the customer does on the bank's page. Raises UnexpectedState."""
        if intent["status"] != "requires_action":
            raise self._unexpected("authenticate", intent)
        if passed:
            return self._succeed(intent | {"next_action": None}, method(intent["payment_method"]))
        failure = Method(
            code="payment_intent_authentication_failure",
            message="The provided PaymentMethod has failed authentication.",
        )
        return self._fail(intent, failure)

    def settle(self, intent: Json) -> Json:
        """An asynchronous payment comes to its end, as its method has it. Raises UnexpectedState."""
        if intent["status"] != "processing":
            raise self._unexpected("settle", intent)
        course = method(intent["payment_method"])
        if course.then == "succeeds":
            return self._succeed(intent, course)
        return self._fail(intent, Method(code="debit_not_authorized", message="The customer's bank refused the debit."))

    def cancel(self, intent: Json, reason: str) -> Json:
        """Raises UnexpectedState."""
        if intent["status"] not in _OPEN:
            raise self._unexpected("cancel", intent)
        changed = {"status": "canceled", "canceled_at": self._now(), "cancellation_reason": reason or None}
        intent = self._store.put(intent | changed | {"next_action": None})
        self._publish("payment_intent.canceled", intent)
        return intent

    def _succeed(self, intent: Json, course: Method) -> Json:
        charge = self._charge(intent, course, status="succeeded")
        charge["balance_transaction"] = self._book("charge", charge, charge["amount"], _fee(charge["amount"]))["id"]
        self._store.put(charge)
        received = {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
        intent = self._store.put(intent | received)
        self._publish("charge.succeeded", charge)
        self._publish("payment_intent.succeeded", intent)
        return intent

    def _fail(self, intent: Json, failure: Method) -> Json:
        charge = self._charge(intent, failure, status="failed")
        error = {
            "type": "card_error",
            "code": failure.code,
            "message": failure.message,
            **({"decline_code": failure.decline} if failure.decline else {}),
            "charge": charge["id"],
        }
        changed = {"status": "requires_payment_method", "payment_method": None, "latest_charge": charge["id"]}
        intent = self._store.put(intent | changed | {"next_action": None, "last_payment_error": error})
        self._publish("charge.failed", charge)
        self._publish("payment_intent.payment_failed", intent)
        return intent

    def _declined(self, intent: Json, course: Method) -> CardError:
        intent = self._fail(intent, course)
        error = {name: value for name, value in intent["last_payment_error"].items() if name not in ("type", "message")}
        return CardError(course.message, **error, payment_intent=intent)

    def _ask_to_authenticate(self, intent: Json, return_url: str) -> Json:
        page = f"{self._url}/_payments/authenticate/{intent['id']}"
        action = (
            {"type": "redirect_to_url", "redirect_to_url": {"url": page, "return_url": return_url}}
            if return_url
            else {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page}}
        )
        intent = self._store.put(intent | {"status": "requires_action", "next_action": action})
        self._publish("payment_intent.requires_action", intent)
        return intent

    def _charge(self, intent: Json, course: Method, *, status: str) -> Json:
        paid = status == "succeeded"
        charge = self._new("charge", self._id("ch")) | {
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if paid else 0,
            "amount_refunded": 0,
            "balance_transaction": None,
            "captured": paid,
            "currency": intent["currency"],
            "disputed": False,
            "failure_code": None if paid else course.decline or course.code,
            "failure_message": None if paid else course.message,
            "metadata": intent["metadata"],
            "paid": paid,
            "payment_intent": intent["id"],
            "payment_method": intent["payment_method"],
            "payment_method_details": {"type": course.kind},
            "refunded": False,
            "status": status,
        }
        return self._store.put(charge)

    # --- Refunds

    def refund(self, charge: Json, amount: int | None, *, reason: str, metadata: Mapping[str, str]) -> Json:
        """All that is left, or a part of it. Raises Refusal, UnexpectedState."""
        left = charge["amount_captured"] - charge["amount_refunded"]
        if charge["status"] != "succeeded":
            raise UnexpectedState(f"Charge {charge['id']} has not been captured.", code="charge_not_refundable")
        if left == 0:
            already = f"Charge {charge['id']} has already been refunded."
            raise UnexpectedState(already, code="charge_already_refunded")
        if charge["disputed"]:
            disputed = f"Charge {charge['id']} has been charged back; cannot issue a refund."
            raise UnexpectedState(disputed, code="charge_disputed")
        amount = left if amount is None else amount
        if amount <= 0:
            raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
        if amount > left:
            raise UnexpectedState(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
            )
        refund = self._new("refund", self._id("re")) | {
            "amount": amount,
            "charge": charge["id"],
            "currency": charge["currency"],
            "failure_reason": None,
            "metadata": dict(metadata),
            "payment_intent": charge["payment_intent"],
            "reason": reason or None,
            "status": "succeeded",
        }
        refund["balance_transaction"] = self._book("refund", refund, -amount, 0)["id"]
        self._store.put(refund)
        charge = self._refunded(charge, amount)
        self._publish("refund.created", refund)
        self._publish("charge.refunded", charge)
        return refund

    def fail_refund(self, refund: Json) -> Json:
        """The bank sends the money back. Raises UnexpectedState."""
        if refund["status"] != "succeeded":
            raise UnexpectedState(f"Refund {refund['id']} is {refund['status']}.")
        failed = {"status": "failed", "failure_reason": "expired_or_canceled_card"}
        refund = refund | failed
        refund["failure_balance_transaction"] = self._book("refund_failure", refund, refund["amount"], 0)["id"]
        self._store.put(refund)
        self._refunded(self._store.require("charge", refund["charge"]), -refund["amount"])
        self._publish("refund.failed", refund)
        return refund

    def _refunded(self, charge: Json, amount: int) -> Json:
        refunded = charge["amount_refunded"] + amount
        return self._store.put(charge | {"amount_refunded": refunded, "refunded": refunded == charge["amount"]})

    # --- Disputes

    def dispute(self, charge: Json) -> Json:
        """The customer's bank takes the money back until the dispute is decided. Raises UnexpectedState."""
        if charge["status"] != "succeeded" or charge["disputed"]:
            raise UnexpectedState(f"Charge {charge['id']} cannot be disputed.")
        amount = charge["amount"] - charge["amount_refunded"]
        dispute = self._new("dispute", self._id("du")) | {
            "amount": amount,
            "charge": charge["id"],
            "currency": charge["currency"],
            "evidence_details": {
                "due_by": self._now() + _EVIDENCE_SECONDS,
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": False,
            "payment_intent": charge["payment_intent"],
            "reason": "fraudulent",
            "status": "needs_response",
        }
        withdrawn = self._book("adjustment", dispute, -amount, _DISPUTE_FEE)
        self._store.put(dispute | {"balance_transactions": [withdrawn]})
        self._store.put(charge | {"disputed": True})
        self._publish("charge.dispute.created", self._store.require("dispute", dispute["id"]))
        self._publish("charge.dispute.funds_withdrawn", self._store.require("dispute", dispute["id"]))
        return self._store.require("dispute", dispute["id"])

    def decide(self, dispute: Json, outcome: Literal["won", "lost"]) -> Json:
        """Raises UnexpectedState."""
        if dispute["status"] not in {"needs_response", "under_review"}:
            raise UnexpectedState(f"Dispute {dispute['id']} is {dispute['status']}.")
        dispute = dispute | {"status": outcome}
        if outcome == "won":
            returned = self._book("adjustment", dispute, dispute["amount"], -_DISPUTE_FEE)
            dispute["balance_transactions"] = [*dispute["balance_transactions"], returned]
        self._store.put(dispute)
        if outcome == "won":
            self._publish("charge.dispute.funds_reinstated", dispute)
        self._publish("charge.dispute.closed", dispute)
        return dispute

    # --- What happens later, by itself

    def pass_time(self, seconds: float) -> None:
        """Direct debits that are at least so old end, refunds to closed cards fail, and unhappy customers dispute."""
        latest = self._now() - seconds
        for intent in self._store.newest_first("payment_intent"):
            if intent["status"] == "processing" and intent["created"] <= latest:
                self.settle(intent)
        for charge in self._store.newest_first("charge"):
            is_due = charge["status"] == "succeeded" and not charge["disputed"] and charge["created"] <= latest
            if is_due and method(charge["payment_method"]).then == "disputes":
                self.dispute(charge)
        for refund in self._store.newest_first("refund"):
            is_due = refund["status"] == "succeeded" and refund["created"] <= latest
            charge = self._store.require("charge", refund["charge"])
            if is_due and method(charge["payment_method"]).then == "refund-fails":
                self.fail_refund(refund)

    # --- Balance

    def pay_out(self, currency: str) -> Json:
        """Everything that has not been paid out yet goes to the bank. Raises UnexpectedState where that is nothing."""
        waiting = [
            each
            for each in self._store.newest_first("balance_transaction")
            if each["currency"] == currency and each["payout"] is None and each["type"] != "payout"
        ]
        amount = sum(each["net"] for each in waiting)
        if amount <= 0:
            raise UnexpectedState(f"The balance in {currency} is {amount}: nothing can be paid out.")
        payout = self._new("payout", self._id("po")) | {
            "amount": amount,
            "arrival_date": self._now(),
            "automatic": True,
            "currency": currency,
            "status": "paid",
        }
        for each in waiting:
            self._store.put(each | {"payout": payout["id"], "status": "available"})
        payout["balance_transaction"] = self._book("payout", payout, -amount, 0, payout=payout["id"])["id"]
        self._store.put(payout)
        self._publish("payout.created", payout)
        self._publish("payout.paid", payout)
        return payout

    def _book(self, kind: str, source: Json, amount: int, fee: int, *, payout: str | None = None) -> Json:
        currency = source["currency"]
        transaction = self._new("balance_transaction", self._id("txn")) | {
            "amount": amount,
            "available_on": self._now(),
            "currency": currency,
            "fee": fee,
            "fee_details": [{"amount": fee, "currency": currency, "type": "stripe_fee"}] if fee else [],
            "net": amount - fee,
            "payout": payout,
            "reporting_category": kind,
            "source": source["id"],
            "status": "pending",
            "type": kind,
        }
        return self._store.put(transaction)

    # --- Objects and events

    def _publish(self, kind: str, item: Json) -> None:
        event = {
            "id": self._id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self._now(),
            "data": {"object": item},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self._store.put(event)

    def _new(self, kind: str, id_: str) -> Json:
        return {"id": id_, "object": kind, "created": self._now(), "livemode": False, "metadata": {}}

    def _now(self) -> int:
        return int(self._clock())

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_hex(12)}"

    def _unexpected(self, act: str, intent: Json) -> UnexpectedState:
        reason = {
            "succeeded": "it has already succeeded after being previously confirmed",
            "canceled": "it has a status of canceled",
        }.get(intent["status"], f"it has a status of {intent['status']}")
        return UnexpectedState(
            f"You cannot {act} this PaymentIntent because {reason}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )


def _fee(amount: int) -> int:
    """Stripe's for European cards: 1.5 % and 20 pence."""
    return round(amount * 0.015) + 20
