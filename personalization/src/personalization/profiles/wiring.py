"""The composition root of profiles."""

from functools import cache

from personalization import settings
from personalization.profiles.adapters.profiles import DynamoProfiles
from personalization.profiles.domain.profile import Profiles
from personalization.supporters.wiring import supporters
from shared.http.cursors import Cursors

__all__ = ["cursors", "profiles", "supporters"]


@cache
def profiles() -> Profiles:
    tables = settings.Profiles()
    return DynamoProfiles(tables.users_table, tables.donations_table, tables.context_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)
