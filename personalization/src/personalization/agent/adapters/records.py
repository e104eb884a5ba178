"""Sessions and interactions as their tables have them."""

from typing import Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, IncludeProjection, LocalSecondaryIndex

from personalization.agent.domain.conversation import Conversation, Interaction, Session, SourceItem, Turn
from personalization.agent.domain.facts import Fact
from shared.dynamodb.attributes import (
    DocumentsAttribute,
    IntegerAttribute,
    MomentAttribute,
    SecondsAttribute,
)
from shared.dynamodb.records import Record
from shared.json.encoding import moment, rfc3339
from shared.models.model import Usage


class SessionRecord(Record):
    session_id = UnicodeAttribute(hash_key=True, attr_name="sessionId")
    user_id = UnicodeAttribute(attr_name="userId")
    since = MomentAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(session.session_id, user_id=session.user_id, since=session.since, expires_at=session.expires_at)

    def to_session(self) -> Session:
        return Session(self.session_id, self.user_id, self.since, self.expires_at)


class TurnsOfSessions(LocalSecondaryIndex["InteractionRecord"]):
    """A supporter's turns by session; a local index, because only local indexes can be read consistently."""

    class Meta:
        index_name = "BySession"
        projection = IncludeProjection(["input", "content"])

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    turn = UnicodeAttribute(range_key=True)


class InteractionRecord(Record):
    """`timestamp` is the time and the interaction's id: two turns of one millisecond are two rows.

    `turn` is the session's id and the timestamp.
    """

    by_session = TurnsOfSessions()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    timestamp = UnicodeAttribute(range_key=True)
    interaction_id = UnicodeAttribute(attr_name="interactionId")
    requested_by = UnicodeAttribute(attr_name="requestedBy")
    session_id = UnicodeAttribute(attr_name="sessionId")
    turn = UnicodeAttribute()
    input = UnicodeAttribute()
    content = UnicodeAttribute()
    basis = DocumentsAttribute()
    sources = DocumentsAttribute(null=True)
    context_version = IntegerAttribute(attr_name="contextVersion")
    status = UnicodeAttribute()
    input_tokens = IntegerAttribute(null=True, attr_name="inputTokens")
    output_tokens = IntegerAttribute(null=True, attr_name="outputTokens")

    @classmethod
    def of(cls, interaction: Interaction) -> Self:
        usage = interaction.usage
        timestamp = f"{rfc3339(interaction.occurred_at)}#{interaction.interaction_id}"
        return cls(
            interaction.user_id,
            timestamp,
            interaction_id=interaction.interaction_id,
            requested_by=interaction.requested_by,
            session_id=interaction.session_id,
            turn=f"{turns_of(interaction.session_id)}{timestamp}",
            input=interaction.input,
            content=interaction.content,
            basis=[{"fact": fact.name, "value": fact.value} for fact in interaction.basis],
            sources=[
                {"contentId": each.content_id, "title": each.title, "url": each.url} for each in interaction.sources
            ]
            or None,
            context_version=interaction.context_version,
            status=interaction.status,
            input_tokens=usage.input_tokens if usage else None,
            output_tokens=usage.output_tokens if usage else None,
        )

    def to_turn(self) -> Turn:
        return Turn(self.input, self.content)

    def to_interaction(self) -> Interaction:
        has_usage = self.input_tokens is not None and self.output_tokens is not None
        return Interaction(
            interaction_id=self.interaction_id,
            user_id=self.user_id,
            requested_by=self.requested_by,
            session_id=self.session_id,
            occurred_at=moment(self.timestamp.partition("#")[0]),
            input=self.input,
            content=self.content,
            basis=tuple(Fact(each["fact"], each["value"]) for each in self.basis),
            context_version=self.context_version,
            usage=Usage(self.input_tokens, self.output_tokens) if has_usage else None,
            status=self.status,  # type: ignore[arg-type]  # nothing else is written
            sources=tuple(SourceItem(each["contentId"], each["title"], each["url"]) for each in self.sources or ()),
        )


class ConversationsByLastTurn(LocalSecondaryIndex["ConversationRecord"]):
    """A supporter's conversations by time; a local index, because only local indexes can be read consistently."""

    class Meta:
        index_name = "ByLastTurn"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    last_turn = UnicodeAttribute(range_key=True, attr_name="lastTurn")


ALL = "*"
"""In the place of a session's id, which cannot be this: that all conversations were deleted."""


class ConversationRecord(Record):
    """A conversation, or what stays of one that was deleted: that it was, for a day.

    `last_turn` is the time of its last turn and the session's id: it stands in the index as long as it has one.
    """

    by_last_turn = ConversationsByLastTurn()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    session_id = UnicodeAttribute(range_key=True, attr_name="sessionId")
    title = UnicodeAttribute(null=True)
    started_at = MomentAttribute(null=True, attr_name="startedAt")
    last_turn = UnicodeAttribute(null=True, attr_name="lastTurn")
    turns = IntegerAttribute(null=True)
    deleted_at = MomentAttribute(null=True, attr_name="deletedAt")
    expires_at = SecondsAttribute(null=True, attr_name="expiresAt")  # the table's time to live

    def to_conversation(self) -> Conversation:
        last_at = moment(self.last_turn.partition("#")[0])
        return Conversation(self.session_id, self.title, self.started_at, last_at, self.turns)


def last_turn_of(interaction: Interaction) -> str:
    return f"{rfc3339(interaction.occurred_at)}#{interaction.session_id}"


def turns_of(session_id: str) -> str:
    """What `turn` begins with in a session."""
    return f"{session_id}#"
