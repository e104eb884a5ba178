"""A mail's bytes, which anybody may have written, as what the help desk needs of it.

Headers are read as they stand (`compat32`): the standard library's structured reading of them takes minutes for some,
and fails for others. What would take a parser long is cut off before it sees it, so that of a mail with large files
the words are read all the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from itertools import islice

from knowledge_base.mail.domain.authentication import is_authenticated, is_infected, is_suspicious
from knowledge_base.mail.domain.automatic import reason_of_automation
from knowledge_base.mail.domain.texts import MAX_TEXT, text_of_page, without_quotes
from knowledge_base.tickets.domain.threads import MAX_ATTACHMENTS
from shared.text.characters import is_control, is_line_end, is_reordering, is_surrogate, normal_form

MAX_MEGABYTES = 10
MAX_BYTES = MAX_MEGABYTES * 2**20
"""Of a mail; more is not read."""
MAX_SUBJECT = 200
MAX_REFERENCES = 20
"""The nearest ones; long threads name hundreds."""

_MAX_HEADER_BYTES = 128 * 2**10
_MAX_CONTAINERS = 30
_MAX_PARTS = 200
_TOO_LARGE = f"everything after its first {MAX_MEGABYTES} MB"
_TOO_MANY_PARTS = "everything after its first parts, of which it has too many"
_MAX_RAW_HEADER = 2_000
_MAX_NAME, _NAMELESS = 100, "file"
_WORDS = {"text/plain", "text/html"}
"""What is read; other texts are files."""
_CONTAINER = re.compile(rb"(?i)content-type:\s*(?:multipart|message)/")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>")
_CHARSET = re.compile(
    r"(?i)us-ascii|ascii|utf-?(?:8|16(?:le|be)?)|iso-?(?:8859|2022)[\w-]*|latin-?1|windows-125\d"
    r"|cp125\d|koi8-[ru]|gb(?:2312|k|18030)|big5|shift_jis|euc-(?:jp|kr)|macintosh"
)


class Unreadable(Exception):
    """A mail that does not become a ticket; the message says why, without its words."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """`content_type` is what the sender declares it as; a mail inside of the mail has no content."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """`sender` is the address in From, in lower case; `is_verified` whether its domain's owner has vouched for it.

    `recipients` are all addresses that it was sent to. `message_id` and `references` are as headers have them, in
    angle brackets; the nearest reference is the last.
    """

    sender: str
    is_verified: bool
    subject: str
    text: str
    recipients: tuple[str, ...] = field(default=())
    message_id: str | None = None
    references: tuple[str, ...] = field(default=())
    files: tuple[MailFile, ...] = field(default=())
    """The first ones."""
    more_files: int = 0
    cut_off: str | None = None
    """What was not read, as people read it; None where all was."""
    is_suspicious: bool = False
    """Spam, or not from the address in From: an automatic answer would go to somebody who has not written."""


def parse(data: bytes, own_domain: str) -> Mail:
    """`own_domain` is that of the help desk's own address. Raises Unreadable."""
    message, cut_off = _message(data)
    sender = _sender(message)
    if sender.rpartition("@")[2] == own_domain:
        raise Unreadable("sent by ourselves")
    if is_infected(message):
        raise Unreadable("infected")
    if reason := reason_of_automation(message):
        raise Unreadable(reason)
    parts = list(islice(_leaves(message), _MAX_PARTS + 1))
    if len(parts) > _MAX_PARTS:
        parts, cut_off = parts[:_MAX_PARTS], _TOO_MANY_PARTS
    elif cut_off and parts and _is_file(parts[-1]):
        parts.pop()  # not whole
    files = [part for part in parts if _is_file(part)]
    return Mail(
        sender=sender,
        is_verified=is_authenticated(message, sender.rpartition("@")[2]),
        subject=_line(_decoded(message, "Subject"))[:MAX_SUBJECT].strip(),
        text=_text(parts),
        recipients=tuple(dict.fromkeys(_addresses(message, "To", "Cc", "Delivered-To", "X-Original-To"))),
        message_id=next(iter(_ids(message, "Message-ID")), None),
        references=tuple(dict.fromkeys([*_ids(message, "References"), *_ids(message, "In-Reply-To")]))[
            -MAX_REFERENCES:
        ],
        files=tuple(map(_file, files[:MAX_ATTACHMENTS])),
        more_files=len(files[MAX_ATTACHMENTS:]),
        cut_off=cut_off,
        is_suspicious=is_suspicious(message),
    )


