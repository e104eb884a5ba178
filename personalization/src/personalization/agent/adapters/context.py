"""What the agent has learned of a supporter, in DynamoDB."""

from typing import Self

from pynamodb.attributes import UnicodeAttribute

from personalization.agent.domain.context import SupporterContext
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute, TextsAttribute
from shared.dynamodb.records import Record, select


class ContextRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    version = IntegerAttribute(range_key=True)
    interests = TextsAttribute()
    intents = TextsAttribute()
    facts = TextsAttribute()
    updated_at = MomentAttribute(attr_name="updatedAt")

    @classmethod
    def of(cls, user_id: str, context: SupporterContext) -> Self:
        """Raises ValueError for the empty context, which is not stored."""
        return cls(
            user_id,
            context.version,
            interests=context.interests,
            intents=context.intents,
            facts=context.facts,
            updated_at=context.updated_at,
        )

    def to_context(self) -> SupporterContext:
        return SupporterContext(self.version, self.interests, self.intents, self.facts, self.updated_at)


def latest_context(contexts: type[ContextRecord], user_id: str) -> SupporterContext:
    """One Query of one row."""
    newest = select(contexts, user_id, newest_first=True, limit=1)
    return newest[0].to_context() if newest else SupporterContext()
