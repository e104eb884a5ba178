"""Canned replies: what staff write again and again, with variables that each ticket fills in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from knowledge_base.tickets.domain.stores import Answers, Tickets
from knowledge_base.tickets.domain.writing import handled_by
from shared.auth.callers import Caller
from shared.errors import FieldError, Invalid, NotFound, VersionConflict
from shared.idempotency.claims import Claim, once
from shared.ids import new_id

MAX_TITLE, MAX_TEXT = 120, 10_000

_VARIABLE = re.compile(r"\{\{\s*([^{}\s][^{}]*?)\s*\}\}")


class Variable(StrEnum):
    """`{{customerName}}` in the text."""

    CUSTOMER_NAME = "customerName"
    STAFF_NAME = "staffName"
    NUMBER = "number"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedReply:
    """`version` counts its changes, from 1."""

    canned_reply_id: str
    title: str
    text: str
    updated_by: str
    created_at: datetime
    updated_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class CannedReplyPage:
    """The newest first."""

    items: Sequence[CannedReply]
    after: str | None


@dataclass(frozen=True, slots=True)
class FilledReply:
    """`missing` are variables of which nobody has the value: they stand in the text as they were."""

    text: str
    missing: Sequence[Variable]


class CannedReplies(Protocol):
    """Every method raises Unavailable."""

    def add(self, reply: CannedReply, claim: Claim | None, answered: object, now: datetime) -> None:
        """Raises KeyInUse."""
        ...

    def find(self, canned_reply_id: str) -> CannedReply | None: ...

    def listed(self, after: str | None, limit: int) -> CannedReplyPage: ...

    def replace(self, reply: CannedReply) -> bool:
        """False unless the stored version is the one before it."""
        ...

    def remove(self, canned_reply_id: str) -> None:
        """It need not exist."""
        ...


type NameOf = Callable[[str], str | None]
"""What somebody is called; None where nobody can say."""


def check_text(text: str) -> None:
    """Raises Invalid for variables that there are not."""
    unknown = [name for name in _VARIABLE.findall(text) if name not in set(Variable)]
    if unknown:
        message = f"must have no variables besides {', '.join(f'{{{{{each}}}}}' for each in Variable)}"
        raise Invalid(f"text {message}.", [FieldError("text", message)])


def filled(text: str, values: Mapping[Variable, str | None]) -> FilledReply:
    """What a value holds is not looked at again: a subject may look like a variable."""
    missing = dict[Variable, None]()

    def value(match: re.Match[str]) -> str:
        variable = Variable(match[1])
        found_value = values.get(variable)
        if not found_value:
            missing[variable] = None
            return match[0]
        return found_value

    return FilledReply(_VARIABLE.sub(value, text), tuple(missing))


@dataclass(frozen=True, slots=True)
class Library:
    """The canned replies of the help desk."""

    replies: CannedReplies
    tickets: Tickets
    first_answers: Answers
    name_of: NameOf

    def add(
        self,
        user_id: str,
        title: str,
        text: str,
        claim: Claim | None,
        now: datetime,
        answer: Callable[[CannedReply], object],
    ) -> object:
        """Raises Invalid; Unavailable."""
        check_text(text)

        def effect() -> object:
            reply = CannedReply(
                canned_reply_id=new_id(now), title=title, text=text, updated_by=user_id, created_at=now, updated_at=now
            )
            answered = answer(reply)
            self.replies.add(reply, claim, answered, now)
            return answered

        return once(claim, self.first_answers, now, effect)

    def found(self, canned_reply_id: str) -> CannedReply:
        """Raises NotFound."""
        reply = self.replies.find(canned_reply_id)
        if reply is None:
            raise NotFound("There is no such canned reply.")
        return reply

    def amend(
        self, user_id: str, canned_reply_id: str, version: int, title: str, text: str, now: datetime
    ) -> CannedReply:
        """Raises NotFound; Invalid; VersionConflict; Unavailable."""
        check_text(text)
        seen = self.found(canned_reply_id)
        amended = replace(seen, title=title, text=text, updated_by=user_id, updated_at=now, version=version + 1)
        if seen.version != version or not self.replies.replace(amended):
            raise VersionConflict("canned reply", version)
        return amended

    def filled(self, caller: Caller, ticket_id: str, canned_reply_id: str) -> FilledReply:
        """As it reads for a ticket. Raises NotFound; Forbidden for the caller's own ticket; Unavailable."""
        reply, ticket = self.found(canned_reply_id), handled_by(caller, self.tickets, ticket_id)
        values = {
            Variable.CUSTOMER_NAME: self.name_of(ticket.user_id),
            Variable.STAFF_NAME: self.name_of(caller.user_id),
            Variable.NUMBER: str(ticket.number),
            Variable.SUBJECT: ticket.subject,
        }
        return filled(reply.text, values)
