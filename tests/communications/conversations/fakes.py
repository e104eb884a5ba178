"""Conversations in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from communications.conversations.domain.blocks import Block, BlockPage
from communications.conversations.domain.conversations import (
    CONVERSATION,
    MEMBERSHIP,
    Conversation,
    Membership,
    MembershipPage,
)
from communications.conversations.domain.messages import COPY, Message, Pointer, Thread
from communications.conversations.domain.reports import REPORT, Report, ReportPage, State, TrailEntry
from shared.persistence.unit_of_work import UnitOfWork
from tests.shared.persistence.fake_transactions import LOCK, step


class FakeMessages:
    """`log` has every copy that was written, as the table's stream has it."""

    def __init__(self) -> None:
        self.copies: dict[tuple[str, str], Message] = {}
        self.pointers: dict[Thread, dict[int, Pointer]] = {}
        self.changes: dict[Thread, dict[int, Pointer]] = {}
        self.log: list[Message] = []

    def find(self, message_id: str, user_id: str) -> Message | None:
        return self.copies.get((message_id, user_id))

    def find_all(self, keys: Sequence[tuple[str, str]]) -> Sequence[Message]:
        return [self.copies[key] for key in keys if key in self.copies]

    def add(self, copy: Message, unit_of_work: UnitOfWork) -> None:
        key = copy.message_id, copy.user_id

        def write() -> None:
            self._keep(copy)
            self._point(self.pointers, copy, copy.seq or 0)

        step(COPY, lambda: key not in self.copies, write)(unit_of_work)

    def change(self, seen: Message, copy: Message, seq: int, unit_of_work: UnitOfWork) -> None:
        key = copy.message_id, copy.user_id

        def write() -> None:
            self._keep(replace(copy, changed_seq=seq))
            if seen.changed_seq is not None:
                del self.changes[_thread(copy)][seen.changed_seq]
            self._point(self.changes, copy, seq)

        step(COPY, lambda: self.copies[key].version == seen.version, write)(unit_of_work)

    def withhold(self, copy: Message) -> None:
        with LOCK:
            if (copy.message_id, copy.user_id) not in self.copies:
                self._keep(copy)

    def newest(self, thread: Thread, up_to: int, limit: int) -> Sequence[Pointer]:
        found = self.pointers.get(thread, {})
        return [found[seq] for seq in sorted(found, reverse=True) if seq <= up_to][:limit]

    def since(self, thread: Thread, after: int, up_to: int, limit: int) -> Sequence[Pointer]:
        found = self.pointers.get(thread, {}) | self.changes.get(thread, {})
        return [found[seq] for seq in sorted(found) if after < seq <= up_to][:limit]

    def unread(self, thread: Thread, after: int) -> int:
        found = self.pointers.get(thread, {})
        return sum(pointer.sender_id != thread.user_id for seq, pointer in found.items() if seq > after)

    def _keep(self, copy: Message) -> None:
        self.copies[copy.message_id, copy.user_id] = copy
        self.log.append(copy)

    def _point(self, pointers: dict[Thread, dict[int, Pointer]], copy: Message, seq: int) -> None:
        pointers.setdefault(_thread(copy), {})[seq] = Pointer(seq, copy.message_id, copy.sender_id)


def _thread(copy: Message) -> Thread:
    return Thread(copy.user_id, copy.conversation_id)


