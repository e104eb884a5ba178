"""The routes of Stripe's API that a shop uses: from a request's parameters to the account, and back to its objects."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from local.payments.account import Account
from local.payments.cards import method
from local.payments.errors import Json, Refusal
from local.payments.forms import Parameters
from local.payments.store import Store

_EXPANDABLE = {"balance_transaction", "charge", "data", "latest_charge", "payment_intent", "payout", "source"}
_KINDS = {
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "balance_transactions": "balance_transaction",
    "payouts": "payout",
    "events": "event",
}
_FILTERS = ("payment_intent", "charge", "payout", "source", "type", "status", "currency")
_CANCELLATION_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer", "abandoned"})
_REFUND_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})


class Api:
    def __init__(self, account: Account, store: Store) -> None:
        self._account, self._store = account, store

    def answer(self, verb: str, path: str, parameters: Parameters) -> Json:
        """The object, or list of objects, that a request gets. Raises Refusal."""
        expand = parameters.texts("expand")
        found = self._work(verb, path.removeprefix("/v1/").split("/"), parameters)
        for wanted in expand:
            found = self._expanded(found, wanted.split("."))
        return found

    def _work(self, verb: str, path: list[str], given: Parameters) -> Json:
        match verb, path:
            case "POST", ["payment_intents"]:
                return self._create(given)
            case "POST", ["payment_intents", id_, "confirm"]:
                return self._confirm(self._store.require("payment_intent", id_), given)
            case "POST", ["payment_intents", id_, "cancel"]:
                reason = given.text("cancellation_reason", choices=_CANCELLATION_REASONS)
                given.refuse_others()
                return self._account.cancel(self._store.require("payment_intent", id_), reason)
            case "POST", ["refunds"]:
                return self._refund(given)
            case "POST", ["test_helpers", "confirmation_tokens"]:
                return self._confirmation_token(given)
            case "GET", [plural] if plural in _KINDS:
                return self._list(_KINDS[plural], f"/v1/{plural}", given)
            case "GET", [plural, id_] if plural in _KINDS:
                given.refuse_others()
                return self._store.require(_KINDS[plural], id_)
        raise Refusal(f"Unrecognized request URL ({verb}: /v1/{'/'.join(path)}).") from None

    def _create(self, given: Parameters) -> Json:
        given.required("amount")
        amount, currency = given.whole("amount") or 0, given.required("currency")
        automatic = Parameters(given.members("automatic_payment_methods"))
        is_automatic = automatic.flag("enabled") or not given.texts("payment_method_types")
        redirects = automatic.text("allow_redirects", "always", choices={"always", "never"})
        automatic.refuse_others()
        more = {
            "automatic_payment_methods": {"enabled": True, "allow_redirects": redirects} if is_automatic else None,
            "description": given.text("description") or None,
            "metadata": _metadata(given),
            "payment_method_types": given.texts("payment_method_types") or ["card", "bacs_debit"],
            "receipt_email": given.text("receipt_email") or None,
            "statement_descriptor_suffix": given.text("statement_descriptor_suffix") or None,
        }
        chosen, confirms = self._chosen(given), given.flag("confirm")
        return_url = given.text("return_url")
        given.refuse_others()
        if return_url and not confirms:
            raise Refusal("The parameter `return_url` cannot be passed without `confirm`.", param="return_url")
        intent = self._account.create(amount, currency.lower(), **more)
        if chosen:
            intent = self._account.give_method(intent, chosen)
        return self._account.confirm(intent, payment_method="", return_url=return_url) if confirms else intent

    def _confirm(self, intent: Json, given: Parameters) -> Json:
        chosen, return_url = self._chosen(given), given.text("return_url")
        given.refuse_others()
        return self._account.confirm(intent, payment_method=chosen, return_url=return_url)

    def _chosen(self, given: Parameters) -> str:
        """The payment method, or that of a confirmation token, which is used once."""
        chosen, token_id = given.text("payment_method"), given.text("confirmation_token")
        if chosen and token_id:
            raise Refusal("You may only specify one of these parameters: payment_method, confirmation_token.")
        if chosen:
            method(chosen)
        if not token_id:
            return chosen
        token = self._store.require("confirmation_token", token_id, "confirmation_token")
        if token["used"]:
            raise Refusal(f"The ConfirmationToken {token_id} has already been used.", param="confirmation_token")
        self._store.put(token | {"used": True})
        return str(token["payment_method"])

    def _confirmation_token(self, given: Parameters) -> Json:
        chosen = given.required("payment_method")
        given.refuse_others()
        method(chosen)
        token = {"id": f"ctoken_{secrets.token_hex(12)}", "object": "confirmation_token", "livemode": False}
        return self._store.put(token | {"payment_method": chosen, "used": False})

    def _refund(self, given: Parameters) -> Json:
        charge_id, intent_id = given.text("charge"), given.text("payment_intent")
        amount, reason = given.whole("amount"), given.text("reason", choices=_REFUND_REASONS)
        metadata = _metadata(given)
        given.refuse_others()
        if bool(charge_id) == bool(intent_id):
            raise Refusal("One of the following params should be provided for this request: payment_intent or charge.")
        if intent_id:
            charge_id = self._store.require("payment_intent", intent_id, "payment_intent")["latest_charge"] or ""
            if not charge_id:
                raise Refusal(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")
        charge = self._store.require("charge", charge_id, "charge")
        return self._account.refund(charge, amount, reason=reason, metadata=metadata)

    # --- Reading

    def _list(self, kind: str, url: str, given: Parameters) -> Json:
        limit = given.whole("limit", 10) or 0
        if not 1 <= limit <= 100:
            raise Refusal("This value must be greater than or equal to 1 and at most 100.", param="limit")
        after, before = given.text("starting_after"), given.text("ending_before")
        tests = [*self._filters(given), _created(given)]
        given.refuse_others()
        for cursor, param in ((after, "starting_after"), (before, "ending_before")):
            if cursor:
                self._store.require(kind, cursor, param)
        found = [each for each in self._store.newest_first(kind) if all(test(each) for test in tests)]
        ids = [each["id"] for each in found]
        if after:
            found = found[ids.index(after) + 1 :] if after in ids else []
        elif before:
            found = found[: ids.index(before)][-limit:] if before in ids else []
        return {"object": "list", "url": url, "data": found[:limit], "has_more": len(found) > limit}

    def _filters(self, given: Parameters) -> Iterator[Callable[[Json], bool]]:
        for name in _FILTERS:
            if wanted := given.text(name):
                yield _has(name, wanted)

    def _expanded(self, found: Any, path: list[str]) -> Any:
        if isinstance(found, list):
            return [self._expanded(item, path) for item in found]
        name, *rest = path
        if not isinstance(found, dict) or name not in found or name not in _EXPANDABLE:
            raise Refusal(f"This property cannot be expanded ({name}).", param="expand")
        member = found[name]
        if isinstance(member, str):
            member = self._store.find(member)
        return found | {name: self._expanded(member, rest) if rest and member else member}


def _has(name: str, wanted: str) -> Callable[[Json], bool]:
    return lambda item: item.get(name) == wanted


def _metadata(given: Parameters) -> dict[str, str]:
    metadata = given.members("metadata")
    if len(metadata) > 50 or any(len(name) > 40 or len(str(value)) > 500 for name, value in metadata.items()):
        raise Refusal("Metadata has at most 50 keys of 40 characters, with values of 500.", param="metadata")
    return {name: str(value) for name, value in metadata.items()}


def _created(given: Parameters) -> Callable[[Json], bool]:
    bounds = Parameters(given.members("created"))
    first, last = bounds.whole("gte"), bounds.whole("lte")
    after, before = bounds.whole("gt"), bounds.whole("lt")
    bounds.refuse_others()
    low = max(-1 if first is None else first, -1 if after is None else after + 1)
    high = min(2**62 if last is None else last, 2**62 if before is None else before - 1)
    return lambda item: low <= item["created"] <= high
