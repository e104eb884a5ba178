"""The composition root of this feature."""

from datetime import UTC, datetime, timedelta
from functools import cache

from identity import settings
from identity.access import wiring as access
from identity.access.domain.signing_out import sign_out_everywhere
from identity.users.adapters.user_pool import CognitoUsers
from identity.users.domain.users import UserPool
from shared.http.cursors import Cursors

_UNTIL_CHANGED = timedelta(seconds=5)


@cache
def users() -> UserPool:
    return CognitoUsers(settings.UserPool().user_pool_id)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


def end_access(user_id: str) -> None:
    """Also of whoever signs in while the groups are being changed."""

    def ended_at() -> datetime:
        return datetime.now(UTC) + _UNTIL_CHANGED

    sign_out_everywhere(user_id, access.sessions(), access.ending(), ended_at, "groups")
