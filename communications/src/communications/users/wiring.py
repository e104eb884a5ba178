"""The composition root of users."""

from functools import cache

from communications import settings
from communications.users.adapters.users import DynamoUsers
from shared.http.cursors import Cursors
from shared.people.dynamo_directory import DynamoDirectory


@cache
def users() -> DynamoUsers:
    tables = settings.Users()
    return DynamoUsers(tables.users_table, tables.addresses_table, directory())


@cache
def directory() -> DynamoDirectory:
    return DynamoDirectory(settings.Users().directory_table, "users")


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)
