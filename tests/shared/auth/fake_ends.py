"""Ends of access in memory."""

from datetime import datetime
from functools import cache
from types import SimpleNamespace

from shared.auth.access import Access
from shared.aws.effects import wait_for_decision
from shared.aws.threads import Threads


class FakeEnds:
    def __init__(self) -> None:
        self.ends: dict[str, datetime] = {}
        self.reads = 0

    def ended_at(self, user_id: str, _: datetime) -> datetime | None:
        self.reads += 1
        return self.ends.get(user_id)

    def end(self, user_id: str, at: datetime) -> bool:
        self.ends[user_id] = max(at, self.ends.get(user_id, at))
        return self.ends[user_id] == at


def effect() -> None:
    """What a fake calls before it changes anything, as AWS's clients do."""
    wait_for_decision(SimpleNamespace(name="PutItem"))


@cache
def _threads() -> Threads:
    return Threads(2, thread_name_prefix="test")


def access_of(ends: FakeEnds | None = None) -> Access:
    """Without `ends`, nobody's access has ended."""
    return Access(ends or FakeEnds(), _threads())
