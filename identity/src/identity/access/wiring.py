"""The composition root of this feature."""

from functools import cache

from identity import settings
from identity.access.adapters.sessions import CognitoSessions
from identity.access.domain.ending import Ending
from identity.access.domain.signing_out import Sessions
from shared.auth.dynamo_access_ends import DynamoAccessEnds
from shared.events.event_bridge import bus_of_streams


@cache
def ending() -> Ending:
    ends = DynamoAccessEnds(settings.AccessEnds().access_ends_table)
    return Ending(ends, bus_of_streams(settings.Events().event_bus_name, "almoner.identity"))


@cache
def sessions() -> Sessions:
    return CognitoSessions(settings.UserPool().user_pool_id)
