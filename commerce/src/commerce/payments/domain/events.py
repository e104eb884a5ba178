"""What the provider reports: that something has happened to a payment. What, it is asked: only its state counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """`kind` is the provider's: `charge.dispute.created`; `object_id` what it is about, a dispute's for example.

    `created` is in seconds since 1970. `payment_id` is None where it is about no payment: of a payout, for example.
    """

    event_id: str
    kind: str
    object_id: str
    created: int
    payment_id: str | None = None

    def message(self) -> Mapping[str, Any]:
        named = {"eventId": self.event_id, "type": self.kind, "objectId": self.object_id, "created": self.created}
        return named | ({"paymentId": self.payment_id} if self.payment_id else {})

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> "PaymentEvent":
        return cls(
            event_id=message["eventId"],
            kind=message["type"],
            object_id=message["objectId"],
            created=message["created"],
            payment_id=message.get("paymentId"),
        )


class PaymentEvents(Protocol):
    def put(self, event: PaymentEvent) -> None:
        """For the settlement, at least once. Raises Unavailable."""
        ...


class NotVerified(Exception):
    """Not certainly from the provider, or nothing that it sends. The text is constant."""


class Webhooks(Protocol):
    def read(self, body: bytes, signature: str) -> PaymentEvent:
        """Raises NotVerified; Unavailable."""
        ...
