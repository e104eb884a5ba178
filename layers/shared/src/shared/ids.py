"""Time-ordered identifiers: UUID version 7 (RFC 9562, section 5.7)."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from threading import Lock

_RANDOM_BITS, _STEP = 74, 1 << 48
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(now: datetime) -> str:
    """A UUIDv7 of the moment `now`: ids sort as text in the order of their milliseconds.

    Those that a process makes in the same millisecond sort in the order in which it made them (section 6.2, method 2).
    """
    return uuid7(now, _random.next(_milliseconds(now)))


class _Random:
    """Random bits, which grow by random steps within a millisecond."""

    def __init__(self) -> None:
        self._lock, self._milliseconds, self._bits = Lock(), -1, 0

    def next(self, milliseconds: int) -> int:
        with self._lock:
            grown = self._bits + secrets.randbelow(_STEP) + 1
            if milliseconds != self._milliseconds or grown >> _RANDOM_BITS:
                grown = secrets.randbits(_RANDOM_BITS)
            self._milliseconds, self._bits = milliseconds, grown
            return grown


_random = _Random()


def uuid7(moment: datetime, random: int) -> str:
    """The UUIDv7 made of a moment and 74 given bits: the same input gives the same id."""
    milliseconds = _milliseconds(moment)
    high, low = random >> 62 & 0xFFF, random & (1 << 62) - 1
    value = milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return str(uuid.UUID(int=value))


def first_id(moment: datetime) -> str:
    """The least of all ids of the moment's millisecond: ids of earlier ones sort before it, all others after it."""
    return uuid7(max(moment, _EPOCH), 0)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
