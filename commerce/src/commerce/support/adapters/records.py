"""Sessions, exchanges and proposals as their tables have them."""

from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from commerce.support.domain.history import Exchange, Reply, Session
from commerce.support.domain.proposals import Proposal
from shared.dynamodb.attributes import DocumentsAttribute, IntegerAttribute, MomentAttribute, SecondsAttribute
from shared.dynamodb.records import Record
from shared.json.encoding import moment, rfc3339
from shared.models.model import Usage
from shared.money import Money

WAITING = "refund"
_RUNNING = "running"  # the status of an exchange without a reply

THE_SESSION = "session"
"""In the place of an exchange's position, after all of which it sorts: the row that is the session itself."""


class SessionsByUser(GlobalSecondaryIndex["SessionRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = AllProjection()

    sessions_of = UnicodeAttribute(hash_key=True, attr_name="sessionsOf")
    used_at = UnicodeAttribute(range_key=True, attr_name="usedAt")


class ChatRecord(Record):
    """A session, or one of its exchanges: `timestamp` tells, and sorts exchanges by age."""

    session_id = UnicodeAttribute(hash_key=True, attr_name="sessionId")
    timestamp = UnicodeAttribute(range_key=True)
    user_id = UnicodeAttribute(attr_name="userId")
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live


class SessionRecord(ChatRecord):
    """Has the key of the index, which exchanges do not have."""

    by_user = SessionsByUser()

    started_at = MomentAttribute(attr_name="startedAt")
    last_message_at = MomentAttribute(attr_name="lastMessageAt")
    sessions_of = UnicodeAttribute(attr_name="sessionsOf")
    used_at = UnicodeAttribute(attr_name="usedAt")

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            session.session_id,
            THE_SESSION,
            user_id=session.user_id,
            started_at=session.started_at,
            last_message_at=session.last_message_at,
            sessions_of=session.user_id,
            used_at=f"{rfc3339(session.last_message_at)}#{session.session_id}",
            expires_at=session.expires_at,
        )

    def to_session(self) -> Session:
        return Session(self.session_id, self.user_id, self.started_at, self.last_message_at)


class ExchangeRecord(ChatRecord):
    """What belongs to the reply comes later."""

    run_id = UnicodeAttribute(attr_name="runId")
    user_input = UnicodeAttribute(attr_name="userInput")
    status = UnicodeAttribute()
    response = UnicodeAttribute(null=True, attr_name="assistantResponse")
    outline = UnicodeAttribute(null=True)
    proposals = DocumentsAttribute(null=True)
    input_tokens = IntegerAttribute(null=True, attr_name="inputTokens")
    output_tokens = IntegerAttribute(null=True, attr_name="outputTokens")

    @classmethod
    def of(cls, exchange: Exchange) -> Self:
        return cls(
            exchange.session_id,
            exchange.position,
            run_id=exchange.run_id,
            user_id=exchange.user_id,
            user_input=exchange.input,
            expires_at=exchange.expires_at,
            **(_reply_values(exchange.reply) if exchange.reply else {"status": _RUNNING}),
        )

    @classmethod
    def reply_actions(cls, reply: Reply) -> list[Action]:
        """What adds a reply to its exchange."""
        attributes = cls.get_attributes()
        return [attributes[name].set(value) for name, value in _reply_values(reply).items() if value is not None]

    def to_exchange(self) -> Exchange:
        return Exchange(
            session_id=self.session_id,
            run_id=self.run_id,
            user_id=self.user_id,
            sent_at=moment(self.timestamp.partition("#")[0]),
            input=self.user_input,
            reply=None if self.status == _RUNNING else self._reply(),
        )

    def _reply(self) -> Reply:
        is_counted = self.input_tokens is not None and self.output_tokens is not None
        return Reply(
            status=self.status,  # type: ignore[arg-type]  # nothing else is written
            text=self.response or "",
            outline=self.outline or "",
            proposals=tuple(self.proposals or ()),
            usage=Usage(self.input_tokens, self.output_tokens) if is_counted else None,
        )


def _reply_values(reply: Reply) -> dict[str, Any]:
    """By the names of the record's attributes."""
    return {
        "status": reply.status,
        "response": reply.text,
        "outline": reply.outline,
        "proposals": [dict(each) for each in reply.proposals],
        "input_tokens": reply.usage.input_tokens if reply.usage else None,
        "output_tokens": reply.usage.output_tokens if reply.usage else None,
    }


class WaitingProposals(GlobalSecondaryIndex["ProposalRecord"]):
    class Meta:
        index_name = "Waiting"
        projection = AllProjection()

    waiting = UnicodeAttribute(hash_key=True)
    proposal_id = UnicodeAttribute(range_key=True, attr_name="proposalId")


class ProposalRecord(Record):
    """`waiting` is the key of the index, which only what waits for an admin has."""

    by_waiting = WaitingProposals()

    proposal_id = UnicodeAttribute(hash_key=True, attr_name="proposalId")
    user_id = UnicodeAttribute(attr_name="userId")
    act = UnicodeAttribute()
    order_id = UnicodeAttribute(attr_name="orderId")
    amount = IntegerAttribute()
    currency = UnicodeAttribute()
    reason = UnicodeAttribute()
    created_at = MomentAttribute(attr_name="createdAt")
    status = UnicodeAttribute()
    approved_by = UnicodeAttribute(null=True, attr_name="approvedBy")
    waiting = UnicodeAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        return cls(
            proposal.proposal_id,
            user_id=proposal.user_id,
            act=proposal.act,
            order_id=proposal.order_id,
            amount=proposal.amount.amount,
            currency=proposal.amount.currency,
            reason=proposal.reason,
            created_at=proposal.created_at,
            status=proposal.status,
            approved_by=proposal.approved_by,
            waiting=WAITING if proposal.act == "refund" and proposal.status == "open" else None,
            expires_at=proposal.expires_at,
        )

    def to_proposal(self) -> Proposal:
        return Proposal(
            proposal_id=self.proposal_id,
            user_id=self.user_id,
            act=self.act,  # type: ignore[arg-type]  # nothing else is written
            order_id=self.order_id,
            amount=Money(self.amount, self.currency),
            reason=self.reason,
            created_at=self.created_at,
            status=self.status,  # type: ignore[arg-type]  # nothing else is written
            approved_by=self.approved_by,
        )
