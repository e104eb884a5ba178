"""The outbox, suppressed addresses, destinations and providers in memory."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from communications.sending.domain.devices import Device, Platform, PushOff
from communications.sending.domain.outbox import LOOKED_AFTER, OutboxRow, SendState
from communications.sending.domain.redriving import REDRIVE, Redrive, RedrivePage
from communications.sending.domain.sending import Destination
from communications.sending.domain.suppressions import COUNTED_FOR, Suppression
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

    def note_published(self, outbox_ids: Sequence[str], now: datetime) -> None:
        for outbox_id in outbox_ids:
            with LOCK:
                row = self.by_id.get(outbox_id)
                if row and row.is_due(now):
                    self._write(replace(row, due_at=now + LOOKED_AFTER, version=row.version + 1))

    def of_user(self, user_id: str, limit: int) -> Sequence[str]:
        rows = [row for row in self.by_id.values() if row.user_id == user_id]
        newest_first = sorted(rows, key=lambda row: row.created_at, reverse=True)
        return [row.outbox_id for row in newest_first[:limit]]

    def _write(self, row: OutboxRow) -> None:
        self.by_id[row.outbox_id] = row


class FakeRedrives:
    def __init__(self) -> None:
        self.by_id: dict[str, Redrive] = {}

    def add(self, redrive: Redrive, unit_of_work: UnitOfWork) -> None:
        key = redrive.redrive_id
        step(REDRIVE, lambda: key not in self.by_id, lambda: self.by_id.update({key: redrive}))(unit_of_work)

    def listed(self, after: str | None, limit: int) -> RedrivePage:
        found = sorted((key for key in self.by_id if after is None or key < after), reverse=True)
        items = tuple(self.by_id[key] for key in found[:limit])
        return RedrivePage(items, found[limit - 1] if len(found) > limit else None)


class FakeSuppressions:
    def __init__(self) -> None:
        self.by_key: dict[str, Suppression] = {}
        self._bounces: dict[str, dict[str, datetime]] = {}

    def find(self, keys: Collection[str]) -> dict[str, Suppression]:
        return {key: self.by_key[key] for key in keys if key in self.by_key}

    def add(self, suppression: Suppression) -> None:
        earlier = self.by_key.get(suppression.key)
        if earlier is None or earlier.until is not None or suppression.until is None:
            self.by_key[suppression.key] = suppression

    def remove(self, key: str) -> None:
        self.by_key.pop(key, None)

    def take_back(self, suppression: Suppression) -> bool:
        if self.by_key.get(suppression.key) != suppression:
            return False
        self.remove(suppression.key)
        return True

    def count_soft_bounce(self, key: str, bounce_id: str, now: datetime) -> int:
        bounces = self._bounces.setdefault(key, {})
        bounces.setdefault(bounce_id, now)
        return sum(at > now - COUNTED_FOR for at in bounces.values())


class FakeDestinations:
    """`hindered` are those to which the provider would not deliver, and why."""

    def __init__(self, **of_users: Sequence[Destination]) -> None:
        self._of_users = {user_id: list(destinations) for user_id, destinations in of_users.items()}
        self.hindered: dict[str, str] = {}

    def of_user(self, user_id: str) -> Sequence[Destination]:
        return list(self._of_users.get(user_id, ()))

    def problem(self, destination: Destination) -> str | None:
        return self.hindered.get(destination.id)

    def forget(self, user_id: str, destination: Destination) -> None:
        self._of_users[user_id].remove(destination)


class FakeProvider:
    """Takes everything, except what the next outcomes say; notes what it has accepted."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.accepted: list[tuple[str, str]] = []
        self.addresses: list[str] = []

    def send(self, destination: Destination, row: OutboxRow) -> str:
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        self.accepted.append((row.outbox_id, destination.id))
        self.addresses.append(destination.address)
        return f"accepted-{len(self.accepted)}"


class FakeDevices:
    def __init__(self) -> None:
        self.by_id: dict[str, tuple[str, Device]] = {}

    def of_user(self, user_id: str) -> Sequence[Device]:
        devices = [device for owner, device in self.by_id.values() if owner == user_id]
        return sorted(devices, key=lambda device: device.registered_at, reverse=True)

    def add(self, user_id: str, device: Device) -> None:
        self.by_id[device.device_id] = (user_id, device)

    def remove(self, user_id: str, device_id: str) -> Device | None:
        owner, device = self.by_id.get(device_id, (None, None))
        if owner != user_id:
            return None
        del self.by_id[device_id]
        return device


class FakeEndpoints:
    """`off` are the platforms without an application."""

    def __init__(self, *off: Platform) -> None:
        self.off = off
        self.tokens: dict[str, str] = {}

    def create(self, platform: Platform, token: str) -> str:
        if platform in self.off:
            raise PushOff(platform)
        self.tokens[f"arn:{token}"] = token
        return f"arn:{token}"

    def delete(self, endpoint_arn: str) -> None:
        self.tokens.pop(endpoint_arn, None)
