"""Requests that may arrive twice and shall count once.

The answer to a request with an Idempotency-Key is recorded in the same transaction as its effect, and kept 24 h: there
is no effect without the record, and no state "running" that a crash could leave behind. Of several at once one wins,
and the others give its answer. `shared.idempotency.first_answers` keeps the records.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.errors import AlmonerError, Conflict, FieldError, Invalid, Unavailable
from shared.json.encoding import encode
from shared.persistence.unit_of_work import StillConflicting, WriteRefused

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"

KEY_PATTERN = r"[\x21-\x7e]{1,255}"
"""Visible ASCII."""


RECORD = "first answer"
"""What the record is called where a transaction says which of its writes was refused."""


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What was answered first under a record's id: `body` is its JSON, `request_hash` the request that it answered."""

    record_id: str
    request_hash: str
    body: str
    recorded_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.recorded_at + KEPT


@dataclass(frozen=True, slots=True)
class Claim:
    """`record_id` is made of caller, route and key; `request_hash` of everything else in the request.

    `field` is what the client calls the key.
    """

    record_id: str
    request_hash: str
    field: str = HEADER

    def answered(self, answer: object, now: datetime) -> FirstAnswer:
        """The record to write together with the effect."""
        return FirstAnswer(self.record_id, self.request_hash, encode(answer), now)


class FirstAnswers(Protocol):
    def find(self, record_id: str, now: datetime) -> FirstAnswer | None:
        """None also from the second on in which a record expires."""
        ...


class KeyInUse(Conflict):
    """Raised in the place of the effect: another request holds the record. Nothing was written."""

    def __init__(self) -> None:
        super().__init__("The first request with this key is still running: try again in a moment.")


def claim_of(caller: str, route: str, key: str | None, request: object, *, field: str = HEADER) -> Claim | None:
    """The claim that a caller of a route makes with a key; None without one. `request` is all it asks for, as JSON."""
    return None if key is None else Claim(_hash([caller, route, key]), _hash(request), field)


def once(claim: Claim | None, first_answers: FirstAnswers, now: datetime, effect: Callable[[], object]) -> object:
    """What `effect` answers, or what was answered first under the claim. Without a claim, every time is the first.

    The effect is tried before the record is looked for: a first request, the ordinary one, costs no read. So a refusal
    may only mean that the first request has changed the state already: its answer goes before the refusal.
    Raises Invalid where the first request was another one.
    """
    try:
        return effect()
    except Unavailable:
        raise
    except AlmonerError:
        first = first_answers.find(claim.record_id, now) if claim else None
        if claim is None or first is None:
            raise
        if first.request_hash != claim.request_hash:
            message = "was used for a different request: send a new one with each new request"
            raise Invalid(f"{claim.field} {message}.", [FieldError(claim.field, message)]) from None
        return json.loads(first.body)


@contextmanager
def translated_refusals() -> Iterator[None]:
    """Raise KeyInUse where a transaction was cancelled, or kept from committing, by another's record."""
    try:
        yield
    except WriteRefused as error:
        if RECORD in error.refused:
            raise KeyInUse from error
        raise
    except StillConflicting as error:
        if RECORD in error.conflicting:
            raise KeyInUse from error
        raise


def _hash(value: object) -> str:
    """The same for equal JSON, in whatever order its names stand."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
