"""The composition root: what a warm function keeps. Adapters, and the SDK with them, load on first use."""

from functools import cache

from personalization.domain.profile import Profiles
from personalization.domain.supporter import Supporters
from personalization.settings import settings
from shared.cursors import Cursors


@cache
def profiles() -> Profiles:
    from personalization.adapters.dynamodb import DynamoProfiles

    known = settings()
    return DynamoProfiles(known.users_table, known.donations_table, known.context_table)


@cache
def supporters() -> Supporters:
    from personalization.adapters.dynamodb import DynamoSupporters

    return DynamoSupporters(settings().users_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings().cursor_key)
