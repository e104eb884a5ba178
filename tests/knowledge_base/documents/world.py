"""The function that follows the bucket, with its queue, in simulated time."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from knowledge_base.documents.domain.documents import Document
from knowledge_base.documents.domain.following import Following
from knowledge_base.documents.domain.library import Library
from knowledge_base.documents.domain.requesting import Requesting
from knowledge_base.documents.domain.syncing import Outcome, Syncing
from shared.errors import Unavailable
from shared.ids import new_id
from tests.knowledge_base.documents.fakes import FakeDocuments, FakeFiles, FakeKnowledgeBase, FakeMessages, FakeSyncs
from tests.shared.boundaries import Boundaries, Killed, Observed

NOW = datetime(2026, 11, 30, 9, 0, 0, 123456, UTC)
STUCK_AFTER = timedelta(hours=2)
VISIBILITY = timedelta(minutes=6)


class World:
    def __init__(self, boundaries: Boundaries | None = None) -> None:
        self.now = NOW
        self.boundaries = boundaries or Boundaries()
        self.messages = FakeMessages(self.clock)
        self.files = FakeFiles(self.messages.follow)
        self.documents, self.syncs = FakeDocuments(), FakeSyncs()
        self.base = FakeKnowledgeBase(self.clock, self.files)
        self.outcomes: list[Outcome] = []
        documents, syncs, files = map(self._observed, (self.documents, self.syncs, self.files))
        base, messages = self._observed(self.base), self._observed(self.messages)
        self.requesting = Requesting(syncs, messages)
        following = Following(documents, files, base)
        self.syncing = Syncing(syncs, self.requesting, following, base, messages, STUCK_AFTER)
        self.library = Library(documents, files, messages)

    def _observed(self, port: object) -> Any:
        return Observed(port, type(port).__name__, self.boundaries)

    def clock(self) -> datetime:
        return self.now

    def states(self) -> dict[str, str]:
        return {each.name: each.state.value for each in self.listed()}

    def listed(self) -> Sequence[Document]:
        return self.library.listed(None, None, 500).items

    def work(self, limit: int = 10) -> bool:
        """Wait for the next messages, and handle up to `limit` that are due. False if there are none."""
        if not self.messages.queue:
            return False
        self.messages.queue.sort(key=lambda message: message.due_at)
        self.now = max(self.now, self.messages.queue[0].due_at)
        self.base.pass_time()
        due = [message for message in self.messages.queue if message.due_at <= self.now][:limit]
        for message in due:
            self.messages.queue.remove(message)
        try:
            self.outcomes.append(self._handle([(message.sync_id, message.sent_at) for message in due]))
        except (Killed, Unavailable):
            # they are visible again once the time limit has passed
            self.messages.queue += [
                type(message)(message.sync_id, message.sent_at, self.now + VISIBILITY) for message in due
            ]
        return True

    def _handle(self, messages: list[tuple[str | None, datetime]]) -> Outcome:
        """As the handler does."""
        if any(sync_id is None for sync_id, _ in messages):
            self.syncing.follow(new_id(self.now), self.now)
        outcome = self.syncing.advance(self.now)
        for sync_id, sent_at in messages:
            if sync_id:
                self.syncing.look_after(sync_id, sent_at, self.now)
        return outcome

    def settle(self, limit: int = 2000) -> None:
        """Work until nothing is left to do."""
        for _ in range(limit):
            if not self.work():
                return
        raise AssertionError("it never ends")

    def delete(self, name: str) -> None:
        """Staff do, and do it again if it breaks off."""
        document = next(each for each in self.documents.all() if each.name == name)
        with suppress(Killed):
            self.library.delete(document.document_id, self.now)
            return
        self.library.delete(document.document_id, self.now)

    def shuffle(self, dice: random.Random) -> None:
        """Standard queues have no order, and deliver twice at times."""
        if self.messages.queue and dice.random() < 0.2:
            self.messages.queue.append(dice.choice(self.messages.queue))
        dice.shuffle(self.messages.queue)
