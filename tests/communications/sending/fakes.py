"""The outbox in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from communications.sending.domain.outbox import OutboxRow, SendState
from shared.errors import VersionConflict
from shared.persistence.unit_of_work import UnitOfWork
from tests.shared.persistence.fake_transactions import LOCK, step


class FakeOutbox:
    def __init__(self, *rows: OutboxRow) -> None:
        self.by_id = {row.outbox_id: row for row in rows}

    def add(self, row: OutboxRow, unit_of_work: UnitOfWork) -> None:
        step(row.outbox_id, lambda: row.outbox_id not in self.by_id, lambda: self._write(row))(unit_of_work)

    def find(self, outbox_id: str) -> OutboxRow | None:
        return self.by_id.get(outbox_id)

    def save(self, row: OutboxRow, unit_of_work: UnitOfWork | None = None) -> OutboxRow:
        saved = replace(row, version=row.version + 1)

        def is_as_read() -> bool:
            current = self.by_id.get(row.outbox_id)
            return current is not None and current.version == row.version

        if unit_of_work is not None:
            step(row.outbox_id, is_as_read, lambda: self._write(saved))(unit_of_work)
            return saved
        with LOCK:
            if not is_as_read():
                raise VersionConflict("outbox row")
            self._write(saved)
        return saved

    def due(self, state: SendState, now: datetime, limit: int) -> Sequence[str]:
        rows = [row for row in self.by_id.values() if row.state is state and row.is_open and row.due_at <= now]
        return [row.outbox_id for row in sorted(rows, key=lambda row: row.due_at)][:limit]

    def of_user(self, user_id: str) -> Sequence[str]:
        rows = [row for row in self.by_id.values() if row.user_id == user_id]
        return [row.outbox_id for row in sorted(rows, key=lambda row: row.created_at)]

    def _write(self, row: OutboxRow) -> None:
        self.by_id[row.outbox_id] = row
