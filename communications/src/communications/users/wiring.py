"""The composition root of users."""

from functools import cache

from communications import settings
from communications.users.adapters.users import DynamoUsers


@cache
def users() -> DynamoUsers:
    tables = settings.Users()
    return DynamoUsers(tables.users_table, tables.addresses_table)
