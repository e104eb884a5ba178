"""What the agent has learned of a supporter, in DynamoDB."""

from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute

from personalization.memory.domain.context import FactKind, Forgotten, Origin, SupporterContext
from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.adapters.supporters import supporter_of
from personalization.supporters.domain.supporter import Supporter
from shared.dynamodb.attributes import DocumentsAttribute, IntegerAttribute, MomentAttribute, TextsAttribute
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, Record, put_many, select
from shared.errors import VersionConflict
from shared.json.encoding import moment, rfc3339


class ContextRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    version = IntegerAttribute(range_key=True)
    interests = TextsAttribute()
    intents = TextsAttribute()
    facts = TextsAttribute()
    updated_at = MomentAttribute(attr_name="updatedAt")
    origins = DocumentsAttribute(null=True)
    forgotten = DocumentsAttribute(null=True)

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
            origins=[_origin_document(each) for each in context.origins] or None,
            forgotten=[{"digests": sorted(each.digests), "at": rfc3339(each.at)} for each in context.forgotten] or None,
        )

    def to_context(self) -> SupporterContext:
        return SupporterContext(
            version=self.version,
            interests=self.interests,
            intents=self.intents,
            facts=self.facts,
            updated_at=self.updated_at,
            origins=tuple(map(_origin, self.origins or ())),
            forgotten=tuple(Forgotten(frozenset(each["digests"]), moment(each["at"])) for each in self.forgotten or ()),
        )

    @property
    def is_empty(self) -> bool:
        return not (self.interests or self.intents or self.facts or self.origins or self.forgotten)


def _origin_document(origin: Origin) -> dict[str, Any]:
    return {
        "kind": origin.kind.value,
        "value": origin.value,
        "learnedAt": rfc3339(origin.learned_at),
        "sessionId": origin.session_id,
        "interactionId": origin.interaction_id,
    }


def _origin(document: dict[str, Any]) -> Origin:
    return Origin(
        FactKind(document["kind"]),
        document["value"],
        moment(document["learnedAt"]),
        document["sessionId"],
        document["interactionId"],
    )


def latest_context(contexts: type[ContextRecord], user_id: str) -> SupporterContext:
    """One Query of one row."""
    newest = select(contexts, user_id, newest_first=True, limit=1)
    return newest[0].to_context() if newest else SupporterContext()


class DynamoContexts:
    """Reads the Users table; reads and writes the Context table."""

    def __init__(self, users_table: str, context_table: str) -> None:
        self._users, self._contexts = SupporterRecord.at(users_table), ContextRecord.at(context_table)

    def read(self, user_id: str) -> tuple[Supporter | None, SupporterContext]:
        """A GetItem and a Query in one round."""
        context = readers().submit(latest_context, self._contexts, user_id)
        supporter = supporter_of(self._users, user_id)
        return supporter, context.result()

    def latest(self, user_id: str) -> SupporterContext:
        return latest_context(self._contexts, user_id)

    def add(self, user_id: str, context: SupporterContext) -> None:
        """One conditional put."""
        try:
            self._contexts.of(user_id, context).put(ContextRecord.version.does_not_exist())
        except ConditionFailed as error:
            raise VersionConflict from error

    def empty_before(self, user_id: str, version: int) -> None:
        """A Query of all of them, and a BatchWriteItem for each 25 that are not empty yet."""
        older = select(self._contexts, user_id, ContextRecord.version < version)
        put_many(self._contexts, (self._emptied(record) for record in older if not record.is_empty))

    def _emptied(self, record: ContextRecord) -> ContextRecord:
        return self._contexts(
            record.user_id, record.version, interests=(), intents=(), facts=(), updated_at=record.updated_at
        )
