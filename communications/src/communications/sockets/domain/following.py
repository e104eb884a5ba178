"""Follows an inbox without a socket: by answers that wait until something happens."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

from communications.inbox.domain.inbox import Inbox, catch_up
from shared.errors import TooManyRequests
from shared.event_streams.waiting import Check, Pauses, wait_for
from shared.resilience.clock import Clock

SUBJECT = "inbox"
"""What tickets are for: whose inbox it is, they say by their user."""
MAX_STREAMS = 10
"""Of a user: each occupies a function, also where its client has gone, for up to 24 s."""
STREAM_LIFE = timedelta(seconds=30)
"""Of a stream whose function was cut off; longer than any other."""

_PAUSES = Pauses(first=0.2, longest=1.0)
_PAGE = 200


class Streams(Protocol):
    """The streams of each user that are open. Every method raises Unavailable."""

    def open(self, user_id: str, stream_id: str, now: datetime) -> bool:
        """False where MAX_STREAMS of the user's are open."""
        ...

    def close(self, user_id: str, stream_id: str, opened_at: datetime) -> None: ...


@contextmanager
def one_more(streams: Streams, user_id: str, stream_id: str, clock: Clock) -> Iterator[None]:
    """Raises TooManyRequests; Unavailable."""
    opened_at = clock.now()
    if not streams.open(user_id, stream_id, opened_at):
        raise TooManyRequests("You follow from too many places at once: close some.", retry_after_seconds=30)
    try:
        yield
    finally:
        streams.close(user_id, stream_id, opened_at)


def news(inbox: Inbox, user_id: str, after: int | None, check: Check, clock: Clock) -> Sequence[Mapping[str, Any]]:
    """What `catch_up` says after a number, as soon as there is something; nothing after 24 s. Raises as `check` does.

    Without a number, at once where the inbox is now: who begins has seen nothing yet that could be missed.
    """

    def look() -> Sequence[Mapping[str, Any]] | None:
        last = inbox.head(user_id).last_seq
        if last == after:
            return None
        return catch_up(inbox, user_id, last if after is None else after, clock.now(), _PAGE)

    return wait_for(look, check, clock, _PAUSES) or ()
