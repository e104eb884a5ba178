"""Links by which somebody turns a category of mail off, without signing in (RFC 8058)."""

from communications.sending.domain.outbox import Channel, OutboxRow
from shared.auth.seals import BrokenSeal, Seals

_SCOPE = "unsubscribe"
_SEPARATOR = " "


class UnsubscribeLinks:
    """`base_url` is that of the API."""

    def __init__(self, seals: Seals, base_url: str) -> None:
        self._seals, self._base_url = seals, base_url

    def of(self, row: OutboxRow) -> str | None:
        """None of what is always sent."""
        if row.category is None:
            return None
        token = self._seals.make(_SCOPE, _SEPARATOR.join([row.channel, row.user_id, row.category]))
        return f"{self._base_url}/unsubscribe/{token}"


def read_token(seals: Seals, token: str) -> tuple[Channel, str, str]:
    """Channel, user and category. Raises BrokenSeal."""
    channel, user_id, category = seals.read(_SCOPE, token).split(_SEPARATOR, 2)
    return Channel(channel), user_id, category


__all__ = ["BrokenSeal", "UnsubscribeLinks", "read_token"]
