"""Files that are attached to what is written on a ticket: uploaded by a form, inspected, and only then to be had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from knowledge_base.tickets.domain.threads import MAX_ATTACHMENTS
from shared.errors import FieldError, Invalid
from shared.idempotency.claims import FirstAnswer
from shared.persistence.unit_of_work import UnitOfWork
from shared.s3.upload_form import UploadForm

MAX_BYTES = 10_000_000
FORM_VALID = timedelta(minutes=5)
KEPT = timedelta(days=1)
"""How long an attachment waits for the words that it belongs to."""
LINK_VALID = timedelta(minutes=5)

ATTACHMENT = "attachment"
"""What the write of the first one is called where a transaction says what was refused: `attachment 0`."""


class FileType(StrEnum):
    """What people send a help desk. Nothing of it is shown by a browser as a page of ours: it is downloaded."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    PDF = "application/pdf"
    TEXT = "text/plain"
    CSV = "text/csv"


_TEXTS = {FileType.TEXT: ".txt", FileType.CSV: ".csv"}
"""What has no first bytes of its own, and how names of it end."""


class AttachmentState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Flaw(StrEnum):
    TOO_LARGE = "too-large"
    OTHER_TYPE = "other-type"


@dataclass(frozen=True, slots=True)
class WantedFile:
    name: str
    type: FileType
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """`version_id` names the bytes that were accepted. `ticket_id` is where it was attached, to a note or not."""

    attachment_id: str
    user_id: str
    name: str
    type: FileType
    size_bytes: int
    offered_at: datetime
    state: AttachmentState = AttachmentState.WAITING
    reason: Flaw | None = None
    version_id: str | None = None
    ticket_id: str | None = None
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class UploadedFile:
    version_id: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class OfferedAttachment:
    attachment_id: str
    upload: UploadForm
    expires_at: datetime


class Attachments(Protocol):
    """Every method raises Unavailable."""

    def add_new(self, attachment: Attachment) -> None:
        """One that is there already stays as it is."""
        ...

    def add(self, attachment: Attachment, answer: FirstAnswer | None) -> None:
        """Raises KeyInUse."""
        ...

    def find(self, attachment_id: str) -> Attachment | None: ...

    def find_all(self, attachment_ids: Sequence[str]) -> Mapping[str, Attachment]: ...

    def attach(self, attachment: Attachment, position: int, unit_of_work: UnitOfWork) -> None:
        """To `ticket_id`, for good. Refused as `attachment {position}` unless it is its user's, and on no ticket."""
        ...

    def settle(self, attachment_id: str, state: AttachmentState, reason: Flaw | None, file: UploadedFile) -> bool:
        """Unless it was settled before, which returns False."""
        ...


class Files(Protocol):
    """Every method raises Unavailable."""

    def form(self, attachment_id: str, wanted: WantedFile, expires_in: timedelta) -> UploadForm: ...

    def put(self, attachment: Attachment, content: bytes) -> UploadedFile: ...

    def uploaded(self, attachment_id: str) -> UploadedFile | None: ...

    def content(self, attachment_id: str, file: UploadedFile) -> bytes | None: ...

    def discard(self, attachment_id: str, file: UploadedFile) -> None: ...

    def delete(self, attachment_id: str) -> None:
        """All that was ever uploaded for it, which may be nothing."""
        ...

    def link(self, attachment: Attachment, expires_in: timedelta) -> str:
        """By which the accepted bytes can be downloaded under their name. Calls nobody."""
        ...


def type_of(declared: str, name: str, content: bytes) -> FileType | None:
    """Of a file that comes without a form: as it is declared, or else as its first bytes and its name say."""
    found = (each for each in FileType if each == declared or each not in _TEXTS or name.lower().endswith(_TEXTS[each]))
    return next((each for each in sorted(found, key=lambda each: each != declared) if _is(each, content)), None)


def flaw_of(type_: FileType, size_bytes: int, content: bytes) -> Flaw | None:
    """What is wrong with an upload: what it is, is seen by its first bytes."""
    if size_bytes > MAX_BYTES:
        return Flaw.TOO_LARGE
    return None if _is(type_, content) else Flaw.OTHER_TYPE


def _is(type_: FileType, content: bytes) -> bool:
    match type_:
        case FileType.JPEG:
            return content.startswith(b"\xff\xd8\xff")
        case FileType.PNG:
            return content.startswith(b"\x89PNG\r\n\x1a\n")
        case FileType.WEBP:
            return content[:4] == b"RIFF" and content[8:12] == b"WEBP"
        case FileType.GIF:
            return content.startswith((b"GIF87a", b"GIF89a"))
        case FileType.PDF:
            return content.startswith(b"%PDF-")
        case FileType.TEXT | FileType.CSV:
            return _is_text(content)


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def attached(
    ids: Sequence[str], found: Mapping[str, Attachment], user_id: str, refused: frozenset[str] = frozenset()
) -> Sequence[Attachment]:
    """Those that somebody may attach, in this order. Raises Invalid: nobody learns of others' files."""
    wrong = [
        FieldError(f"attachments[{position}]", "is no attachment of yours that can be used")
        for position, each in enumerate(ids[:MAX_ATTACHMENTS])
        if each not in found
        or found[each].user_id != user_id
        or found[each].ticket_id
        or found[each].state is AttachmentState.REFUSED
        or f"{ATTACHMENT} {position}" in refused
    ]
    if wrong:
        raise Invalid("Not every attachment can be used: upload it again.", wrong)
    return [found[each] for each in ids]
