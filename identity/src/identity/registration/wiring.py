"""The composition root of this feature."""

from functools import cache

from identity import settings
from identity.access.adapters.sessions import CognitoSessions
from identity.access.domain.ending import Ending
from identity.access.domain.signing_out import Sessions
from identity.registration.adapters.event_bridge import bus
from shared.auth.dynamo_access_ends import DynamoAccessEnds
from shared.events.event_bridge import EventBus


@cache
def event_bus() -> EventBus:
    return bus(settings.Events().event_bus_name, "almoner.identity")


@cache
def ending() -> Ending:
    return Ending(DynamoAccessEnds(settings.AccessEnds().access_ends_table), event_bus())


@cache
def sessions(pool_id: str) -> Sessions:
    """The pool is named by each event. It refers to the function, whose settings cannot name it, too."""
    return CognitoSessions(pool_id)
