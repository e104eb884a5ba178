"""Time-ordered identifiers: UUID version 7 (RFC 9562, section 5.7)."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta

_RANDOM_BITS = 74
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(now: datetime) -> str:
    """A UUIDv7 of the moment `now`: ids sort as text in the order of their milliseconds."""
    random = secrets.randbits(_RANDOM_BITS)
    return uuid7(now, random)


def uuid7(moment: datetime, random: int) -> str:
    """The UUIDv7 made of a moment and 74 given bits: the same input gives the same id."""
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    high, low = random >> 62 & 0xFFF, random & (1 << 62) - 1
    value = milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return str(uuid.UUID(int=value))
