"""The composition root of this feature."""

from functools import cache

from identity import settings
from identity.access.adapters.sessions import CognitoSessions
from identity.access.domain.signing_out import Sessions
from shared.events.event_bridge import EventBus, bus_of_streams


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.Events().event_bus_name, "almoner.identity")


@cache
def sessions() -> Sessions:
    return CognitoSessions(settings.UserPool().user_pool_id)
