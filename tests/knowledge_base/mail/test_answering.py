"""Replies of staff go back by mail, in the thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.mail.domain.answering import MAX_FILES_BYTES, Answering, Reply, ReplyFile, those_that_fit
from knowledge_base.mail.domain.outgoing import Outgoing, Posting, Refused, SentFile, raw
from knowledge_base.mail.domain.receiving import Outcome, Thread, Words
from knowledge_base.mail.domain.texts import MARKER
from shared.errors import Unavailable
from tests.knowledge_base.mail.examples import ADDRESSES, AMARA, AMARA_ID, NOW, USER, FakeSender, Post, eml


@dataclass
class FakeReplies:
    replies: dict[str, Reply] = field(default_factory=dict)

    def find(self, ticket_id: str, reply_id: str) -> Reply | None:
        reply = self.replies.get(reply_id)
        return reply if reply and reply.thread.ticket_id == ticket_id else None


@dataclass
class FakeReplyFiles:
    """Of ids that are their names, each of a size in MB."""

    megabytes: dict[str, float] = field(default_factory=dict)

    def accepted(self, attachment_ids: Sequence[str]) -> Sequence[ReplyFile]:
        found = ((each, self.megabytes[each]) for each in attachment_ids if each in self.megabytes)
        return [ReplyFile(id_, id_, "application/pdf", round(size * 1_000_000), "v1") for id_, size in found]

    def content(self, file: ReplyFile) -> bytes | None:
        return None if file.name == "gone" else f"%PDF-{file.name}".encode()


class Staff:
    def __init__(self, *, verified: bool = True) -> None:
        self.post, self.sender, self.replies, self.files = Post(), FakeSender(), FakeReplies(), FakeReplyFiles()
        received = self.post.receive(eml(verified=verified))
        assert received.ticket_id
        self.ticket_id = received.ticket_id
        self.answering = Answering(
            self.replies,
            self.files,
            self.post.letters,
            self.post.accounts,
            ADDRESSES,
            Posting(self.post.letters, self.sender),
        )

    def reply(self, reply_id: str = "r1", text: str = "It comes on Tuesday.", files: tuple[str, ...] = ()) -> str:
        self.replies.replies[reply_id] = Reply(reply_id, self.post.tickets.threads[self.ticket_id], text, files)
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


def test_what_is_not_mailed_is_not_sent() -> None:
    staff = Staff()
    assert staff.answering.answer(staff.ticket_id, "none", NOW) == "no reply to send"


def test_tickets_that_others_were_merged_into_are_answered_by_mail() -> None:
    staff = Staff()
    target = staff.post.tickets.open(USER, "Parcel", Words("From the web"), "key", NOW)
    staff.post.tickets.merge(staff.ticket_id, target)
    staff.ticket_id = target
    assert staff.reply() == "sent"
    assert staff.sender.sent[0].references == ("<first@mail.example.org>",)


def test_files_are_mailed_as_far_as_they_fit_and_the_others_named() -> None:
    staff = Staff()
    staff.files.megabytes = {"a.pdf": 6, "b.pdf": 4.5, "c.pdf": 4, "gone": 0}
    staff.reply(files=("a.pdf", "b.pdf", "refused", "c.pdf", "gone"))
    (mail,) = staff.sender.sent
    assert [(each.name, each.content) for each in mail.files] == [("a.pdf", b"%PDF-a.pdf"), ("c.pdf", b"%PDF-c.pdf")]
    assert mail.text.endswith(
        "It comes on Tuesday.\n\nToo large for a mail: b.pdf (4.5 MB). Sign in to download it from your question 1.\n"
    )


def test_who_cannot_sign_in_gets_large_files_another_way() -> None:
    staff = Staff(verified=False)
    staff.files.megabytes = {"a.pdf": 10, "b.pdf": 0.1}
    staff.reply(files=("a.pdf", "b.pdf"))
    (mail,) = staff.sender.sent
    assert [each.name for each in mail.files] == ["a.pdf"]
    assert "b.pdf (0.1 MB). Answer this mail" in mail.text


@given(st.lists(st.integers(1, MAX_FILES_BYTES), max_size=10))
def test_files_of_a_mail_are_bounded(sizes: list[int]) -> None:
    files = [ReplyFile(str(number), "a", "application/pdf", size, "v1") for number, size in enumerate(sizes)]
    fit, left_out = those_that_fit(files)
    assert sum(each.size_bytes for each in fit) <= MAX_FILES_BYTES
    assert sorted([*fit, *left_out], key=lambda each: int(each.attachment_id)) == files
    assert bool(fit) == bool(files)


def test_files_keep_their_names_and_contents() -> None:
    files = (
        SentFile("Quittung für\r\nBcc: eve@evil.org 👋.pdf", "application/pdf", b"%PDF-\x00\xff"),
        SentFile("a.csv", "text/csv", "ä,b\n".encode()),
    )
    mail = Outgoing(AMARA, "help+x@almoner.example", "Re: a", "Here.", (), files)
    message = message_from_bytes(raw(mail, "help@almoner.example", NOW), policy=default)
    assert message["Bcc"] is None
    body = message.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["Here."]
    found = [
        (each.get_filename(), each.get_content_type(), each.get_payload(decode=True))
        for each in message.iter_attachments()
    ]
    assert found == [
        ("Quittung für Bcc: eve@evil.org 👋.pdf", "application/pdf", b"%PDF-\x00\xff"),
        ("a.csv", "text/csv", "ä,b\n".encode()),
    ]


@pytest.mark.parametrize("failure", [Refused("BadRequestException"), Unavailable("SES is out of reach.", 2)])
def test_what_ses_does_not_take_fails_and_may_be_sent_again(failure: Exception) -> None:
    staff = Staff()
    staff.sender.failures = [failure]
    with pytest.raises(type(failure)):
        staff.reply()
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
