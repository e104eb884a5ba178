"""Replies of staff go back by mail, in the thread."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

import pytest

from knowledge_base.mail.domain.answering import Answering, Outgoing, Refused, Reply, raw
from knowledge_base.mail.domain.receiving import Outcome, Thread
from knowledge_base.mail.domain.texts import MARKER
from shared.errors import Unavailable
from tests.knowledge_base.mail.examples import ADDRESSES, AMARA, AMARA_ID, NOW, Post, eml


@dataclass
class FakeSender:
    sent: list[Outgoing] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def send(self, mail: Outgoing) -> str:
        if self.failures:
            raise self.failures.pop()
        self.sent.append(mail)
        return f"<{len(self.sent)}@eu-west-2.amazonses.com>"


@dataclass
class FakeReplies:
    replies: dict[str, Reply] = field(default_factory=dict)

    def find(self, ticket_id: str, reply_id: str) -> Reply | None:
        reply = self.replies.get(reply_id)
        return reply if reply and reply.thread.ticket_id == ticket_id else None


class Staff:
    def __init__(self, *, verified: bool = True) -> None:
        self.post, self.sender, self.replies = Post(), FakeSender(), FakeReplies()
        received = self.post.receive(eml(verified=verified))
        assert received.ticket_id
        self.ticket_id = received.ticket_id
        self.answering = Answering(self.replies, self.post.letters, self.post.accounts, ADDRESSES, self.sender)

    def reply(self, reply_id: str = "r1", text: str = "It comes on Tuesday.") -> str:
        self.replies.replies[reply_id] = Reply(reply_id, self.post.tickets.threads[self.ticket_id], text)
        return self.answering.answer(self.ticket_id, reply_id, NOW)


def test_a_reply_goes_to_the_users_address_in_the_thread() -> None:
    staff = Staff()
    assert staff.reply() == "sent"
    (mail,) = staff.sender.sent
    assert mail == Outgoing(
        to=AMARA,
        reply_to=ADDRESSES.of_ticket(staff.ticket_id),
        subject="Re: Where is my parcel? [#1]",
        text=f"{MARKER}\n\nIt comes on Tuesday.\n",
        references=("<first@mail.example.org>",),
    )


def test_a_reply_is_sent_once() -> None:
    staff = Staff()
    assert [staff.reply(), staff.reply(), staff.reply("r2")] == ["sent", "sent already", "sent"]
    assert staff.sender.sent[1].references == ("<first@mail.example.org>", "<1@eu-west-2.amazonses.com>")


def test_an_answer_to_what_was_sent_joins_the_ticket() -> None:
    staff = Staff()
    staff.reply()
    answer = eml("Thanks!", {"Message-ID": "<2@x.org>", "In-Reply-To": "<1@eu-west-2.amazonses.com>"})
    received = staff.post.receive(answer, "inbox/2")
    assert (received.outcome, received.ticket_id) == (Outcome.REPLIED, staff.ticket_id)


def test_strangers_are_answered_where_they_wrote_from() -> None:
    staff = Staff(verified=False)
    assert staff.reply() == "sent"
    assert staff.sender.sent[0].to == AMARA


def test_users_are_answered_at_the_address_that_they_have_now() -> None:
    staff = Staff()
    staff.post.accounts.addresses[AMARA_ID] = "new@example.org"
    staff.reply()
    assert staff.sender.sent[0].to == "new@example.org"


def test_whoever_has_no_account_any_more_gets_nothing() -> None:
    staff = Staff()
    staff.post.accounts.addresses.clear()
    assert staff.reply() == "no address"


def test_tickets_of_the_web_are_not_answered_by_mail() -> None:
    staff = Staff()
    staff.post.letters.letters.clear()
    assert staff.reply() == "not by mail"
    assert staff.answering.answer(staff.ticket_id, "none", NOW) == "no reply to send"


def test_tickets_that_others_were_merged_into_are_answered_by_mail() -> None:
    staff = Staff()
    target = staff.post.tickets.open(AMARA_ID, "Parcel", "From the web", "key", NOW)
    staff.post.tickets.merge(staff.ticket_id, target)
    staff.ticket_id = target
    assert staff.reply() == "sent"
    assert staff.sender.sent[0].references == ("<first@mail.example.org>",)


def test_what_ses_does_not_take_is_tried_again_or_given_up() -> None:
    staff = Staff()
    staff.sender.failures = [Refused("BadRequestException"), Unavailable("SES is out of reach.", 2)]
    with pytest.raises(Unavailable):
        staff.reply()
    assert staff.reply() == "refused: BadRequestException"
    assert staff.reply() == "sent"


def test_mail_is_composed_without_injected_headers() -> None:
    thread = Thread("11111111-1111-4111-8111-111111111111", 7, AMARA_ID, "a")
    mail = Outgoing(
        AMARA, ADDRESSES.of_ticket(thread.ticket_id), "Re: a\r\nBcc: eve@evil.org Grüße", "x\n.\ny", ("<a@x.org>",)
    )
    message = message_from_bytes(raw(mail, "Almoner <help@almoner.example>", NOW), policy=default)
    assert message["Bcc"] is None
    assert message["Subject"] == "Re: a Bcc: eve@evil.org Grüße"
    assert message["In-Reply-To"] == message["References"] == "<a@x.org>"
    assert message["Reply-To"] == mail.reply_to
    assert message["Auto-Submitted"] is None, "a person has written it"


def test_long_references_stay_readable() -> None:
    references = tuple(f"<{'x' * 90}{n}@mail.example.org>" for n in range(10))
    mail = Outgoing(AMARA, "help+x@almoner.example", "Re: a", "x", references)
    message = message_from_bytes(raw(mail, "help@almoner.example", NOW))
    assert message["References"].split() == list(references)
