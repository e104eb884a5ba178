"""What staff reply to somebody who has written by mail goes back by mail, in the same thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from knowledge_base.mail.domain.correspondence import Accounts, Letter, Letters, Standing, letter_id_of
from knowledge_base.mail.domain.receiving import Thread
from knowledge_base.mail.domain.reply_addresses import ReplyAddresses
from knowledge_base.mail.domain.texts import MARKER

MAX_REFERENCES = 10
MAX_FILES_BYTES = 10_000_000
"""Together, of a mail: encoded, 14 MB. SES takes 40, but many servers that receive mail do not."""
_POLICY = policy.SMTP.clone(max_line_length=998)
"""Shorter lines would have long references encoded, which no mail program reads."""


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


@dataclass(frozen=True, slots=True)
class SentFile:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`reply_to` is a signed address. `references` are message ids, in angle brackets, the nearest last."""

    to: str
    reply_to: str
    subject: str
    text: str
    references: tuple[str, ...] = field(default=())
    files: tuple[SentFile, ...] = field(default=())


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


class Sender(Protocol):
    def send(self, mail: Outgoing) -> str:
        """The Message-ID that recipients see. Raises Unavailable; Refused for what is never accepted."""
        ...


class Refused(Exception):
    """The mail is never accepted; the message is SES's code."""


@dataclass(frozen=True, slots=True)
class Answering:
    """At least once: where a function dies between SES's answer and the note of it, the mail is sent again."""

    replies: Replies
    files: ReplyFiles
    letters: Letters
    accounts: Accounts
    addresses: ReplyAddresses
    sender: Sender

    def answer(self, ticket_id: str, reply_id: str, now: datetime) -> str:
        """What came of it, for the log. Raises Unavailable."""
        reply = self.replies.find(ticket_id, reply_id)
        if reply is None:
            return "no reply to send"
        user_id = reply.thread.user_id
        sent = letter_id_of(f"reply {reply_id}")
        if self.letters.find(user_id, [sent]):
            return "sent already"
        letters = self.letters.of_tickets(user_id, (ticket_id, *reply.thread.merged))
        standing = letters[0].standing if letters else Standing.USER  # who has an account is written to as it says
        address = self.accounts.address_of(user_id) if standing is Standing.USER else letters[0].address
        if address is None:
            return "no address"
        mail = self._composed(reply, address, letters)
        try:
            message_id = self.sender.send(mail)
        except Refused as error:
            return f"refused: {error}"
        # under its own id, that it was sent; under the message's, so that answers find the ticket
        for letter_id in (letter_id_of(message_id), sent):
            self.letters.add(
                Letter(
                    user_id=user_id,
                    letter_id=letter_id,
                    ticket_id=ticket_id,
                    address=address,
                    standing=standing,
                    message_id=message_id if letter_id != sent else None,
                    key=None,
                    at=now,
                )
            )
        return "sent"

    def _composed(self, reply: Reply, address: str, letters: Sequence[Letter]) -> Outgoing:
        mailed, left_out = those_that_fit(self.files.accepted(reply.attachments))
        contents = ((file, self.files.content(file)) for file in mailed)
        sent = tuple(SentFile(file.name, file.content_type, content) for file, content in contents if content)
        return composed(reply, address, self.addresses.of_ticket(reply.thread.ticket_id), letters, sent, left_out)


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


def composed(
    reply: Reply,
    to: str,
    reply_to: str,
    letters: Sequence[Letter],
    files: tuple[SentFile, ...] = (),
    left_out: Sequence[ReplyFile] = (),
) -> Outgoing:
    """`left_out` are files that do not fit."""
    subject = reply.thread.subject.removeprefix("Re: ")
    tag = f"[#{reply.thread.number}]"
    subject = subject if tag in subject else f"{subject} {tag}"
    references = tuple(letter.message_id for letter in letters if letter.message_id)[-MAX_REFERENCES:]
    words = [MARKER, reply.text, *([_way_to(left_out, reply.thread)] if left_out else ())]
    return Outgoing(to, reply_to, f"Re: {subject}", "\n\n".join(words) + "\n", references, files)


def _way_to(files: Sequence[ReplyFile], thread: Thread) -> str:
    named = ", ".join(f"{file.name} ({file.size_bytes / 1_000_000:.1f} MB)" for file in files)
    if thread.has_account:
        return f"Too large for a mail: {named}. Sign in to download it from your question {thread.number}."
    return f"Too large for a mail: {named}. Answer this mail, and we find another way to send it."


def raw(mail: Outgoing, sender: str, now: datetime) -> bytes:
    """As it is sent. `sender` is an address, with or without a name."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = mail.to
    message["Reply-To"] = mail.reply_to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(now)
    if mail.references:
        message["In-Reply-To"] = mail.references[-1]
        message["References"] = " ".join(mail.references)
    message.set_content(mail.text)
    for file in mail.files:
        kind, _, subtype = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=" ".join(file.name.split()))
    return message.as_bytes()
