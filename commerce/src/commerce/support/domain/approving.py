"""Approving proposals: what was proposed is done, once, by somebody who could have done it without the chat.

An approval is sealed: it says what is approved, to whom it was given, and until when it holds. It is of no use to
anybody else, for another order or another amount, nor once it was done.

What is done may break off anywhere. Until it is recorded as done, it can be approved again, by whoever may: orders
cancel once, and refund once for each proposal.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from commerce.orders.domain.order import Order, OrderStatus
from commerce.orders.domain.refunding import RefundRequest
from commerce.support.domain.history import Page
from commerce.support.domain.order_tools import OrdersToRead
from commerce.support.domain.proposals import Proposal, Proposals
from shared.auth.callers import Caller
from shared.auth.seals import BrokenSeal, Seals
from shared.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from shared.idempotency.claims import Claim, claim_of

APPROVAL_LIFE = timedelta(minutes=10)
_SCOPE = "proposal approval"
_ADMINS = "admin"


class OrderActions(Protocol):
    """Both check again who may do it, and whether it can be done."""

    def cancel(self, caller: Caller, order_id: str, now: datetime) -> Order:
        """Repeated, it changes nothing. Raises NotFound; Conflict; Unavailable."""
        ...

    def refund(self, caller: Caller, order_id: str, request: RefundRequest, claim: Claim, now: datetime) -> Order:
        """Once for each claim. Raises NotFound; Conflict; Invalid; Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """`approval` is None for those who may not approve it, and once it was done. `expires_at` is the approval's."""

    proposal: Proposal
    approval: str | None
    expires_at: datetime


class ApprovalService:
    def __init__(
        self, *, proposals: Proposals, orders: OrdersToRead, actions: Callable[[], OrderActions], seals: Seals
    ) -> None:
        self._proposals, self._orders, self._actions, self._seals = proposals, orders, actions, seals

    def read(self, caller: Caller, proposal_id: str, now: datetime) -> ShownProposal:
        """Customers see their own proposals, admins also refunds of others. Raises NotFound."""
        proposal = self._visible(caller, proposal_id, now)
        if proposal.status != "open" or not _may_approve(caller, proposal):
            return ShownProposal(proposal, None, proposal.expires_at)
        expires_at = min(now + APPROVAL_LIFE, proposal.expires_at)
        content = [*_bound(caller, proposal), int(expires_at.timestamp())]
        return ShownProposal(proposal, self._seals.make(_SCOPE, json.dumps(content)), expires_at)

    def waiting(self, after: str | None, limit: int, now: datetime) -> Page[Proposal]:
        return self._proposals.waiting(after, limit, now)

    def approve(
        self,
        caller: Caller,
        proposal_id: str,
        approval: str,
        now: datetime,
        *,
        answer_of: Callable[[Order], object],
        claim: Claim | None = None,
    ) -> object:
        """Have it done; the answer of the order as it is then, which is recorded under the claim.

        Raises NotFound; Forbidden for a customer's own refund; Invalid for another approval; Conflict where it was
        done before, or the order has changed; Unavailable: approve it again then.
        """
        proposal = self._visible(caller, proposal_id, now)
        if not _may_approve(caller, proposal):
            raise Forbidden("Only admins may approve a refund.")
        self._require(approval, caller, proposal, now)
        if proposal.status == "done":
            raise _used()
        self._require_unchanged(proposal)
        answer = answer_of(self._done(caller, proposal, now))
        if not self._proposals.finish(proposal, caller.user_id, claim.answered(answer, now) if claim else None):
            raise _used()
        return answer

    def _done(self, caller: Caller, proposal: Proposal, now: datetime) -> Order:
        actions = self._actions()
        if proposal.act == "cancel":
            return actions.cancel(caller, proposal.order_id, now)
        request = RefundRequest(proposal.amount, (), proposal.reason)
        # the same one whoever approves it, and however often
        claim = claim_of("proposals", "refund", proposal.proposal_id, [proposal.order_id, proposal.amount.amount])
        assert claim is not None  # noqa: S101  there is a key
        return actions.refund(caller, proposal.order_id, request, claim, now)

    def _visible(self, caller: Caller, proposal_id: str, now: datetime) -> Proposal:
        proposal = self._proposals.find(proposal_id, now)
        is_admins = proposal is not None and proposal.act == "refund" and _ADMINS in caller.groups
        if proposal is None or not (proposal.user_id == caller.user_id or is_admins):
            raise NotFound("There is no such proposal.")
        return proposal

    def _require(self, approval: str, caller: Caller, proposal: Proposal, now: datetime) -> None:
        """Raises Invalid."""
        try:
            *bound, expires = json.loads(self._seals.read(_SCOPE, approval))
            is_valid = bound == _bound(caller, proposal) and expires > now.timestamp()
        except BrokenSeal:
            is_valid = False
        if not is_valid:
            message = "must be the approval of this proposal that you were given in the last ten minutes: read it again"
            raise Invalid(f"The approval {message}.", [FieldError("approval", message)])

    def _require_unchanged(self, proposal: Proposal) -> None:
        """A cancellation gives back what was proposed, and no other amount. Raises Conflict."""
        if proposal.act == "refund":
            return
        order = self._orders.find(proposal.order_id)
        has_begun = order is not None and order.status is OrderStatus.CANCELLED
        if not has_begun and (order is None or order.left != proposal.amount):
            raise Conflict("The order has changed since this was proposed: ask again in the chat.")


def _may_approve(caller: Caller, proposal: Proposal) -> bool:
    """Customers could cancel their own order themselves, admins refund any."""
    return _ADMINS in caller.groups if proposal.act == "refund" else caller.user_id == proposal.user_id


def _bound(caller: Caller, proposal: Proposal) -> list[Any]:
    amount = proposal.amount
    return [caller.user_id, proposal.proposal_id, proposal.act, proposal.order_id, amount.amount, amount.currency]


def _used() -> Conflict:
    return Conflict("The proposal has been approved already.")
