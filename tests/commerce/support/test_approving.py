import base64
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.support.domain.proposals import Act
from shared.auth.callers import Caller
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from tests.commerce.examples import NOW
from tests.commerce.orders.examples import gbp
from tests.commerce.support.approvals import ADA, BEN, ORDER, PRIYA, TOM, Approvals, a_proposal

LATER = NOW + timedelta(minutes=10)


def test_customers_approve_the_cancellation_of_their_order() -> None:
    approvals = Approvals()
    assert approvals.approve(ADA).status == "cancelled"
    assert approvals.order.left == gbp(0)
    assert approvals.proposals.by_id["p-cancel"].status == "done"


def test_admins_approve_a_refund_of_exactly_what_was_proposed() -> None:
    approvals = Approvals()
    approvals.approve(TOM, "refund")
    [refund] = approvals.order.refunds
    assert (refund.amount, refund.by, refund.reason) == (gbp(1000), "tom", "Too late")


@pytest.mark.parametrize(
    ("caller", "act"), [(BEN, "cancel"), (TOM, "cancel"), (PRIYA, "cancel"), (BEN, "refund"), (PRIYA, "refund")]
)
def test_anothers_proposal_is_as_if_it_were_not_there(caller: Caller, act: Act) -> None:
    approvals = Approvals()
    with pytest.raises(NotFound):
        approvals.service.read(caller, f"p-{act}", NOW)
    with pytest.raises(NotFound):
        approvals.approve(caller, act, "x")
    with pytest.raises(NotFound):
        approvals.service.read(ADA, "none", NOW)


def test_customers_see_a_refund_of_theirs_and_cannot_approve_it() -> None:
    approvals = Approvals()
    assert approvals.service.read(ADA, "p-refund", NOW).approval is None
    for approval in ("x", approvals.approval(TOM, "refund")):
        with pytest.raises(Forbidden):
            approvals.approve(ADA, "refund", approval)
    assert approvals.actions.calls == []


def test_an_approval_is_used_once() -> None:
    approvals = Approvals()
    for caller, act in ((ADA, "cancel"), (TOM, "refund")):
        approvals = Approvals()
        approval = approvals.approval(caller, act)  # type: ignore[arg-type]
        approvals.approve(caller, act, approval)  # type: ignore[arg-type]
        with pytest.raises(Conflict):
            approvals.approve(caller, act, approval)  # type: ignore[arg-type]
        assert len(approvals.actions.calls) == 1
        assert approvals.service.read(caller, f"p-{act}", NOW).approval is None


def test_an_approval_is_no_ones_else_and_for_nothing_else() -> None:
    approvals = Approvals(
        a_proposal("refund", amount=gbp(1000)),
        a_proposal("refund", proposal_id="p-other", amount=gbp(1001)),
        a_proposal(),
    )
    jo = Caller("jo", frozenset({"admin"}))
    approval = approvals.approval(TOM, "refund")
    with pytest.raises(Invalid):
        approvals.approve(jo, "refund", approval)
    for caller, other in ((TOM, "p-other"), (ADA, "p-cancel")):
        with pytest.raises(Invalid):
            approvals.service.approve(caller, other, approval, NOW, answer_of=str)
    approvals.proposals.by_id["p-refund"] = a_proposal("refund", amount=gbp(1002))
    with pytest.raises(Invalid):
        approvals.approve(TOM, "refund", approval)
    assert approvals.actions.calls == []


def test_an_approval_and_a_cancellation_are_void_after_ten_minutes_a_refund_is_not() -> None:
    approvals = Approvals()
    cancel, refund = approvals.approval(ADA), approvals.approval(TOM, "refund")
    assert approvals.service.read(ADA, "p-cancel", NOW).expires_at == LATER
    with pytest.raises(NotFound):
        approvals.approve(ADA, "cancel", cancel, LATER)
    with pytest.raises(Invalid):
        approvals.approve(TOM, "refund", refund, LATER)
    approvals.approve(TOM, "refund", approvals.approval(TOM, "refund", LATER), LATER)


@given(st.integers(0, 400), st.integers(1, 255))
def test_an_approval_of_which_a_byte_was_changed_is_none(at: int, change: int) -> None:
    approvals = Approvals()
    approval = approvals.approval(ADA)
    whole = bytearray(base64.urlsafe_b64decode(approval + "=" * (-len(approval) % 4)))
    whole[at % len(whole)] ^= change
    with pytest.raises(Invalid):
        approvals.approve(ADA, "cancel", base64.urlsafe_b64encode(bytes(whole)).decode().rstrip("="))
    assert approvals.actions.calls == []


def test_a_cancellation_gives_back_what_was_proposed_or_is_not_made() -> None:
    approvals = Approvals()
    approval = approvals.approval(ADA)
    approvals.refund_some()
    with pytest.raises(Conflict):
        approvals.approve(ADA, "cancel", approval)
    assert (approvals.order.status, approvals.proposals.by_id["p-cancel"].status) == ("placed", "open")


def test_what_broke_off_is_carried_out_by_the_same_approval_and_once() -> None:
    for caller, act in ((ADA, "cancel"), (TOM, "refund")):
        approvals = Approvals()
        approval = approvals.approval(caller, act)  # type: ignore[arg-type]
        approvals.actions.loses = True
        with pytest.raises(Unavailable):
            approvals.approve(caller, act, approval)  # type: ignore[arg-type]
        approvals.actions.loses = False
        approvals.approve(caller, act, approval)  # type: ignore[arg-type]
        assert len(approvals.order.refunds) == 1
        assert approvals.proposals.by_id[f"p-{act}"].status == "done"


def test_of_two_admins_one_approves() -> None:
    approvals = Approvals()
    jo = Caller("jo", frozenset({"admin"}))
    late = approvals.approval(jo, "refund")
    approvals.approve(TOM, "refund")
    with pytest.raises(Conflict):
        approvals.approve(jo, "refund", late)
    assert approvals.proposals.by_id["p-refund"].approved_by == "tom"


def test_what_is_refused_can_be_approved_when_the_cause_is_gone() -> None:
    approvals = Approvals()
    approval = approvals.approval(TOM, "refund")
    approvals.actions.fails = Conflict("The bank has the money.")
    with pytest.raises(Conflict, match="bank"):
        approvals.approve(TOM, "refund", approval)
    assert approvals.proposals.by_id["p-refund"].status == "open"
    approvals.actions.fails = None
    approvals.approve(TOM, "refund", approval)


def test_admins_see_the_refunds_that_wait() -> None:
    approvals = Approvals()
    assert [each.proposal_id for each in approvals.service.waiting(None, 10, NOW).items] == ["p-refund"]
    approvals.approve(TOM, "refund")
    assert approvals.service.waiting(None, 10, NOW).items == ()
    assert approvals.order.order_id == ORDER.order_id