class FakeConversations:
    """`log` has every membership that was written, with the one before, as the table's stream has it."""

    def __init__(self) -> None:
        self.by_id: dict[str, Conversation] = {}
        self.places: dict[tuple[str, str], Membership] = {}
        self.log: list[tuple[Membership | None, Membership]] = []

    def find(self, conversation_id: str) -> Conversation | None:
        return self.by_id.get(conversation_id)

    def find_all(self, conversation_ids: Sequence[str]) -> Sequence[Conversation]:
        return [self.by_id[each] for each in conversation_ids if each in self.by_id]

    def add(self, conversation: Conversation, unit_of_work: UnitOfWork) -> None:
        id_ = conversation.conversation_id
        step(CONVERSATION, lambda: id_ not in self.by_id, lambda: self.by_id.update({id_: conversation}))(unit_of_work)

    def membership(self, user_id: str, conversation_id: str) -> Membership | None:
        return self.places.get((user_id, conversation_id))

    def memberships(self, user_id: str, after: str | None, limit: int) -> MembershipPage:
        own = [each for each in self.places.values() if each.user_id == user_id]
        own.sort(key=lambda each: each.last_message_id, reverse=True)
        rest = [each for each in own if after is None or each.last_message_id < after]
        return MembershipPage(rest[:limit], rest[limit - 1].last_message_id if len(rest) > limit else None)

    def arrived(self, copy: Message, unit_of_work: UnitOfWork) -> None:
        def write() -> None:
            before = self.membership(copy.user_id, copy.conversation_id)
            unread = (before.unread if before else 0) + (copy.user_id != copy.sender_id)
            first = before or Membership(copy.user_id, copy.conversation_id, 0, 0, 0, "")
            self._keep(replace(first, unread=unread, last_seq=copy.seq or 0, last_message_id=copy.message_id))

        step(MEMBERSHIP, lambda: True, write)(unit_of_work)

    def changed(self, copy: Message, seq: int, unit_of_work: UnitOfWork) -> None:
        def write() -> None:
            self._keep(replace(self.places[copy.user_id, copy.conversation_id], last_seq=seq))

        step(MEMBERSHIP, lambda: True, write)(unit_of_work)

    def read(self, seen: Membership, up_to: int, unread: int, seq: int, unit_of_work: UnitOfWork) -> None:
        self._replace(seen, replace(seen, read_up_to=up_to, unread=unread, last_seq=seq), unit_of_work)

    def receipt(self, seen: Membership, reader: str, message_id: str, seq: int, unit_of_work: UnitOfWork) -> None:
        receipts = {**seen.receipts, reader: message_id}
        self._replace(seen, replace(seen, receipts=receipts, last_seq=seq), unit_of_work)

    def _replace(self, seen: Membership, changed: Membership, unit_of_work: UnitOfWork) -> None:
        key = seen.user_id, seen.conversation_id
        step(MEMBERSHIP, lambda: self.places[key].last_seq == seen.last_seq, lambda: self._keep(changed))(unit_of_work)

    def _keep(self, changed: Membership) -> None:
        key = changed.user_id, changed.conversation_id
        self.log.append((self.places.get(key), changed))
        self.places[key] = changed


class FakeBlocks:
    def __init__(self) -> None:
        self.pairs: dict[tuple[str, str], datetime] = {}

    def block(self, user_id: str, blocked_id: str, now: datetime) -> None:
        self.pairs[user_id, blocked_id] = now

    def unblock(self, user_id: str, blocked_id: str) -> None:
        self.pairs.pop((user_id, blocked_id), None)

    def blocked(self, user_id: str, after: str | None, limit: int) -> BlockPage:
        own = sorted((other, at) for (of, other), at in self.pairs.items() if of == user_id and other > (after or ""))
        items = [Block(*each) for each in own[:limit]]
        return BlockPage(items, items[-1].user_id if len(own) > limit else None)

    def blocking(self, sender_id: str, user_ids: Collection[str]) -> frozenset[str]:
        return frozenset(user_id for user_id in user_ids if (user_id, sender_id) in self.pairs)


class FakeReports:
    def __init__(self) -> None:
        self.by_id: dict[str, Report] = {}

    def add(self, report: Report, unit_of_work: UnitOfWork) -> None:
        id_ = report.report_id
        step(REPORT, lambda: id_ not in self.by_id, lambda: self.by_id.update({id_: report}))(unit_of_work)

    def find(self, report_id: str) -> Report | None:
        return self.by_id.get(report_id)

    def listed(self, state: State, after: str | None, limit: int) -> ReportPage:
        found = [replace(each, trail=()) for each in self.by_id.values() if each.state is state]
        found.sort(key=lambda each: each.report_id, reverse=True)
        rest = [each for each in found if after is None or each.report_id < after]
        return ReportPage(rest[:limit], rest[limit - 1].report_id if len(rest) > limit else None)

    def append(self, report_id: str, entry: TrailEntry) -> None:
        report = self.by_id[report_id]
        taken = {report.reported_at, *(each.at for each in report.trail)}
        while entry.at in taken:
            entry = replace(entry, at=entry.at + timedelta(milliseconds=1))
        trail = sorted([*report.trail, entry], key=lambda each: each.at)
        self.by_id[report_id] = replace(report, trail=tuple(trail))

    def decide(self, report_id: str, entry: TrailEntry) -> bool:
        if self.by_id[report_id].state is State.DECIDED:
            return False
        self.append(report_id, entry)
        self.by_id[report_id] = replace(self.by_id[report_id], state=State.DECIDED)
        return True


class FakePeople:
    def __init__(self, **names: str) -> None:
        self.by_id = dict(names)

    def names(self, user_ids: Collection[str]) -> Mapping[str, str]:
        return {user_id: self.by_id[user_id] for user_id in user_ids if user_id in self.by_id}


class FakeStaff:
    def __init__(self, *user_ids: str) -> None:
        self.user_ids, self.questions = frozenset(user_ids), 0

    def among(self, user_ids: Collection[str]) -> frozenset[str]:
        self.questions += 1
        return self.user_ids.intersection(user_ids)
