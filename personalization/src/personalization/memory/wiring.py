"""The composition root of what was learned."""

from functools import cache

from personalization import settings
from personalization.memory.adapters.context import DynamoContexts
from personalization.memory.domain.correcting import Contexts


@cache
def contexts() -> Contexts:
    tables = settings.Memory()
    return DynamoContexts(tables.users_table, tables.context_table)
