"""The composition root of this feature."""

from functools import cache

from commerce import settings
from shared.auth.access import AccessEnds
from shared.auth.dynamo_access_ends import DynamoAccessEnds


@cache
def access_ends() -> AccessEnds:
    return DynamoAccessEnds(settings.AccessEnds().access_ends_table)
