"""People who have consented, and a broadcast to them."""

from dataclasses import replace
from datetime import datetime

from communications.audience.domain.audience import Member
from communications.broadcasts.domain.broadcasting import Broadcasting
from communications.broadcasts.domain.broadcasts import Broadcast, Segment, Wanted
from communications.notifications.domain.notifying import Notifying
from communications.notifications.domain.reaching import Reaching
from communications.notifications.domain.types import MARKETING, Channel
from communications.users.domain.users import Settings, User
from tests.communications.audience.fakes import FakeAudience
from tests.communications.broadcasts.fakes import FakeBroadcasts, FakePages
from tests.communications.notifications.world import ANA, NOON, World
from tests.communications.sending.fakes import FakeDevices, FakeSuppressions
from tests.shared.persistence.fake_transactions import FakeTransaction

WANTED = Wanted("Spring appeal", "We are opening a second kitchen.", Segment(), frozenset({Channel.EMAIL}))
RATE = 10


class Campaign:
    """`people` are u00, u01 and so on."""

    def __init__(self, people: int = 0) -> None:
        self.world, self.broadcasts, self.pages = World(), FakeBroadcasts(), FakePages()
        self.audience, self.suppressions = FakeAudience(), FakeSuppressions()
        for number in range(people):
            self.join(f"u{number:02}")

    @property
    def notifying(self) -> Notifying:
        reach = Reaching(self.suppressions, FakeDevices(), self.audience)
        return replace(self.world.notifying, reach=reach)

    @property
    def broadcasting(self) -> Broadcasting:
        return Broadcasting(broadcasts=self.broadcasts, audience=self.audience, notifying=self.notifying)

    def join(self, user_id: str, settings: Settings | None = None, interests: tuple[str, ...] = ()) -> None:
        self.world.users.add(_person(user_id, settings or Settings()))
        self.audience.put(Member.of(user_id, [MARKETING], interests, 1))

    def start(self, wanted: Wanted = WANTED, at: datetime = NOON) -> str:
        broadcast = wanted.begun("b1", "sam", at)
        self.broadcasting.add(broadcast, lambda _: None, FakeTransaction())
        self.pages.put("b1", 0)
        return "b1"

    def work(self, now: datetime = NOON) -> str:
        """On the oldest message."""
        broadcast_id, page, _ = self.pages.messages.pop(0)
        return self.broadcasting.do_page(broadcast_id, page, self.pages, RATE, now)

    def work_until_done(self, now: datetime = NOON) -> None:
        while self.pages.messages:
            self.work(now)

    @property
    def broadcast(self) -> Broadcast:
        return self.broadcasts.by_id["b1"]

    def mailed(self) -> list[str]:
        """Whoever a mail goes to, as often as it does."""
        return sorted(row.user_id for row in self.world.rows(Channel.EMAIL))


def _person(user_id: str, settings: Settings) -> User:
    phone = f"+447700{int.from_bytes(user_id.encode()) % 1_000_000:06}"  # each has another
    return replace(ANA, user_id=user_id, email=f"{user_id}@example.org", phone=phone, settings=settings)
