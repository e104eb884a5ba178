"""Broadcasts in DynamoDB."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from communications.broadcasts.adapters.records import ALL, BroadcastRecord, Newest
from communications.broadcasts.domain.broadcasts import BROADCAST, Broadcast, BroadcastPage, BroadcastState
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork


class DynamoBroadcasts:
    """The Broadcasts table."""

    def __init__(self, broadcasts_table: str) -> None:
        self._broadcasts = BroadcastRecord.at(broadcasts_table)

    def add(self, broadcast: Broadcast, unit_of_work: UnitOfWork) -> None:
        """A put of a transaction."""
        is_new = BroadcastRecord.broadcast_id.does_not_exist()
        Transaction.of(unit_of_work).save(BROADCAST, self._broadcasts.of(broadcast), is_new)

    def find(self, broadcast_id: str) -> Broadcast | None:
        """One consistent GetItem."""
        record = self._broadcasts.find(broadcast_id)
        return record.to_broadcast() if record else None

    def listed(self, after: str | None, limit: int) -> BroadcastPage:
        """One Query of an index, which follows the table within a second."""
        older = Newest.broadcast_id < after if after else None
        records = select(self._broadcasts.newest, ALL, older, newest_first=True, limit=limit + 1)
        items = tuple(record.to_broadcast() for record in records[:limit])
        return BroadcastPage(items, items[-1].broadcast_id if len(records) > limit else None)

    def turn(self, broadcast: Broadcast) -> Broadcast | None:
        """One conditional UpdateItem, which leaves the state as it is."""
        progress = BroadcastRecord.progress_of(broadcast)
        return self._changed(broadcast.broadcast_id, progress, BroadcastRecord.page == broadcast.page - 1)

    def end(self, broadcast_id: str, state: BroadcastState, now: datetime) -> Broadcast | None:
        """One conditional UpdateItem."""
        ended = [BroadcastRecord.state.set(state.value), BroadcastRecord.ended_at.set(now)]
        return self._changed(broadcast_id, ended, BroadcastRecord.state == BroadcastState.RUNNING.value)

    def _changed(self, broadcast_id: str, actions: Sequence[Action], condition: Condition) -> Broadcast | None:
        try:
            return self._broadcasts(broadcast_id).change(*actions, condition=condition).to_broadcast()
        except ConditionFailed:
            return None
