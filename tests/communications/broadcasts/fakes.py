"""Broadcasts and their queue in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from communications.broadcasts.domain.broadcasts import BROADCAST, Broadcast, BroadcastPage, BroadcastState
from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork
from tests.shared.persistence.fake_transactions import step


class FakeBroadcasts:
    def __init__(self) -> None:
        self.by_id: dict[str, Broadcast] = {}

    def add(self, broadcast: Broadcast, unit_of_work: UnitOfWork) -> None:
        key = broadcast.broadcast_id
        step(BROADCAST, lambda: key not in self.by_id, lambda: self.by_id.update({key: broadcast}))(unit_of_work)

    def find(self, broadcast_id: str) -> Broadcast | None:
        return self.by_id.get(broadcast_id)

    def listed(self, after: str | None, limit: int) -> BroadcastPage:
        found = sorted((key for key in self.by_id if after is None or key < after), reverse=True)
        items = tuple(self.by_id[key] for key in found[:limit])
        return BroadcastPage(items, found[limit - 1] if len(found) > limit else None)

    def turn(self, broadcast: Broadcast) -> Broadcast | None:
        current = self.by_id[broadcast.broadcast_id]
        if current.page != broadcast.page - 1:
            return None
        turned = replace(broadcast, state=current.state, ended_at=current.ended_at)
        self.by_id[broadcast.broadcast_id] = turned
        return turned

    def end(self, broadcast_id: str, state: BroadcastState, now: datetime) -> Broadcast | None:
        current = self.by_id.get(broadcast_id)
        if current is None or current.state is not BroadcastState.RUNNING:
            return None
        self.by_id[broadcast_id] = replace(current, state=state, ended_at=now)
        return self.by_id[broadcast_id]


@dataclass
class FakePages:
    """The messages, with how long each is held back; `fails` so many times."""

    messages: list[tuple[str, int, int]] = field(default_factory=list)
    fails: int = 0

    def put(self, broadcast_id: str, page: int, delay_seconds: int = 0) -> None:
        if self.fails:
            self.fails -= 1
            raise Unavailable("Busy.")
        self.messages.append((broadcast_id, page, delay_seconds))
