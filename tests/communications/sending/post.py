"""The way of a row from the outbox to a provider, in one process: stream, topic, queues, senders, sweep, events."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from communications.sending.domain.feedback import MailEvent, MailReports, Report
from communications.sending.domain.outbox import Channel, Outbox, OutboxRow, SendState, channel_of
from communications.sending.domain.publishing import Sweep, is_to_publish
from communications.sending.domain.sending import Destination, Sender
from shared.errors import AlmonerError
from tests.communications.sending.examples import NOW
from tests.communications.sending.fakes import FakeDestinations, FakeOutbox, FakeProvider, FakeSuppressions
from tests.shared.boundaries import Boundaries, Killed, Observed
from tests.shared.persistence.fake_transactions import FakeTransaction

RECEIVES = 5
DESTINATIONS = {
    Channel.EMAIL: [Destination("email", "ada@example.org")],
    Channel.SMS: [Destination("sms", "+447700900123")],
    Channel.PUSH: [Destination("phone", "arn:phone"), Destination("tablet", "arn:tablet")],
}


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class StreamedOutbox(FakeOutbox):
    """With the table's stream."""

    def __init__(self) -> None:
        super().__init__()
        self.stream: deque[tuple[OutboxRow | None, OutboxRow]] = deque()

    def _write(self, row: OutboxRow) -> None:
        self.stream.append((self.by_id.get(row.outbox_id), row))
        super()._write(row)


@dataclass
class Message:
    outbox_id: str
    receives: int = 0


@dataclass
class Queues:
    """The topic with a queue for each channel, and their dead letters."""

    of: dict[Channel, deque[Message]] = field(default_factory=lambda: {channel: deque() for channel in Channel})
    dead: list[Message] = field(default_factory=list)

    def publish(self, outbox_ids: Sequence[str]) -> Sequence[int]:
        for outbox_id in outbox_ids:
            self.of[channel_of(outbox_id)].append(Message(outbox_id))
        return []

    def receive(self, channel: Channel) -> Message | None:
        return self.of[channel][0] if self.of[channel] else None

    def delete(self, channel: Channel, message: Message) -> None:
        self.of[channel].remove(message)


class Post:
    """Whatever happens at one point of it, everything else goes on, again and again, until nothing is left to do.

    `twice`: all that is delivered at least once is delivered twice.
    """

    def __init__(self, boundaries: Boundaries | None = None, *, twice: bool = False) -> None:
        self.boundaries = boundaries or Boundaries()
        self.clock, self.twice = Clock(), twice
        self.outbox, self.queues, self.suppressions = StreamedOutbox(), Queues(), FakeSuppressions()
        self.providers = {channel: FakeProvider() for channel in Channel}
        self.reported = 0
        self._observed: Outbox = self._observe(self.outbox, "outbox")
        self._publisher: Queues = self._observe(self.queues, "queues")
        self.senders = {channel: self._sender(channel) for channel in Channel}
        self.sweep = Sweep(self._observed, self._publisher)

    def decide(self, *rows: OutboxRow) -> None:
        """Write rows as a decision does."""
        work = FakeTransaction()
        for row in rows:
            self.outbox.add(row, work)
        work.commit()

    def run(self) -> None:
        """For as long as rows, messages and the sweep may have something to do."""
        for _ in range(40):
            self._attempt(self.stream)
            for channel in Channel:
                for _ in range(2 * len(self.queues.of[channel])):
                    self._attempt(self.deliver, channel)
            self._attempt(self.report)
            self._attempt(self.sweep.run, self.clock.now)
            if self._is_quiet():
                return
            self.clock.now += timedelta(minutes=1)
        raise AssertionError("it never ends")

    def stream(self) -> None:
        """The function that publishes what is due; a batch that fails comes again."""
        batch = list(self.outbox.stream)
        due = [new.outbox_id for old, new in batch if is_to_publish(old, new, self.clock.now)]
        for _ in range(2 if self.twice else 1):
            if due:
                self._publisher.publish(due)
        for _ in batch:
            self.outbox.stream.popleft()

    def deliver(self, channel: Channel) -> None:
        message = self._publisher.receive(channel)
        if message is None:
            return
        message.receives += 1
        if message.receives > RECEIVES:
            self.queues.delete(channel, message)
            self.queues.dead.append(message)
            return
        for _ in range(2 if self.twice else 1):
            self.senders[channel].send(message.outbox_id)
        self._publisher.delete(channel, message)

    def report(self) -> None:
        """What the mail provider has accepted, it reports, twice."""
        reports = MailReports(self._observed, self.suppressions)
        accepted = self.providers[Channel.EMAIL].accepted
        while self.reported < len(accepted):
            outbox_id, _ = accepted[self.reported]
            event = MailEvent("1", Report.ACCEPTED, outbox_id, "id", ("ada@example.org",), self.clock.now)
            for _ in range(2):
                reports.note(event)
            self.reported += 1

    def accepted(self, outbox_id: str, destination_id: str) -> int:
        return self.providers[channel_of(outbox_id)].accepted.count((outbox_id, destination_id))

    def require_sound(self, *, may_be_cancelled: bool = False) -> None:
        """None lost, none accepted twice. What nobody can know is `unknown`, and people are called."""
        for row in self.outbox.by_id.values():
            accepted = [self.accepted(row.outbox_id, each.id) for each in DESTINATIONS[row.channel]]
            assert max(accepted) <= 1, f"{row.outbox_id} was accepted twice"
            match row.state:
                case SendState.SENT:
                    assert min(accepted) == 1, f"{row.outbox_id} is sent, and was never accepted"
                case SendState.UNKNOWN:
                    assert row.due_at <= self.clock.now
                    mail_is_settled = row.channel is not Channel.EMAIL or max(accepted) == 0
                    assert mail_is_settled, "the provider has reported it"
                case SendState.CANCELLED:
                    assert may_be_cancelled
                    assert max(accepted) == 0
                case _:
                    raise AssertionError(f"{row.outbox_id} is {row.state}")
        assert not self.queues.dead

    def _is_quiet(self) -> bool:
        waits = any(row.is_open and row.state is not SendState.UNKNOWN for row in self.outbox.by_id.values())
        return not (waits or self.outbox.stream or any(self.queues.of.values()))

    def _attempt(self, work: Callable[..., object], *arguments: object) -> None:
        with suppress(Killed, AlmonerError):
            work(*arguments)

    def _sender(self, channel: Channel) -> Sender:
        return Sender(
            channel=channel,
            outbox=self._observed,
            destinations=self._observe(FakeDestinations(ada=DESTINATIONS[channel]), "destinations"),
            suppressions=self._observe(self.suppressions, "suppressions"),
            provider=self._observe(self.providers[channel], "provider"),
            clock=self.clock,
        )

    def _observe[T](self, port: T, name: str) -> T:
        observed: T = Observed(port, name, self.boundaries)  # type: ignore[assignment]
        return observed
