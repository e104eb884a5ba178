"""Webhooks of Stripe's: https://docs.stripe.com/webhooks/signature. Their signature is verified by its SDK.

The SDK alone is not enough for whatever anybody may send: it takes times of the future, other notations of numbers, and
fails for texts that are not ASCII.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import stripe

from commerce.payments.domain.events import NotVerified, PaymentEvent
from shared.errors import Malformed
from shared.json.strict import parse_json

_TOLERANCE_SECONDS = 300
# Several signatures while the secret is being replaced: one by the old one, one by the new one.
_HEADER = re.compile(r"t=(?P<time>[1-9][0-9]{0,11})(,[a-z][a-z0-9]{0,7}=[A-Za-z0-9+/_-]{1,128}){1,16}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_]{1,255}", re.ASCII)
_KIND = re.compile(r"[a-z0-9_]{1,64}(\.[a-z0-9_]{1,64}){1,5}", re.ASCII)


class Secret(Protocol):
    @property
    def webhook_secret(self) -> str: ...

    def renew(self) -> bool: ...


class StripeWebhooks:
    def __init__(self, secret: Secret, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret, clock

    def read(self, body: bytes, signature: str) -> PaymentEvent:
        header = _HEADER.fullmatch(signature)
        if header is None:
            raise NotVerified("header")
        if abs(int(header["time"]) - self._clock()) > _TOLERANCE_SECONDS:
            raise NotVerified("time")
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise NotVerified("encoding") from error
        if not self._is_signed(text, signature) and not (self._secret.renew() and self._is_signed(text, signature)):
            raise NotVerified("signature")
        return _event(text)

    def _is_signed(self, text: str, signature: str) -> bool:
        try:
            return bool(stripe.WebhookSignature.verify_header(text, signature, self._secret.webhook_secret))
        except stripe.SignatureVerificationError:
            return False


def _event(text: str) -> PaymentEvent:
    """Nothing but names: they are the same in all versions of Stripe's API."""
    try:
        match parse_json(text.encode()):
            case {"id": str(event_id), "type": str(kind), "created": int(created), "data": {"object": {**about}}} if (
                not isinstance(created, bool)
            ):
                payment_id = about.get("id") if about.get("object") == "payment_intent" else about.get("payment_intent")
                if isinstance(payment_id, Mapping):  # where the endpoint asks for whole objects
                    payment_id = payment_id.get("id")
                return PaymentEvent(
                    event_id=_name(event_id),
                    kind=_name(kind, _KIND),
                    object_id=_name(about.get("id")),
                    created=created,
                    payment_id=None if payment_id is None else _name(payment_id),
                )
    except Malformed as error:
        raise NotVerified("json") from error
    raise NotVerified("event")


def _name(value: object, pattern: re.Pattern[str] = _ID) -> str:
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    raise NotVerified("event")
