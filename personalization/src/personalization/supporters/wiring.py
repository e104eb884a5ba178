"""The composition root of supporters."""

from functools import cache

from personalization import settings
from personalization.supporters.adapters.people import DynamoPeople
from personalization.supporters.adapters.supporters import DynamoSupporters
from personalization.supporters.domain.people import People
from personalization.supporters.domain.supporter import Supporters


@cache
def people() -> People:
    return DynamoPeople(settings.Supporters().users_table)


@cache
def supporters() -> Supporters:
    return DynamoSupporters(settings.Supporters().users_table)
