"""What staff reply to somebody who has written by mail goes back by mail, in the same thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from knowledge_base.mail.domain.correspondence import Accounts, Letter, Letters, Standing, letter_id_of
from knowledge_base.mail.domain.outgoing import Outgoing, Posting, SentFile, in_thread
from knowledge_base.mail.domain.receiving import Thread
from knowledge_base.mail.domain.reply_addresses import ReplyAddresses

MAX_FILES_BYTES = 10_000_000
"""Together, of a mail: encoded, 14 MB. SES takes 40, but many servers that receive mail do not."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An entry of staff's, with the thread that it is on. `attachments` are ids."""

    reply_id: str
    thread: Thread
    text: str
    attachments: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ReplyFile:
    """An attachment that was accepted."""

    attachment_id: str
    name: str
    content_type: str
    size_bytes: int
    version_id: str


class Replies(Protocol):
    def find(self, ticket_id: str, reply_id: str) -> Reply | None:
        """None also for what is not mailed: notes, replies to who writes elsewhere. Raises Unavailable."""
        ...


class ReplyFiles(Protocol):
    """Every method raises Unavailable."""

    def accepted(self, attachment_ids: Sequence[str]) -> Sequence[ReplyFile]:
        """In this order, without those that are refused, or were never uploaded."""
        ...

    def content(self, file: ReplyFile) -> bytes | None:
        """None where it has gone."""
        ...


@dataclass(frozen=True, slots=True)
class Answering:
    replies: Replies
    files: ReplyFiles
    letters: Letters
    accounts: Accounts
    addresses: ReplyAddresses
    posting: Posting

    def answer(self, ticket_id: str, reply_id: str, now: datetime) -> str:
        """What came of it, for the log. Raises Unavailable, Refused."""
        reply = self.replies.find(ticket_id, reply_id)
        if reply is None:
            return "no reply to send"
        user_id = reply.thread.user_id
        sent = letter_id_of(f"reply {reply_id}")
        if self.posting.was_sent(user_id, sent):
            return "sent already"
        letters = self.letters.of_tickets(user_id, (ticket_id, *reply.thread.merged))
        standing = letters[0].standing if letters else Standing.USER  # who has an account is written to as it says
        address = self.accounts.address_of(user_id) if standing is Standing.USER else letters[0].address
        if address is None:
            return "no address"
        note = Letter(
            user_id=user_id,
            letter_id=sent,
            ticket_id=ticket_id,
            address=address,
            standing=standing,
            message_id=None,
            key=None,
            at=now,
        )
        self.posting.send(self._composed(reply, address, letters), note)
        return "sent"

    def _composed(self, reply: Reply, address: str, letters: Sequence[Letter]) -> Outgoing:
        mailed, left_out = those_that_fit(self.files.accepted(reply.attachments))
        contents = ((file, self.files.content(file)) for file in mailed)
        sent = tuple(SentFile(file.name, file.content_type, content) for file, content in contents if content)
        paragraphs = [reply.text, *([_way_to(left_out, reply.thread)] if left_out else ())]
        reply_to = self.addresses.of_ticket(reply.thread.ticket_id)
        return in_thread(reply.thread, address, reply_to, letters, paragraphs, sent)


def those_that_fit(files: Sequence[ReplyFile]) -> tuple[Sequence[ReplyFile], Sequence[ReplyFile]]:
    """Into one mail, each in its turn; and those that do not."""
    fit, left_out, left = list[ReplyFile](), list[ReplyFile](), MAX_FILES_BYTES
    for file in files:
        if file.size_bytes <= left:
            fit.append(file)
            left -= file.size_bytes
        else:
            left_out.append(file)
    return fit, left_out


def _way_to(files: Sequence[ReplyFile], thread: Thread) -> str:
    named = ", ".join(f"{file.name} ({file.size_bytes / 1_000_000:.1f} MB)" for file in files)
    if thread.has_account:
        return f"Too large for a mail: {named}. Sign in to download it from your question {thread.number}."
    return f"Too large for a mail: {named}. Answer this mail, and we find another way to send it."
