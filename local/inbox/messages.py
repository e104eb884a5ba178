"""What the local AWS has delivered, as its folders have it: a file for each message, named by time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

type Kind = Literal["mail", "sms", "push"]

_TIME = "%Y%m%dT%H%M%S.%f"


@dataclass(frozen=True, slots=True)
class Delivered:
    """`headers` are a mail's, an SMS's attributes, or the payload of a push message. `files` are names."""

    kind: Kind
    id: str
    at: datetime
    to: str
    title: str
    text: str
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[str] = ()


def delivered(mail: Path, messages: Path, limit: int = 200, to: str = "") -> list[Delivered]:
    """The newest first; only those to an address, number or token that contains `to`."""
    files = sorted([*mail.glob("*.eml"), *messages.glob("[!.]*.json")], key=lambda file: file.name, reverse=True)
    found: list[Delivered] = []
    for message in _read(files):
        if to.lower() in message.to.lower():
            found.append(message)
        if len(found) == limit:
            break
    return found


def _read(files: list[Path]) -> Iterator[Delivered]:
    for file in files:
        try:
            yield _mail(file) if file.suffix == ".eml" else _message(file)
        except (OSError, ValueError, LookupError, TypeError) as error:
            yield Delivered("mail", file.stem, _time(file), "", f"{file.name} cannot be read", type(error).__name__)


def _mail(file: Path) -> Delivered:
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    return Delivered(
        kind="mail",
        id=file.stem,
        at=_time(file),
        to=str(mail["To"] or ""),
        title=str(mail["Subject"] or ""),
        text=_body(mail, "plain") or "",
        html=_body(mail, "html"),
        headers={name: str(value) for name, value in mail.items()},
        files=[part.get_filename() or part.get_content_type() for part in mail.iter_attachments()],
    )


def _body(mail: EmailMessage, kind: Literal["plain", "html"]) -> str | None:
    part = mail.get_body((kind,))
    return None if part is None else str(part.get_content())


def _message(file: Path) -> Delivered:
    message = json.loads(file.read_text())
    if message["kind"] == "sms":
        return Delivered(
            "sms", file.stem, _time(file), message["to"], "", message["text"], headers=message["attributes"]
        )
    payload = json.dumps(message["message"], ensure_ascii=False, indent=2)
    return Delivered("push", file.stem, _time(file), message["to"], message["platform"], payload)


def _time(file: Path) -> datetime:
    try:
        return datetime.strptime(file.name.partition("-")[0], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
