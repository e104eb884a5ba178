"""Everything of conversations in memory, with streams that a test carries on itself."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from communications.conversations.answers import sent_message
from communications.conversations.domain.changing import Changing
from communications.conversations.domain.fan_out import FanOut
from communications.conversations.domain.messages import Message
from communications.conversations.domain.reading import Listing, MessagePage, Reading
from communications.conversations.domain.receipts import Receipts
from communications.conversations.domain.reports import Moderation
from communications.conversations.domain.sending import Draft, Sending
from shared.auth.callers import Caller
from shared.idempotency.claims import Claim
from tests.communications.conversations.fakes import (
    FakeBlocks,
    FakeConversations,
    FakeMessages,
    FakePeople,
    FakeReports,
    FakeStaff,
)
from tests.communications.examples import NOW
from tests.communications.inbox.fakes import FakeInbox
from tests.shared.boundaries import Boundaries, Observed
from tests.shared.first_answers import RecordsInTransactions
from tests.shared.persistence.fake_transactions import FakeTransaction

ADA, BOB, EVE, PRIYA, TOM = "ada", "bob", "eve", "priya", "tom"
STAFF = Caller(PRIYA, frozenset({"staff"}))


class AtOnce(Executor):
    """Does what it is given when it gets it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  as an executor does
            future.set_exception(error)
        return future


@dataclass
class PostOffice:
    messages: Any = field(default_factory=FakeMessages)
    conversations: Any = field(default_factory=FakeConversations)
    blocks: Any = field(default_factory=FakeBlocks)
    reports: FakeReports = field(default_factory=FakeReports)
    inbox: Any = field(default_factory=FakeInbox)
    first_answers: RecordsInTransactions = field(default_factory=RecordsInTransactions)
    staff: FakeStaff = field(default_factory=lambda: FakeStaff(PRIYA, TOM))
    people: FakePeople = field(
        default_factory=lambda: FakePeople(
            ada="Ada Lovelace", bob="Bob Hope", eve="Eve Moneypenny", priya="Priya Nair", tom="Tom Major"
        )
    )

    boundaries: Boundaries | None = None

    def __post_init__(self) -> None:
        messages, conversations, blocks, inbox = map(self._port, ("messages", "conversations", "blocks", "inbox"))
        reports, people, answers = self.reports, self.people, self.first_answers
        self.sending = Sending(conversations, messages, people, self.staff, inbox, answers)
        self.fan_out = FanOut(conversations, messages, people, blocks, inbox, AtOnce())
        self.reading = Reading(conversations, messages)
        self.listing = Listing(conversations, messages, people, inbox)
        self.receipts = Receipts(conversations, messages, inbox)
        self.changing = Changing(conversations, messages, inbox)
        self.moderation = Moderation(
            reports, conversations, messages, self.reading, self.changing, answers, FakeTransaction
        )

    def _port(self, name: str) -> Any:
        """With boundaries, each of its calls is a point."""
        port = getattr(self, name)
        return Observed(port, name, self.boundaries) if self.boundaries else port

    def send(
        self, caller: Caller, content: str, *to: str, conversation_id: str | None = None, claim: Claim | None = None
    ) -> Any:
        draft = Draft(content, to or None, conversation_id)
        return self.sending.send(caller, draft, claim, NOW, sent_message)

    def carry_on(self) -> None:
        """What the streams start, until nothing is left to be done."""
        copies, memberships = 0, 0
        while copies < len(self.messages.log) or memberships < len(self.conversations.log):
            for copy in self.messages.log[copies:]:
                copies += 1
                self.deliver(copy)
            for before, after in self.conversations.log[memberships:]:
                memberships += 1
                if after.read_up_to > (before.read_up_to if before else 0):
                    self.receipts.announce(after, before.read_up_to if before else 0, NOW)

    def deliver(self, copy: Message) -> None:
        if copy.recipients:
            self.fan_out.deliver(copy, NOW)

    def thread(self, user_id: str, conversation_id: str, limit: int = 100) -> MessagePage:
        return self.reading.page(user_id, conversation_id, None, None, limit)

    def contents(self, user_id: str, conversation_id: str) -> list[str]:
        return [message.content for message in reversed(self.thread(user_id, conversation_id).items)]

    def frames(self, user_id: str) -> list[dict[str, Any]]:
        return [dict(entry.frame) for entry in self.inbox.since(user_id, 0, 1_000, NOW)]