def _message(data: bytes) -> tuple[Message, str | None]:
    """And what of it was cut off."""
    end = _HEADERS_END.search(data, 0, _MAX_HEADER_BYTES)
    if end is None:
        raise Unreadable("without a body" if len(data) < _MAX_HEADER_BYTES else "headers too long")
    cut_off = _TOO_LARGE if len(data) > MAX_BYTES else None
    data = data[:MAX_BYTES]
    excess = next(islice(_CONTAINER.finditer(data), _MAX_CONTAINERS, None), None)
    if excess:
        data, cut_off = data[: max(excess.start(), end.end())], _TOO_MANY_PARTS
    try:
        message: Message = message_from_bytes(data, policy=policy.compat32)
    except (RecursionError, ValueError, LookupError) as error:
        raise Unreadable("not a mail") from error
    return message, cut_off


def _sender(message: Message) -> str:
    """Of several, nobody knows which a reader is shown."""
    if len(message.get_all("From", [])) != 1:
        raise Unreadable("no single sender")
    addresses = list(_addresses(message, "From"))
    if len(addresses) != 1:
        raise Unreadable("no single sender")
    return addresses[0]


def _addresses(message: Message, *names: str) -> Iterator[str]:
    """In lower case; what is no address is left out."""
    values = [str(value)[:_MAX_RAW_HEADER] for name in names for value in message.get_all(name, [])]
    for _, address in getaddresses(values, strict=True):
        if _ADDRESS.fullmatch(address.lower()):
            yield address.lower()


def _ids(message: Message, name: str) -> list[str]:
    return _MESSAGE_ID.findall(" ".join(str(value)[-16_000:] for value in message.get_all(name, [])))


def _leaves(message: Message) -> Iterator[Message]:
    """Parts with content of their own, in order; of mails inside the mail, only that they are there."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [child for child in reversed(payload) if isinstance(child, Message)]
        else:
            yield part


def _text(parts: list[Message]) -> str:
    """What was written, without what it quotes; the plain form before the page."""
    bodies = [part for part in parts if part.get_content_maintype() == "text" and not _is_file(part)]
    plain = next((part for part in bodies if part.get_content_subtype() == "plain"), None)
    page = next((part for part in bodies if part.get_content_subtype() == "html"), None)
    written = _content(plain) if plain is not None else ""
    if not written.strip() and page is not None:
        written = text_of_page(_content(page))
    text = without_quotes("".join(map(_shown, written.replace("\r\n", "\n").replace("\r", "\n"))))
    return text[:MAX_TEXT].strip()


def _content(part: Message) -> str:
    charset = str(part.get_param("charset", "utf-8"))
    # at most four bytes a character, and pages have more marks than words
    content = _bytes(part)[: MAX_TEXT * 16]
    return content.decode(charset if _CHARSET.fullmatch(charset) else "utf-8", "replace")


def _bytes(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return bytes(data) if isinstance(data, bytes) else b""


def _file(part: Message) -> MailFile:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError):
        name = ""
    return MailFile(_line(name)[:_MAX_NAME].strip() or _NAMELESS, part.get_content_type(), _bytes(part))


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_type() not in _WORDS


def _decoded(message: Message, name: str) -> str:
    value = str(message.get(name, ""))[:_MAX_RAW_HEADER]
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _line(text: str) -> str:
    return normal_form("".join(" " if is_line_end(each) else _shown(each) for each in text))


def _shown(character: str) -> str:
    """Without what cannot be stored, or has a reader see something else than is there."""
    if is_surrogate(character):
        return "\ufffd"
    return "" if is_reordering(character) or is_control(character) else character
