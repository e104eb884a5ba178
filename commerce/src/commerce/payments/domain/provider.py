"""The payment provider, as the shop needs it. A payment is created first, and its id stored; only then it is confirmed.

So whatever happens afterwards, there is somebody to ask: an unknown outcome is a state of its own, and `find` settles
it before anything is undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from shared.errors import AlmonerError, Unavailable
from shared.money import Money

type Status = Literal["unpaid", "requires-action", "processing", "paid", "cancelled"]
"""`unpaid` includes declined: another means may pay it. `processing` takes days, as with direct debits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as the provider has it. `client_secret` lets the customer's browser act, where that is required.

    `declined` is why the last attempt failed, for the customer to read; `charge_id` is there once it has been paid.
    `reference` is the shop's name for it.
    """

    payment_id: str
    reference: str
    status: Status
    amount: Money
    charge_id: str | None = None
    client_secret: str | None = None
    declined: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the customer pays with, as the provider's own form in the browser has named it: one of the two."""

    payment_method_id: str | None = None
    confirmation_token_id: str | None = None

    def __post_init__(self) -> None:
        if bool(self.payment_method_id) == bool(self.confirmation_token_id):
            raise ValueError("a payment method or a confirmation token, and not both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    refund_id: str
    status: Literal["pending", "succeeded", "failed"]
    amount: Money
    payment_id: str
    reference: str = ""
    """The shop's name for it, its label `reference`; empty where it was made at the provider, by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """The customer's bank has taken this much back, for good where it is lost."""

    dispute_id: str
    status: Literal["open", "won", "lost"]
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedEvidence:
    """A dispute, or the bank's inquiry before it, that is lost without our evidence.

    It takes it until `due_by`, in seconds since 1970.
    """

    dispute_id: str
    payment_id: str
    amount: Money
    due_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What the provider has booked: `net` is what it added to our balance there, after its `fee`.

    `at` is in seconds since 1970; `source_id` what it is about: a charge, a refund, a dispute, a payout.
    """

    transaction_id: str
    at: int
    kind: str
    amount: Money
    fee: int
    net: int
    source_id: str


class NoAccount(Unavailable):
    """Nobody has told the shop its keys at the provider yet."""

    def __init__(self) -> None:
        super().__init__("This shop does not take payments yet.", retry_after_seconds=300)


class Declined(AlmonerError):
    """The customer's bank says no: nothing was charged, another means may be tried. `detail` is for the customer."""

    def __init__(self, detail: str, payment: Payment) -> None:
        super().__init__(detail)
        self.payment = payment


class OutcomeUnknown(AlmonerError):
    """The provider may have charged the customer, or not: ask it by `find`, and undo nothing before it has answered."""

    def __init__(self, payment_id: str) -> None:
        super().__init__("Whether the payment went through is not clear yet; you will not be charged twice.")
        self.payment_id = payment_id


class RefundRefused(AlmonerError):
    """There is not so much left to refund, or the customer's bank has taken the money back itself."""


class PaymentProvider(Protocol):
    """Raises Unavailable where nothing was done. `key` makes a repetition harmless: the same request, the same key."""

    def create(self, amount: Money, *, reference: str, key: str) -> Payment:
        """A payment that has charged nobody. `reference` is the shop's name for it, which the provider shows."""
        ...

    def confirm(self, payment_id: str, means: Means, *, return_url: str, key: str) -> Payment:
        """Charge it, or learn what the customer has to do first. Raises Declined, OutcomeUnknown."""
        ...

    def find(self, payment_id: str) -> Payment:
        """Raises NotFound."""
        ...

    def cancel(self, payment_id: str) -> Payment:
        """So that it can never be paid. Returns it as it is, where it is paid or being paid already."""
        ...

    def refund(self, payment_id: str, amount: Money, *, key: str, labels: Mapping[str, str]) -> Refund:
        """Raises RefundRefused."""
        ...

    def refunds(self, payment_id: str) -> Sequence[Refund]:
        """Of a payment, the oldest first."""
        ...

    def disputes(self, payment_id: str) -> Sequence[Dispute]:
        """Of a payment, the oldest first; without those that have cost nothing yet."""
        ...

    def awaited_evidence(self, *, since: int) -> Sequence[AwaitedEvidence]:
        """Of disputes that were opened since then, in seconds since 1970."""
        ...

    def movements(self, *, since: int, until: int) -> Sequence[Movement]:
        """What was booked from `since` on and before `until`, in seconds since 1970, the oldest first."""
        ...

    def movements_of(self, source_id: str, *, is_fee: bool = False) -> Sequence[Movement]:
        """What was booked for a charge, refund, dispute or payout; the movement itself, of which the fee was taken."""
        ...
