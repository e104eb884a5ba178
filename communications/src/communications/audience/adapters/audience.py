"""The audience in DynamoDB."""

import hashlib
from typing import Self

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition

from communications.audience.domain.audience import AudiencePage, Group, Member
from shared.dynamodb.attributes import IntegerAttribute
from shared.dynamodb.records import ConditionFailed, Record, select
from shared.text.words import folded

SHARDS = 8
"""Partitions, which share the writes of a campaign for consent; a page comes from one after another."""
_SEPARATOR = "#"


class MemberRecord(Record):
    shard = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True, attr_name="userId")
    consents = UnicodeSetAttribute(null=True)
    interests = UnicodeSetAttribute(null=True)
    version = IntegerAttribute()

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(
            _shard(member.user_id),
            member.user_id,
            consents=set(member.consents) or None,
            interests=set(member.interests) or None,
            version=member.version,
        )

    def to_member(self) -> Member:
        consents, interests = frozenset(self.consents or ()), frozenset(self.interests or ())
        return Member(self.user_id, consents, interests, self.version)


class DynamoAudience:
    """The Audience table. Positions are a shard and a user of it."""

    def __init__(self, audience_table: str) -> None:
        self._members = MemberRecord.at(audience_table)

    def put(self, member: Member) -> bool:
        """One PutItem. Who has consented to nothing keeps a row, so that what comes late does not bring them back."""
        is_later = MemberRecord.user_id.does_not_exist() | (MemberRecord.version < member.version)
        try:
            self._members.of(member).put(is_later)
        except ConditionFailed:
            return False
        return True

    def find(self, user_id: str) -> Member | None:
        """One consistent GetItem."""
        record = self._members.find(_shard(user_id), user_id)
        return record.to_member() if record else None

    def page(self, group: Group, after: str | None, limit: int) -> AudiencePage:
        """Consistent Queries of the shards from the position on, until there are enough."""
        first, _, last_seen = (after or f"0{_SEPARATOR}").partition(_SEPARATOR)
        found: list[MemberRecord] = []
        for shard in range(int(first), SHARDS):
            later = MemberRecord.user_id > last_seen if last_seen else None
            found += select(self._members, str(shard), later, limit=limit - len(found), where=_belongs_to(group))
            last_seen = ""
            if len(found) == limit:
                return AudiencePage(_ids(found), f"{shard}{_SEPARATOR}{found[-1].user_id}")
        return AudiencePage(_ids(found), None)


def _belongs_to(group: Group) -> Condition:
    consenting = MemberRecord.consents.contains(group.purpose)
    return consenting & MemberRecord.interests.contains(folded(group.interest)) if group.interest else consenting


def _ids(records: list[MemberRecord]) -> tuple[str, ...]:
    return tuple(record.user_id for record in records)


def _shard(user_id: str) -> str:
    return str(hashlib.sha256(user_id.encode()).digest()[0] % SHARDS)
