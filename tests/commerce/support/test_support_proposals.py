from datetime import UTC, datetime

import pytest

from commerce.support import wiring
from commerce.support.handlers.support_proposals import handler
from tests.commerce.calls import call
from tests.commerce.orders.examples import gbp
from tests.commerce.support.approvals import ORDER, Approvals, a_proposal
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge")

ADA, BEN, TOM = access_claims("ada"), access_claims("ben"), access_claims("tom", "admin")
READ, APPROVE = "GET /support/proposals/{proposalId}", "POST /support/proposals/{proposalId}/approval"


@pytest.fixture
def approvals(monkeypatch: pytest.MonkeyPatch) -> Approvals:
    now = datetime.now(UTC)
    approvals = Approvals(a_proposal(created_at=now), a_proposal("refund", amount=gbp(1000), created_at=now))
    monkeypatch.setattr(wiring, "approval_service", lambda: approvals.service)
    monkeypatch.setattr(wiring, "first_answers", lambda: approvals.first_answers)
    return approvals


def test_a_customer_reads_and_approves_a_cancellation(approvals: Approvals) -> None:
    status, shown = call(handler, READ, claims=ADA, proposalId="p-cancel")
    assert (status, shown["act"], shown["amount"], shown["status"]) == (
        200,
        "cancel",
        {"amount": 4595, "currency": "GBP"},
        "open",
    )
    body = {"approval": shown["approval"]}
    status, order = call(handler, APPROVE, body, claims=ADA, proposalId="p-cancel")
    assert (status, order["orderId"], order["status"]) == (200, ORDER.order_id, "cancelled")
    assert call(handler, APPROVE, body, claims=ADA, proposalId="p-cancel")[0] == 409
    assert len(approvals.actions.calls) == 1


def test_a_repeated_request_gets_the_first_answer(approvals: Approvals) -> None:
    body = {"approval": call(handler, READ, claims=ADA, proposalId="p-cancel")[1]["approval"]}
    headers = {"Idempotency-Key": "k1"}
    first = call(handler, APPROVE, body, claims=ADA, headers=headers, proposalId="p-cancel")
    assert call(handler, APPROVE, body, claims=ADA, headers=headers, proposalId="p-cancel") == first
    assert len(approvals.actions.calls) == 1


def test_refunds_are_for_admins(approvals: Approvals) -> None:
    assert call(handler, READ, claims=ADA, proposalId="p-refund")[1]["approval"] is None
    assert call(handler, APPROVE, {"approval": "x"}, claims=ADA, proposalId="p-refund")[0] == 403
    assert call(handler, "GET /support/proposals", claims=ADA)[0] == 403
    _, page = call(handler, "GET /support/proposals", claims=TOM)
    assert [(item["proposalId"], item["approval"]) for item in page["items"]] == [("p-refund", None)]
    approval = call(handler, READ, claims=TOM, proposalId="p-refund")[1]["approval"]
    status, order = call(handler, APPROVE, {"approval": approval}, claims=TOM, proposalId="p-refund")
    assert (status, [refund.amount for refund in approvals.order.refunds]) == (200, [gbp(1000)])
    assert order["orderId"] == ORDER.order_id


@pytest.mark.parametrize("proposal_id", ["p-cancel", "p-refund", "none"])
def test_anothers_proposal_is_as_if_it_were_not_there(approvals: Approvals, proposal_id: str) -> None:
    assert call(handler, READ, claims=BEN, proposalId=proposal_id)[0] == 404
    assert call(handler, APPROVE, {"approval": "x"}, claims=BEN, proposalId=proposal_id)[0] == 404
    assert approvals.actions.calls == []


@pytest.mark.parametrize("body", [{}, {"approval": ""}, {"approval": "x"}, {"approval": "x", "amount": 1}])
def test_another_approval_is_refused(approvals: Approvals, body: dict[str, object]) -> None:
    assert call(handler, APPROVE, body, claims=ADA, proposalId="p-cancel")[0] == 422
    assert approvals.actions.calls == []
