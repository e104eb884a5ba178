"""Mail of the help desk as it goes out: into the thread of the supporter's mails, and once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from knowledge_base.mail.domain.correspondence import Letter, Letters, letter_id_of
from knowledge_base.mail.domain.receiving import Thread
from knowledge_base.mail.domain.texts import MARKER

MAX_REFERENCES = 10
_POLICY = policy.SMTP.clone(max_line_length=998)
"""Shorter lines would have long references encoded, which no mail program reads."""


@dataclass(frozen=True, slots=True)
class SentFile:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`reply_to` is a signed address. `references` are message ids, in angle brackets, the nearest last.

    `is_automatic`: no person has written it, which machines take into account (RFC 3834).
    """

    to: str
    reply_to: str
    subject: str
    text: str
    references: tuple[str, ...] = field(default=())
    files: tuple[SentFile, ...] = field(default=())
    is_automatic: bool = False


class Sender(Protocol):
    def send(self, mail: Outgoing) -> str:
        """The Message-ID that recipients see. Raises Unavailable; Refused for what is never accepted."""
        ...


class Refused(Exception):
    """The mail is never accepted; the message is SES's code."""


@dataclass(frozen=True, slots=True)
class Posting:
    """At least once: where a function dies between SES's answer and the note of it, the mail is sent again."""

    letters: Letters
    sender: Sender

    def was_sent(self, user_id: str, note_id: str) -> bool:
        return bool(self.letters.find(user_id, [note_id]))

    def send(self, mail: Outgoing, note: Letter) -> None:
        """`note` is of its own id, that it was sent. Raises Unavailable, Refused; NotFound for who was erased."""
        message_id = self.sender.send(mail)
        # under the message's id, so that answers find the ticket
        self.letters.add(replace(note, letter_id=letter_id_of(message_id), message_id=message_id))
        self.letters.add(note)


def in_thread(
    thread: Thread,
    to: str,
    reply_to: str,
    letters: Sequence[Letter],
    paragraphs: Sequence[str],
    files: tuple[SentFile, ...] = (),
    *,
    is_automatic: bool = False,
) -> Outgoing:
    """`letters` are those before it, the oldest first."""
    subject = thread.subject.removeprefix("Re: ")
    tag = f"[#{thread.number}]"
    subject = subject if tag in subject else f"{subject} {tag}"
    references = tuple(letter.message_id for letter in letters if letter.message_id)[-MAX_REFERENCES:]
    text = "\n\n".join([MARKER, *paragraphs]) + "\n"
    return Outgoing(to, reply_to, f"Re: {subject}", text, references, files, is_automatic)


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
    if mail.is_automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"  # for Exchange, which answers in spite of it
    message.set_content(mail.text)
    for file in mail.files:
        kind, _, subtype = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=" ".join(file.name.split()))
    return message.as_bytes()
