"""Any order of requests, stream records, repetitions and late ones: counts, catching up, and who sees what."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from communications.conversations.answers import sent_message
from communications.conversations.domain.messages import Message, Thread
from communications.conversations.domain.sending import Draft
from shared.auth.callers import Caller
from tests.communications.conversations.post_office import PostOffice
from tests.communications.examples import NOW

PEOPLE = ("ada", "bob", "eve")
a_person = st.sampled_from(PEOPLE)
some_people = st.sets(a_person, min_size=1)
any_number = st.integers(0, 10**6)


class Client:
    """Somebody's device, which only ever asks for what comes after what it has."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.up_to = 0


class Interleavings(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.office, self.now = PostOffice(), NOW
        self.clients: dict[Thread, Client] = {}
        self.blocked: set[tuple[str, str]] = set()

    # --- Requests

    @rule(sender=a_person, to=some_people)
    def send(self, sender: str, to: set[str]) -> None:
        if to != {sender}:
            self.now += timedelta(milliseconds=1)
            draft = Draft(f"{self.now:%f}", tuple(sorted(to)))
            self.office.sending.send(Caller(sender, frozenset({"staff"})), draft, None, self.now, sent_message)

    @precondition(lambda self: self.office.messages.copies)
    @rule(number=any_number, deletes=st.booleans())
    def change(self, number: int, deletes: bool) -> None:
        own = [copy for copy in self.office.messages.copies.values() if copy.is_own]
        message = own[number % len(own)]
        if deletes:
            self.office.changing.delete(message.sender_id, message.message_id, self.now)
        elif not message.deleted:
            self.office.changing.edit(message.sender_id, message.message_id, f"edit {number}", self.now)

    @precondition(lambda self: self.office.conversations.places)
    @rule(number=any_number, up_to=st.integers(0, 12))
    def read(self, number: int, up_to: int) -> None:
        places = list(self.office.conversations.places.values())
        place = places[number % len(places)]
        self.office.receipts.mark_read(place.user_id, place.conversation_id, up_to, self.now)

    @rule(user_id=a_person, other=a_person, unblocks=st.booleans())
    def block(self, user_id: str, other: str, unblocks: bool) -> None:
        if unblocks:
            self.office.blocks.unblock(user_id, other)
        else:
            self.office.blocks.block(user_id, other, self.now)
            self.blocked.add((user_id, other))

    # --- Streams: any record, again and in any order

    @precondition(lambda self: self.office.messages.log)
    @rule(number=any_number)
    def deliver(self, number: int) -> None:
        self.office.deliver(self.office.messages.log[number % len(self.office.messages.log)])

    @precondition(lambda self: self.office.conversations.log)
    @rule(number=any_number)
    def announce(self, number: int) -> None:
        before, after = self.office.conversations.log[number % len(self.office.conversations.log)]
        if before and after.read_up_to > before.read_up_to:
            self.office.receipts.announce(after, before.read_up_to, self.now)

    @precondition(lambda self: self.office.conversations.places)
    @rule(number=any_number, limit=st.integers(1, 3))
    def catch_up(self, number: int, limit: int) -> None:
        """Gives exactly what is missing."""
        places = list(self.office.conversations.places)
        thread = Thread(*places[number % len(places)])
        client = self.clients.setdefault(thread, Client())
        position, is_last = None, False
        while not is_last:
            page = self.office.reading.page(thread.user_id, thread.conversation_id, client.up_to, position, limit)
            for message in page.items:
                had = client.messages.get(message.message_id)
                assert had is None or had.version < message.version
                client.messages[message.message_id] = message
            position, is_last = page.following, page.following is None
        client.up_to = page.up_to
        assert client.messages == {message.message_id: message for message in self.whole(thread)}

    # --- What always holds

    @invariant()
    def counts_are_the_fold_of_what_was_said(self) -> None:
        for user_id in PEOPLE if hasattr(self, "office") else ():
            frames, head = self.office.frames(user_id), self.office.inbox.head(user_id)
            assert [frame["seq"] for frame in frames] == list(range(1, head.last_seq + 1))
            own = [each for each in self.office.conversations.places.values() if each.user_id == user_id]
            assert head.unread.messages == sum(place.unread for place in own)
            for place in own:
                unread = [m for m in self.whole(Thread(user_id, place.conversation_id)) if not m.is_own]
                assert place.unread == sum((m.seq or 0) > place.read_up_to for m in unread)

    @invariant()
    def each_message_is_announced_once(self) -> None:
        for user_id in PEOPLE if hasattr(self, "office") else ():
            new = [frame["messageId"] for frame in self.office.frames(user_id) if frame.get("change") == "sent"]
            shown = [c.message_id for c in self.office.messages.copies.values() if c.user_id == user_id and c.seq]
            assert sorted(new) == sorted(shown)

    @invariant()
    def nobody_but_members_sees_anything(self) -> None:
        for copy in self.office.messages.copies.values() if hasattr(self, "office") else ():
            assert copy.user_id in self.office.conversations.by_id[copy.conversation_id].members

    def teardown(self) -> None:
        """Once the streams have delivered everything, nobody lacks anything but what was withheld."""
        if not hasattr(self, "office"):
            return
        self.office.carry_on()
        for sent in [copy for copy in self.office.messages.copies.values() if copy.is_own]:
            for user_id in sent.recipients:
                copy = self.office.messages.find(sent.message_id, user_id)
                assert copy
                if copy.is_withheld:
                    assert copy.content == ""
                    assert sent.deleted or (user_id, sent.sender_id) in self.blocked
                else:
                    has = replace(copy, seq=None, changed_seq=None)
                    assert has == replace(sent, user_id=user_id, seq=None, changed_seq=None, recipients=())

    def whole(self, thread: Thread) -> list[Message]:
        """All pages, the newest first."""
        found: list[Message] = []
        position: Any = None
        while True:
            page = self.office.reading.page(thread.user_id, thread.conversation_id, None, position, 2)
            found += page.items
            position = page.following
            if position is None:
                return found


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=150, stateful_step_count=40)
