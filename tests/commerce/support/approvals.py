"""Proposals to approve, and orders to which it is done, in memory."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from commerce.orders.domain.order import Order
from commerce.orders.domain.refunding import RefundRequest, cancelled, requested
from commerce.support.domain.approving import ApprovalService
from commerce.support.domain.proposals import Act, Proposal
from shared.auth.callers import Caller
from shared.auth.seals import Seals
from shared.errors import AlmonerError, Unavailable
from shared.idempotency.claims import Claim
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import an_order, gbp
from tests.commerce.orders.fakes import FakeOrders
from tests.commerce.support.fakes import FakeProposals
from tests.shared.first_answers import FakeFirstAnswers

ADA, BEN, TOM, PRIYA = (
    Caller("ada"),
    Caller("ben"),
    Caller("tom", frozenset({"admin"})),
    Caller("priya", frozenset({"staff"})),
)
ORDER = an_order()


def a_proposal(act: Act = "cancel", **changes: Any) -> Proposal:
    """To give back all of Ada's order."""
    details: dict[str, Any] = {
        "proposal_id": f"p-{act}",
        "user_id": "ada",
        "act": act,
        "order_id": ORDER.order_id,
        "amount": ORDER.total,
        "reason": "Too late",
        "created_at": NOW,
    }
    return Proposal(**(details | changes))


class FakeActions:
    """Does as orders do; `fails` is raised instead, `loses` after it was done."""

    def __init__(self, orders: FakeOrders) -> None:
        self.orders, self.calls = orders, list[tuple[str, str]]()
        self.fails: AlmonerError | None = None
        self.loses = False

    def cancel(self, caller: Caller, order_id: str, now: datetime) -> Order:
        order = self._called("cancel", caller, order_id)
        changed = order if order.status == "cancelled" else cancelled(order, "Cancelled.", caller.user_id, now)
        return self._changed(changed)

    def refund(self, caller: Caller, order_id: str, request: RefundRequest, claim: Claim, now: datetime) -> Order:
        order, refund_id = self._called("refund", caller, order_id), claim.record_id
        if not order.refund(refund_id):
            order = requested(order, request, refund_id, claim.request_hash, caller.user_id, now)
        return self._changed(order)

    def _called(self, what: str, caller: Caller, order_id: str) -> Order:
        self.calls.append((what, caller.user_id))
        if self.fails:
            raise self.fails
        return self.orders.by_id[order_id]

    def _changed(self, order: Order) -> Order:
        self.orders.by_id[order.order_id] = order
        if self.loses:
            raise Unavailable("The answer was lost.")
        return order


class Approvals:
    """Ada's order, a proposal to cancel it and one to refund £10 of it, and who carries them out."""

    def __init__(self, *proposals: Proposal) -> None:
        self.orders, self.first_answers = FakeOrders(ORDER), FakeFirstAnswers()
        proposals = proposals or (a_proposal(), a_proposal("refund", amount=gbp(1000)))
        self.proposals = FakeProposals(*proposals, first_answers=self.first_answers)
        self.actions, self.seals = FakeActions(self.orders), Seals("a key for tests")
        self.service = ApprovalService(
            proposals=self.proposals, orders=self.orders, actions=lambda: self.actions, seals=self.seals
        )

    @property
    def order(self) -> Order:
        return self.orders.by_id[ORDER.order_id]

    def approval(self, caller: Caller, act: Act = "cancel", now: datetime = NOW) -> str:
        approval = self.service.read(caller, f"p-{act}", now).approval
        assert approval
        return approval

    def approve(self, caller: Caller, act: Act = "cancel", approval: str | None = None, now: datetime = NOW) -> Order:
        approval = self.approval(caller, act) if approval is None else approval
        order = self.service.approve(caller, f"p-{act}", approval, now, answer_of=lambda order: order)
        assert isinstance(order, Order)
        return order

    def refund_some(self) -> None:
        """Meanwhile, of the order."""
        request = RefundRequest(gbp(100), (), "Broken")
        self.orders.by_id[ORDER.order_id] = replace(requested(self.order, request, "r-0", "hash", "tom", NOW))
