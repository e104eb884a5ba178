"""Chats and budgets as their tables have them."""

from datetime import datetime
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection

from personalization.articles.domain.budget import Spending
from personalization.articles.domain.history import Exchange, Reply, Session
from personalization.articles.domain.listing import RunStatus, RunSummary
from personalization.articles.domain.pricing import Cost
from personalization.articles.domain.texts import KeptText
from personalization.prompts.domain.cards import CardUsed
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute, SecondsAttribute, TextsAttribute
from shared.dynamodb.records import Record
from shared.json.encoding import moment, rfc3339
from shared.models.model import Usage

_RUNNING = "running"  # the status of an exchange without a reply

THE_SESSION = "session"
"""In the place of an exchange's position, after all of which it sorts: the row that is the session itself."""


class SessionsByUser(GlobalSecondaryIndex["SessionRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = AllProjection()

    user_sessions_of = UnicodeAttribute(hash_key=True, attr_name="userSessionsOf")
    used_at = UnicodeAttribute(range_key=True, attr_name="usedAt")


class SessionsByProject(GlobalSecondaryIndex["SessionRecord"]):
    class Meta:
        index_name = "ByProject"
        projection = AllProjection()

    sessions_of = UnicodeAttribute(hash_key=True, attr_name="sessionsOf")
    used_at = UnicodeAttribute(range_key=True, attr_name="usedAt")


class ChatRecord(Record):
    """A session, or one of its exchanges: `timestamp` tells, and sorts exchanges by age."""

    session_id = UnicodeAttribute(hash_key=True, attr_name="sessionId")
    timestamp = UnicodeAttribute(range_key=True)
    project_id = UnicodeAttribute(attr_name="projectId")
    user_id = UnicodeAttribute(attr_name="userId")
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live


class SessionRecord(ChatRecord):
    """Has the keys of the two indexes, which exchanges do not have."""

    by_user = SessionsByUser()
    by_project = SessionsByProject()

    title = UnicodeAttribute(null=True)  # null: from before sessions had titles
    started_at = MomentAttribute(attr_name="startedAt")
    last_message_at = MomentAttribute(attr_name="lastMessageAt")
    sessions_of = UnicodeAttribute(attr_name="sessionsOf")
    user_sessions_of = UnicodeAttribute(attr_name="userSessionsOf")
    used_at = UnicodeAttribute(attr_name="usedAt")

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            session.session_id,
            THE_SESSION,
            project_id=session.project_id,
            user_id=session.user_id,
            title=session.title,
            started_at=session.started_at,
            sessions_of=session.project_id,
            user_sessions_of=user_key(session.project_id, session.user_id),
            **_use_values(session),
        )

    @classmethod
    def use_actions(cls, session: Session) -> list[Action]:
        """What another message changes."""
        attributes = cls.get_attributes()
        return [attributes[name].set(value) for name, value in _use_values(session).items()]

    def to_session(self) -> Session:
        return Session(
            session_id=self.session_id,
            project_id=self.project_id,
            user_id=self.user_id,
            started_at=self.started_at,
            last_message_at=self.last_message_at,
            title=self.title or "",
        )


def _use_values(session: Session) -> dict[str, Any]:
    """By the names of the record's attributes."""
    return {
        "last_message_at": session.last_message_at,
        "used_at": f"{rfc3339(session.last_message_at)}#{session.session_id}",
        "expires_at": session.expires_at,
    }


def user_key(project_id: str, user_id: str) -> str:
    return f"{project_id}#{user_id}"


class ExchangesByStatus(GlobalSecondaryIndex["ExchangeRecord"]):
    """Without the texts, which are most of an exchange."""

    class Meta:
        index_name = "ByStatus"
        projection = IncludeProjection(
            [
                "projectId",
                "userId",
                "expiresAt",
                "runId",
                "promptCardsUsed",
                "status",
                "processingTime",
                "inputTokens",
                "outputTokens",
                "costMicros",
                "currency",
            ]
        )

    status_of = UnicodeAttribute(hash_key=True, attr_name="statusOf")
    timestamp = UnicodeAttribute(range_key=True)


class ExchangeRecord(ChatRecord):
    """The texts are in the record, or the keys under which they are kept. What belongs to the reply comes later."""

    by_status = ExchangesByStatus()

    run_id = UnicodeAttribute(attr_name="runId")
    user_input = UnicodeAttribute(null=True, attr_name="userInput")
    user_input_key = UnicodeAttribute(null=True, attr_name="userInputKey")
    cards_used = TextsAttribute(attr_name="promptCardsUsed")
    status = UnicodeAttribute()
    status_of = UnicodeAttribute(null=True, attr_name="statusOf")  # null: from before there was the index
    response = UnicodeAttribute(null=True, attr_name="assistantResponse")
    response_key = UnicodeAttribute(null=True, attr_name="assistantResponseKey")
    processing_ms = IntegerAttribute(null=True, attr_name="processingTime")
    input_tokens = IntegerAttribute(null=True, attr_name="inputTokens")
    output_tokens = IntegerAttribute(null=True, attr_name="outputTokens")
    cost_micros = IntegerAttribute(null=True, attr_name="costMicros")
    currency = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, exchange: Exchange) -> Self:
        reply = exchange.reply
        return cls(
            exchange.session_id,
            exchange.position,
            run_id=exchange.run_id,
            project_id=exchange.project_id,
            user_id=exchange.user_id,
            user_input=exchange.input.inline,
            user_input_key=exchange.input.key,
            cards_used=tuple(map(str, exchange.cards_used)),
            expires_at=exchange.expires_at,
            status_of=status_key(exchange.project_id, reply.status if reply else _RUNNING),
            **(_reply_values(reply) if reply else {"status": _RUNNING}),
        )

    @classmethod
    def reply_actions(cls, project_id: str, reply: Reply) -> list[Action]:
        """What adds a reply to its exchange."""
        attributes, values = cls.get_attributes(), _reply_values(reply)
        values["status_of"] = status_key(project_id, reply.status)
        return [attributes[name].set(value) for name, value in values.items() if value is not None]

    def to_exchange(self) -> Exchange:
        return Exchange(
            session_id=self.session_id,
            run_id=self.run_id,
            project_id=self.project_id,
            user_id=self.user_id,
            sent_at=self.sent_at,
            input=KeptText(self.user_input, self.user_input_key),
            cards_used=self._cards_used,
            reply=None if self.status == _RUNNING else self._reply(),
        )

    def to_summary(self) -> RunSummary:
        is_running = self.status == _RUNNING
        return RunSummary(
            run_id=self.run_id,
            session_id=self.session_id,
            user_id=self.user_id,
            started_at=self.sent_at,
            status=RunStatus(self.status),
            cards_used=self._cards_used,
            processing_ms=self.processing_ms,
            usage=None if is_running else self._usage,
            cost=None if is_running else self._cost,
            position=self.timestamp,
        )

    def _reply(self) -> Reply:
        return Reply(
            answer=KeptText(self.response, self.response_key),
            processing_ms=self.processing_ms,
            usage=self._usage,
            cost=self._cost,
            status=self.status,  # type: ignore[arg-type]  # nothing else is written
        )

    @property
    def sent_at(self) -> datetime:
        return moment(self.timestamp.partition("#")[0])

    @property
    def _cards_used(self) -> tuple[CardUsed, ...]:
        return tuple(map(CardUsed.parse, self.cards_used))

    @property
    def _usage(self) -> Usage:
        return Usage(self.input_tokens, self.output_tokens)

    @property
    def _cost(self) -> Cost:
        return Cost(self.cost_micros, self.currency)


def status_key(project_id: str, status: str) -> str:
    return f"{project_id}#{status}"


def _reply_values(reply: Reply) -> dict[str, Any]:
    """By the names of the record's attributes."""
    return {
        "response": reply.answer.inline,
        "response_key": reply.answer.key,
        "processing_ms": reply.processing_ms,
        "input_tokens": reply.usage.input_tokens,
        "output_tokens": reply.usage.output_tokens,
        "cost_micros": reply.cost.micros,
        "currency": reply.cost.currency,
        "status": reply.status,
    }


class BudgetRecord(Record):
    """Of a day, of a project or of one of its users. `committed` is what is spent or reserved: see `budgets`."""

    budget = UnicodeAttribute(hash_key=True)
    committed = IntegerAttribute(null=True)
    spent = IntegerAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live

    def to_spending(self) -> Spending:
        spent = self.spent or 0
        return Spending(spent, (self.committed or 0) - spent)
