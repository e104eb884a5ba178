"""Proposals: what the assistant would have done, and only a person can have done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from commerce.support.domain.history import Page
from shared.idempotency.claims import FirstAnswer
from shared.money import Money

type Act = Literal["cancel", "refund"]
type ProposalStatus = Literal["open", "done"]

CANCELLATION_LIFE = timedelta(minutes=10)
"""For its customer, who is there."""
REFUND_LIFE = timedelta(days=7)
"""For admins, who may not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """To cancel a customer's order, which gives back all that is left, or to refund `amount` of it.

    `reason` is the customer's.
    """

    proposal_id: str
    user_id: str
    act: Act
    order_id: str
    amount: Money
    reason: str
    created_at: datetime
    status: ProposalStatus = "open"
    approved_by: str | None = None

    @property
    def expires_at(self) -> datetime:
        return self.created_at + (CANCELLATION_LIFE if self.act == "cancel" else REFUND_LIFE)

    @property
    def message(self) -> dict[str, Any]:
        """The fields of the frame that a client gets."""
        amount = {"amount": self.amount.amount, "currency": self.amount.currency}
        return {"proposalId": self.proposal_id, "act": self.act, "orderId": self.order_id, "amount": amount}


class Proposals(Protocol):
    """Every method raises Unavailable."""

    def add(self, proposal: Proposal) -> None: ...

    def find(self, proposal_id: str, now: datetime) -> Proposal | None:
        """None for one that has expired."""
        ...

    def waiting(self, after: str | None, limit: int, now: datetime) -> Page[Proposal]:
        """Refunds that have not been done, the oldest first."""
        ...

    def finish(self, proposal: Proposal, by: str, first_answer: FirstAnswer | None) -> bool:
        """Record that it was done, with the answer to it; False where it was recorded before. Raises KeyInUse."""
        ...
