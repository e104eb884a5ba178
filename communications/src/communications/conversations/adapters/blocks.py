"""Whom users have blocked, in DynamoDB."""

from collections.abc import Collection
from datetime import datetime

from communications.conversations.adapters.records import BlockRecord
from communications.conversations.domain.blocks import Block, BlockPage
from shared.dynamodb.records import select


class DynamoBlocks:
    def __init__(self, blocks_table: str) -> None:
        self._blocks = BlockRecord.at(blocks_table)

    def block(self, user_id: str, blocked_id: str, now: datetime) -> None:
        """One put."""
        self._blocks(user_id, blocked_id, created_at=now).put()

    def unblock(self, user_id: str, blocked_id: str) -> None:
        """One delete."""
        self._blocks(user_id, blocked_id).remove()

    def blocked(self, user_id: str, after: str | None, limit: int) -> BlockPage:
        """One consistent Query."""
        found = select(self._blocks, user_id, BlockRecord.blocked_id > after if after else None, limit=limit + 1)
        items = [Block(record.blocked_id, record.created_at) for record in found[:limit]]
        return BlockPage(items, items[-1].user_id if len(found) > limit else None)

    def blocking(self, sender_id: str, user_ids: Collection[str]) -> frozenset[str]:
        """One consistent BatchGetItem."""
        found = self._blocks.find_many([(user_id, sender_id) for user_id in user_ids]) if user_ids else []
        return frozenset(record.user_id for record in found)
