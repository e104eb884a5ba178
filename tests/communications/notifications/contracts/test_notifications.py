"""What whoever keeps notifications, decisions and caps must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from communications.notifications.adapters.notifications import DynamoCaps, DynamoDecisions, DynamoNotifications
from communications.notifications.domain.deciding import Decision, Outcome, Reason
from communications.notifications.domain.notification import Change, Notification, State, notification_id_of
from communications.notifications.domain.notifications import NOTIFICATION, Decisions, Notifications, Record
from communications.notifications.domain.notifying import Caps
from communications.notifications.domain.types import Channel
from communications.sending.domain.suppressions import Cause
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import WriteRefused
from tests.communications.notifications.fakes import FakeCaps, FakeDecisions, FakeNotifications
from tests.communications.notifications.world import NOON
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

TABLES = ROOT / "communications"
LATER = NOON + timedelta(hours=1)


def a_notification(number: int = 0, user_id: str = "ana") -> Notification:
    at = NOON + timedelta(minutes=number)
    return Notification(
        notification_id=notification_id_of(f"event-{number}", user_id, at),
        user_id=user_id,
        type="stock-low",
        title="Low stock: Mug",
        content="Pieces left: 3.",
        event="StockLow",
        event_id=f"event-{number}",
        created_at=at,
    )


@dataclass
class Store:
    notifications: Notifications
    decisions: Decisions
    caps: Caps
    begin: type[Transaction] | type[FakeTransaction]

    def add(self, *several: Notification) -> None:
        for notification in several:
            work = self.begin()
            self.notifications.add(notification, work)
            work.commit()

    def change(self, notification: Notification, change: Change) -> Notification:
        changed, work = change.of(notification, NOON), self.begin()
        self.notifications.save(changed, work)
        work.commit()
        return changed

    def listed(self, state: State, after: str | None = None, limit: int = 20) -> tuple[list[str], str | None]:
        page = self.notifications.listed("ana", state, NOON, after, limit)
        return [each.event_id for each in page.items], page.after

    def unread(self, up_to: str | None = None, limit: int = 20, *, unseen: bool = False) -> list[str]:
        return list(self.notifications.unread("ana", up_to, limit, unseen=unseen))


class NotificationsContract:
    def test_notification_is_kept_as_it_is(self, store: Store) -> None:
        store.add(a_notification())
        assert store.notifications.find("ana", a_notification().notification_id) == a_notification()
        assert store.notifications.find("bob", a_notification().notification_id) is None

    def test_states_are_kept(self, store: Store) -> None:
        store.add(a_notification())
        for change in (
            Change(read=True),
            Change(archived=True),
            Change(archived=False, read=False),
            Change(snoozed_until=LATER),
            Change(wakes=True),
        ):
            before = store.notifications.find("ana", a_notification().notification_id)
            assert before
            after = store.change(before, change)
            assert store.notifications.find("ana", before.notification_id) == after != before

    def test_second_one_is_refused(self, store: Store) -> None:
        store.add(a_notification())
        with pytest.raises(WriteRefused) as refused:
            store.add(replace(a_notification(), title="Another"))
        assert refused.value.refused == {NOTIFICATION}

    def test_change_brings_back_none_that_has_gone(self, store: Store) -> None:
        with pytest.raises(WriteRefused):
            store.change(a_notification(), Change(read=True))

    def test_several_are_found(self, store: Store) -> None:
        store.add(a_notification(1), a_notification(2), a_notification(3, "bob"))
        ids = [a_notification(number).notification_id for number in (1, 2, 4)]
        assert {each.event_id for each in store.notifications.find_many("ana", ids)} == {"event-1", "event-2"}
        assert store.notifications.find_many("ana", []) == []

    def test_newest_come_first_by_pages(self, store: Store) -> None:
        store.add(*map(a_notification, range(5)), a_notification(9, "bob"))
        first, after = store.listed(State.CURRENT, limit=2)
        second, after_second = store.listed(State.CURRENT, after, limit=2)
        assert (first, second) == (["event-4", "event-3"], ["event-2", "event-1"])
        assert store.listed(State.CURRENT, after_second, limit=2) == (["event-0"], None)
        assert store.listed(State.CURRENT, limit=5) == ([f"event-{number}" for number in range(4, -1, -1)], None)

    def test_lists_by_state(self, store: Store) -> None:
        read, archived, snoozed, unread, over = (a_notification(number) for number in range(5))
        store.add(read, archived, snoozed, unread, over)
        store.change(read, Change(read=True))
        store.change(archived, Change(archived=True))
        store.change(snoozed, Change(snoozed_until=LATER))
        work = store.begin()
        store.notifications.save(replace(over, snoozed_until=NOON), work)
        work.commit()
        assert store.listed(State.CURRENT)[0] == ["event-4", "event-3", "event-0"]
        assert store.listed(State.READ)[0] == ["event-0"]
        assert store.listed(State.ARCHIVED)[0] == ["event-1"]
        assert store.listed(State.SNOOZED)[0] == ["event-2"]
        assert "event-3" in store.listed(State.UNREAD)[0]
        assert store.notifications.woken(NOON, 10) == [("ana", over.notification_id)]
        assert len(store.notifications.woken(LATER, 10)) == 2

    def test_page_with_many_of_another_state_in_between(self, store: Store) -> None:
        store.add(*map(a_notification, range(9)))
        for number in range(1, 8):
            store.change(a_notification(number), Change(archived=True))
        first, after = store.listed(State.CURRENT, limit=1)
        assert first == ["event-8"]
        assert store.listed(State.CURRENT, after, limit=1) == (["event-0"], None)

    def test_unread_and_unseen(self, store: Store) -> None:
        store.add(*map(a_notification, range(4)))
        ids = [a_notification(number).notification_id for number in range(4)]
        store.change(a_notification(0), Change(read=True))
        store.change(a_notification(1), Change(seen=True))
        assert store.unread() == [ids[3], ids[2], ids[1]]
        assert store.unread(unseen=True) == [ids[3], ids[2]]
        assert store.unread(ids[2]) == [ids[2], ids[1]]
        assert store.unread(limit=1) == [ids[3]]

    @pytest.mark.parametrize("reason", [*Reason, *Cause])
    def test_decision_is_kept_as_it_is(self, store: Store, reason: Reason | Cause) -> None:
        record = Record(Decision(Channel.EMAIL, Outcome.HELD, reason, LATER), NOON, "event#ana#email")
        work = store.begin()
        store.decisions.put("n-1", record, work)
        store.decisions.put("n-1", Record(Decision(Channel.IN_APP, Outcome.SENT, Reason.ALWAYS), NOON), work)
        store.decisions.put("n-2", record, work)
        work.commit()
        assert store.decisions.of("n-1")[1] == record
        assert [each.decision.channel for each in store.decisions.of("n-1")] == [Channel.IN_APP, Channel.EMAIL]
        assert store.decisions.of("n-3") == []

    def test_what_counts_towards_the_cap_is_kept(self, store: Store) -> None:
        assert store.caps.sent("ana") == ()
        for sent in ((NOON,), (NOON, LATER)):
            work = store.begin()
            store.caps.put("ana", sent, work)
            work.commit()
            assert store.caps.sent("ana") == sent


class TestInMemory(NotificationsContract):
    @pytest.fixture
    def store(self) -> Store:
        return Store(FakeNotifications(), FakeDecisions(), FakeCaps(), FakeTransaction)


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(NotificationsContract):
    @pytest.fixture
    def store(self, local_aws: str) -> Iterator[Store]:
        with tables_like(local_aws, TABLES, ["NotificationsTable", "DecisionsTable", "WeeklyCapsTable"]) as names:
            yield Store(
                DynamoNotifications(names["NotificationsTable"]),
                DynamoDecisions(names["DecisionsTable"]),
                DynamoCaps(names["WeeklyCapsTable"]),
                Transaction,
            )
