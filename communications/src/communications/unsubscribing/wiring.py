"""The composition root of unsubscribing."""

from functools import cache

from communications import settings
from communications.sending.adapters.suppressions import DynamoSuppressions
from communications.unsubscribing.domain.unsubscribing import Unsubscribing
from communications.users.adapters.users import DynamoUsers
from shared.auth.seals import Seals


@cache
def unsubscribing() -> Unsubscribing:
    users = DynamoUsers(settings.Users().users_table)
    suppressions = DynamoSuppressions(settings.Suppressions().suppressions_table)
    return Unsubscribing(Seals(settings.LinkKey().link_key), users, suppressions)
