"""Signing a user out everywhere."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from identity.access.domain.ending import Ending
from shared.errors import Unavailable
from shared.events.domain_events import DomainEvent
from shared.ids import new_id


class Sessions(Protocol):
    def revoke(self, user_id: str) -> None:
        """Have the user's refresh tokens give no more access tokens. Raises NotFound; Unavailable."""
        ...


def sign_out_everywhere(
    user_id: str, sessions: Sessions, ending: Ending, ended_at: Callable[[], datetime], how: str = "sign-out"
) -> None:
    """Revoke the user's refresh tokens, then announce that their access has ended: whoever signed in until `ended_at`.

    Repeated after a failure, it does what is left. Raises NotFound; Unavailable.
    """
    sessions.revoke(user_id)
    at = ended_at()  # not before: whoever signed in meanwhile has been signed out, too
    try:
        ending.announce(DomainEvent(new_id(at), 1, at, user_id, {"how": how}))
    except Unavailable as error:
        detail = "The refresh tokens are revoked, but open sessions go on: repeat the request to end them."
        raise Unavailable(detail, error.retry_after_seconds) from error


def before_the_second_of(moment: datetime) -> datetime:
    """The latest end that refuses nobody who signs in from that moment on: tokens count whole seconds."""
    return moment.replace(microsecond=0) - timedelta(milliseconds=1)
