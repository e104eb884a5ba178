"""Blocks: from whom users want no messages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Block:
    user_id: str
    blocked_at: datetime


@dataclass(frozen=True, slots=True)
class BlockPage:
    items: Sequence[Block]
    after: str | None


class Blocks(Protocol):
    """Every method raises Unavailable."""

    def block(self, user_id: str, blocked_id: str, now: datetime) -> None: ...

    def unblock(self, user_id: str, blocked_id: str) -> None: ...

    def blocked(self, user_id: str, after: str | None, limit: int) -> BlockPage:
        """Whom the user has blocked, by their ids."""
        ...

    def blocking(self, sender_id: str, user_ids: Collection[str]) -> frozenset[str]:
        """Those of the users who have blocked the sender."""
        ...
