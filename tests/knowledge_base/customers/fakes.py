"""What is read and noted of customers, in memory."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from knowledge_base.customers.domain.interactions import Interaction
from knowledge_base.customers.domain.records import Records
from knowledge_base.customers.domain.versions import Version
from shared.json.encoding import rfc3339

_TOKENS = count()


class FakeVersions:
    def __init__(self) -> None:
        self.by_user = dict[str, Version]()
        self.reads = 0

    def find(self, user_id: str) -> Version | None:
        self.reads += 1
        return self.by_user.get(user_id)

    def touch(self, user_ids: Collection[str], now: datetime) -> None:
        for user_id in user_ids:
            self.by_user[user_id] = Version(str(next(_TOKENS)), now)


class FakeInteractions:
    """`erased` are those of whom nothing is noted any more."""

    def __init__(self, versions: FakeVersions, kept_for: timedelta = timedelta(days=365)) -> None:
        self.versions, self.kept_for = versions, kept_for
        self.by_key = dict[tuple[str, str], Interaction]()
        self.erased = set[str]()
        self.reads = 0

    def note(self, interaction: Interaction, now: datetime) -> bool:
        key = interaction.user_id, interaction.interaction_id
        if key in self.by_key or interaction.user_id in self.erased:
            return False
        self.by_key[key] = interaction
        self.versions.touch([interaction.user_id], now)
        return True

    def feel(self, interaction: Interaction, sentiment: float, now: datetime) -> bool:
        key = interaction.user_id, interaction.interaction_id
        if key not in self.by_key:
            return False
        self.by_key[key] = replace(self.by_key[key], sentiment=sentiment)
        self.versions.touch([interaction.user_id], now)
        return True

    def newest(self, user_id: str, limit: int, now: datetime) -> tuple[Interaction, ...]:
        self.reads += 1
        alive = rfc3339(now - self.kept_for)
        found = sorted(key for key in self.by_key if key[0] == user_id and key[1] > alive)
        return tuple(self.by_key[key] for key in reversed(found))[:limit]

    def erase(self, user_id: str, _: datetime) -> bool:
        self.by_key = {key: each for key, each in self.by_key.items() if key[0] != user_id}
        return True


class FakeRecords:
    """`meanwhile` happens while the database reads: it may raise."""

    def __init__(self, meanwhile: Callable[[], object] = bool) -> None:
        self.by_user = dict[str, Records]()
        self.meanwhile = meanwhile
        self.reads = 0

    def find(self, user_id: str, newest: int) -> Records:
        self.reads += 1
        found = self.by_user.get(user_id, Records(None))
        self.meanwhile()
        return replace(found, orders=found.orders[:newest], donations=found.donations[:newest])


class FakeSentiments:
    """What a text sounds like, by its words; that of others is unclear."""

    def __init__(self, **by_text: float) -> None:
        self.by_text = by_text
        self.error: Exception | None = None

    def of(self, text: str) -> float | None:
        if self.error:
            raise self.error
        return self.by_text.get(text)
