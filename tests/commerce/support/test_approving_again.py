"""Wherever an approval breaks off, and whoever repeats it: what was proposed is done, and once."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.orders.domain.order import Order, OrderStatus
from commerce.support.domain.approving import ApprovalService
from commerce.support.domain.proposals import Act
from shared.auth.callers import Caller
from shared.auth.seals import Seals
from shared.errors import Conflict, Unavailable
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import gbp
from tests.commerce.orders.interruptions import Around
from tests.commerce.orders.shop import ADA, TOM, Shop, adds_up
from tests.commerce.support.approvals import a_proposal
from tests.commerce.support.fakes import FakeProposals

JO = Caller("jo", frozenset({"admin"}))
APPROVERS = {"cancel": [ADA], "refund": [TOM, JO]}
MOMENTS = st.integers(0, 30)


class Crashed(BaseException):
    """The process has ended: nothing of it goes on."""


class Chat:
    """One proposal, to cancel the shop's order or to refund £10 of it, and the seals that were given for it."""

    def __init__(self, act: Act) -> None:
        self.act, self.shop = act, Shop()
        amount = self.shop.order.total if act == "cancel" else gbp(1000)
        self.proposals = FakeProposals(a_proposal(act, order_id=self.shop.order_id, amount=amount))
        self.seals = {caller: self._service().read(caller, f"p-{act}", NOW).approval for caller in APPROVERS[act]}

    @property
    def is_done(self) -> bool:
        return self.proposals.by_id[f"p-{self.act}"].status == "done"

    def approve(self, caller: Caller, around: Callable[[], None] = lambda: None, seal: str | None = None) -> None:
        seal, now = seal or self.seals[caller] or "", NOW + timedelta(minutes=1)
        self._service(around).approve(caller, f"p-{self.act}", seal, now, answer_of=_is_order)

    def approve_anew(self, caller: Caller) -> None:
        self.approve(caller, seal=self._service().read(caller, f"p-{self.act}", NOW).approval)

    def look_after(self) -> None:
        """As the queue of settlement does, a minute later."""
        self.shop.refunds().look_after(self.shop.order_id, NOW + timedelta(minutes=2))

    def refunded_once(self) -> None:
        amounts = [refund.amount for refund in self.shop.provider.all_refunds]
        assert amounts in ([], [self.shop.order.total if self.act == "cancel" else gbp(1000)])

    def _service(self, around: Callable[[], None] = lambda: None) -> ApprovalService:
        proposals: Any = Around(self.proposals, around)
        actions = self.shop.refunds(around)
        return ApprovalService(
            proposals=proposals, orders=self.shop.orders, actions=lambda: actions, seals=Seals("a key for tests")
        )


def _is_order(order: Order) -> Order:
    return order


def breaking_off(moment: int, error: BaseException) -> Callable[[], None]:
    """At this moment, a port raises it."""
    counted = itertools.count()

    def around() -> None:
        if next(counted) == moment:
            raise error

    return around


STEPS = st.one_of(
    st.tuples(st.just("approve"), st.integers(0, 1)),
    st.tuples(st.just("crash"), st.integers(0, 1), MOMENTS),
    st.tuples(st.just("try later"), st.integers(0, 1), MOMENTS),
    st.tuples(st.just("provider fails"), st.sampled_from(["before", "after"])),
    st.tuples(st.just("look after")),
)


@given(st.sampled_from(["cancel", "refund"]), st.lists(STEPS, max_size=8))
def test_what_was_proposed_is_done_once_whatever_breaks_off(act: Act, steps: list[Any]) -> None:
    chat = Chat(act)
    approvers = APPROVERS[act]
    for step in steps:
        with suppress(Crashed, Unavailable, Conflict):
            match step:
                case ("approve", who):
                    chat.approve(approvers[who % len(approvers)])
                case ("crash", who, moment):
                    chat.approve(approvers[who % len(approvers)], breaking_off(moment, Crashed()))
                case ("try later", who, moment):
                    later = Unavailable("Out of reach.")
                    chat.approve(approvers[who % len(approvers)], breaking_off(moment, later))
                case ("provider fails", when):
                    (chat.shop.provider.before if when == "before" else chat.shop.provider.after)["refund"] = 1
                case ("look after",):
                    chat.look_after()
        chat.refunded_once()

    chat.shop.provider.before.clear()
    chat.shop.provider.after.clear()
    if not chat.is_done:
        chat.approve_anew(approvers[-1])
    chat.look_after()

    assert chat.is_done
    assert len(chat.shop.provider.all_refunds) == 1
    chat.refunded_once()
    assert (chat.shop.order.status is OrderStatus.CANCELLED) == (act == "cancel")
    adds_up(chat.shop)


@pytest.mark.parametrize("act", ["cancel", "refund"])
@pytest.mark.parametrize("moment", range(20))
def test_the_same_approval_carries_on(act: Act, moment: int) -> None:
    chat, caller = Chat(act), APPROVERS[act][0]
    with suppress(Unavailable):
        chat.approve(caller, breaking_off(moment, Unavailable("Out of reach.")))
    if not chat.is_done:
        chat.approve(caller)
    chat.look_after()
    assert chat.is_done
    assert len(chat.shop.provider.all_refunds) == 1


def test_an_admin_finds_and_finishes_what_another_began() -> None:
    chat = Chat("refund")
    with pytest.raises(Crashed):
        chat.approve(TOM, breaking_off(8, Crashed()))
    assert [each.proposal_id for each in chat.proposals.waiting(None, 10, NOW).items] == ["p-refund"]
    chat.approve_anew(JO)
    assert chat.is_done
    assert len(chat.shop.order.refunds) == 1
