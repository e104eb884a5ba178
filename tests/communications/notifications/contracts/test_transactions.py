"""What an event leaves behind in DynamoDB, also where it comes several times at once, and how the night ends."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from communications.inbox.adapters.inbox import DynamoInbox
from communications.notifications.adapters.notifications import DynamoCaps, DynamoDecisions, DynamoNotifications
from communications.notifications.domain.deciding import Outcome, Reason
from communications.notifications.domain.explaining import Explaining
from communications.notifications.domain.notification import Change, State
from communications.notifications.domain.notifications import Changes
from communications.notifications.domain.notifying import Notifying
from communications.notifications.domain.releasing import Released, Releasing
from communications.notifications.domain.types import Channel
from communications.sending.adapters.outbox import DynamoOutbox
from communications.sending.domain.outbox import SendState
from communications.users.domain.users import Settings
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from tests.communications.notifications.world import AT_NIGHT, MORNING, NIGHT, NOON, World, news
from tests.shared.dynamodb.dynamodb_tables import tables_like

pytestmark = [pytest.mark.emulator, pytest.mark.usefixtures("local_aws")]

TABLES = ["InboxHeads", "InboxEntries", "Notifications", "Decisions", "WeeklyCaps", "Outbox"]


@pytest.fixture
def notifying(local_aws: str) -> Iterator[Notifying]:
    world = World()
    world.set(Settings(quiet_hours=AT_NIGHT))
    with tables_like(local_aws, ROOT / "communications", [f"{name}Table" for name in TABLES]) as names:
        yield replace(
            world.notifying,
            inbox=DynamoInbox(names["InboxHeadsTable"], names["InboxEntriesTable"]),
            notifications=DynamoNotifications(names["NotificationsTable"]),
            decisions=DynamoDecisions(names["DecisionsTable"]),
            caps=DynamoCaps(names["WeeklyCapsTable"]),
            outbox=DynamoOutbox(names["OutboxTable"]),
        )


def outcomes(notifying: Notifying, state: State = State.CURRENT) -> dict[str, tuple[Outcome, str]]:
    """What the explanations say of mail, by event."""
    explaining = Explaining(notifying.notifications, notifying.decisions, notifying.outbox)
    found: dict[str, tuple[Outcome, str]] = {}
    for each in notifying.notifications.listed("ana", state, MORNING, None, 100).items:
        mail = explaining.explain("ana", each.notification_id).decisions[list(Channel).index(Channel.EMAIL)]
        found[each.event_id] = (mail.outcome, mail.reason)
    return found


def test_event_that_comes_several_times_at_once_counts_once(notifying: Notifying) -> None:
    events = [news("donation-received", f"event-{number % 3}", NOON) for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(lambda event: notifying.notify(event, lambda _: False, NOON), events))

    assert sorted(said) == ["notified"] * 3 + ["notified already"] * 9
    head = notifying.inbox.head("ana")
    assert (head.last_seq, head.unread.notifications) == (3, 3)
    assert len(notifying.outbox.of_user("ana", 10)) == 3
    assert notifying.caps.sent("ana") == (NOON, NOON, NOON)
    assert outcomes(notifying) == {f"event-{number}": (Outcome.SENT, "at-once") for number in range(3)}


def test_night_becomes_one_mail_without_what_was_read(notifying: Notifying) -> None:
    for number in range(3):
        answered = news("ticket-answered", f"event-{number}", NIGHT + timedelta(minutes=number))
        notifying.notify(answered, lambda _: False, NIGHT)
    assert set(outcomes(notifying).values()) == {(Outcome.HELD, "quiet-hours")}
    changes, releasing = (
        Changes(notifying.notifications, notifying.inbox),
        Releasing(notifying=notifying, unit_of_work=Transaction),
    )
    oldest = notifying.notifications.unread("ana", None, 10, unseen=False)[-1]
    changes.change("ana", oldest, Change(read=True), NIGHT)
    assert releasing.release(MORNING - timedelta(minutes=1), lambda: True) == Released()

    with ThreadPoolExecutor(2) as threads:  # one of them comes late
        both = list(threads.map(lambda _: releasing.release(MORNING, lambda: True), range(2)))

    assert sum(each.digests for each in both) == 1
    assert sum(each.sent for each in both) == 2
    assert outcomes(notifying) == {
        "event-0": (Outcome.SKIPPED, Reason.READ),
        "event-1": (Outcome.SENT, Reason.IN_DIGEST),
        "event-2": (Outcome.SENT, Reason.IN_DIGEST),
    }
    rows = [notifying.outbox.find(each) for each in notifying.outbox.of_user("ana", 10)]
    states = sorted(row.state for row in rows if row)
    assert states == [SendState.CANCELLED] * 3 + [SendState.PENDING]
    assert not notifying.outbox.due(SendState.HELD, MORNING, 10)
