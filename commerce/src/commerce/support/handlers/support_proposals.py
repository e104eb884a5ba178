"""What the support chat has proposed, and its approval"""

from datetime import UTC, datetime

from commerce.orders.answers import OrderAnswer, order_answer
from commerce.support import wiring
from commerce.support.answers import (
    WAITING_SCOPE,
    ProposalAnswer,
    WaitingProposals,
    proposal_answer,
    waiting_answer,
)
from commerce.support.requests import ApproveProposal
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.parameters import paging
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.approval_service, wiring.first_answers, wiring.cursors))


@app.route("GET /support/proposals", callers=ADMINS, parameters=paging(), answers={200: WaitingProposals})
def list_support_proposals(request: Request) -> WaitingProposals:
    """Admins list the refunds that wait for approval, the oldest first."""
    cursors = wiring.cursors()
    page = wiring.approval_service().waiting(*request.page(cursors, WAITING_SCOPE), datetime.now(UTC))
    return waiting_answer(page, cursors)


@app.route("GET /support/proposals/{proposalId}", answers={200: ProposalAnswer})
def read_support_proposal(request: Request) -> ProposalAnswer:
    """Customers read their own proposals, admins any refund; who may approve it gets an approval for ten minutes."""
    shown = wiring.approval_service().read(request.caller, request.path("proposalId"), datetime.now(UTC))
    return proposal_answer(shown)


@app.route(
    "POST /support/proposals/{proposalId}/approval",
    body=ApproveProposal,
    key="optional",
    answers={200: OrderAnswer},
    raises=[Conflict, Forbidden],
)
def approve_support_proposal(request: Request[ApproveProposal]) -> object:
    """Customers approve cancellations of their own orders, admins refunds; each is carried out once."""
    now, claim, service = datetime.now(UTC), request.claim, wiring.approval_service()
    proposal_id, approval = request.path("proposalId"), request.body.approval

    def effect() -> object:
        return service.approve(request.caller, proposal_id, approval, now, answer_of=order_answer, claim=claim)

    return once(claim, wiring.first_answers(), now, effect)


handler = app
