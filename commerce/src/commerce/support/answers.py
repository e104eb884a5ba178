"""What customers receive about their chats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from commerce.support.domain.approving import ShownProposal
from commerce.support.domain.history import Exchange, Page, Session
from commerce.support.domain.proposals import Act, Proposal, ProposalStatus
from shared.http.cursors import Cursors
from shared.models.model import Usage
from shared.money import Money


@dataclass(frozen=True, slots=True)
class SessionItem:
    session_id: str
    started_at: datetime
    last_message_at: datetime


@dataclass(frozen=True, slots=True)
class SupportSessions:
    items: tuple[SessionItem, ...]
    next_cursor: str | None


def sessions_scope(user_id: str) -> str:
    return f"support sessions:{user_id}"


def sessions_answer(scope: str, page: Page[Session], cursors: Cursors) -> SupportSessions:
    items = tuple(SessionItem(each.session_id, each.started_at, each.last_message_at) for each in page.items)
    return SupportSessions(items, cursors.make(scope, page.next_position))


@dataclass(frozen=True, slots=True)
class ProposalItem:
    """As in the frame."""

    proposal_id: str
    act: Act
    order_id: str
    amount: Money

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Self:
        return cls(message["proposalId"], message["act"], message["orderId"], Money(**message["amount"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportExchange:
    """A message and its answer, null while it is worked on; so is `usage`, also where the answer was not finished."""

    run_id: str
    timestamp: datetime
    user_input: str
    assistant_response: str | None
    status: Literal["running", "done", "stopped", "failed"]
    proposals: tuple[ProposalItem, ...]
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class SupportMessages:
    items: tuple[SupportExchange, ...]
    next_cursor: str | None


def messages_scope(user_id: str, session_id: str) -> str:
    return f"support messages:{user_id}:{session_id}"


def messages_answer(scope: str, page: Page[Exchange], cursors: Cursors) -> SupportMessages:
    return SupportMessages(tuple(map(_exchange, page.items)), cursors.make(scope, page.next_position))


def _exchange(exchange: Exchange) -> SupportExchange:
    reply = exchange.reply
    return SupportExchange(
        run_id=exchange.run_id,
        timestamp=exchange.sent_at,
        user_input=exchange.input,
        assistant_response=reply.text if reply else None,
        status=reply.status if reply else "running",
        proposals=tuple(ProposalItem.of(each) for each in reply.proposals) if reply else (),
        usage=reply.usage if reply else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAnswer:
    """`approval` is null for those who may not approve it, and once it was done; `expiresAt` is when it is void."""

    proposal_id: str
    act: Act
    order_id: str
    amount: Money
    reason: str
    status: ProposalStatus
    created_at: datetime
    approval: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingProposals:
    items: tuple[ProposalAnswer, ...]
    next_cursor: str | None


WAITING_SCOPE = "support proposals"


def proposal_answer(shown: ShownProposal) -> ProposalAnswer:
    proposal = shown.proposal
    return ProposalAnswer(
        proposal_id=proposal.proposal_id,
        act=proposal.act,
        order_id=proposal.order_id,
        amount=proposal.amount,
        reason=proposal.reason,
        status=proposal.status,
        created_at=proposal.created_at,
        approval=shown.approval,
        expires_at=shown.expires_at,
    )


def waiting_answer(page: Page[Proposal], cursors: Cursors) -> WaitingProposals:
    """Without approvals: whoever approves one reads it first."""
    items = tuple(proposal_answer(ShownProposal(each, None, each.expires_at)) for each in page.items)
    return WaitingProposals(items, cursors.make(WAITING_SCOPE, page.next_position))
