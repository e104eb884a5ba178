"""The composition root of this feature."""

from functools import cache

from identity import settings
from identity.users.adapters.user_pool import CognitoUsers
from identity.users.domain.users import UserPool
from shared.http.cursors import Cursors


@cache
def users() -> UserPool:
    return CognitoUsers(settings.UserPool().user_pool_id)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)
