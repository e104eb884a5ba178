"""The composition root of supporters."""

from functools import cache

from personalization import settings
from personalization.supporters.adapters.consent_stream import consent_events_of
from personalization.supporters.adapters.people import DynamoPeople
from personalization.supporters.adapters.supporters import DynamoSupporters
from personalization.supporters.domain.people import People
from shared.erasure.tombstones import DynamoTombstones
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.people.dynamo_directory import DynamoDirectory

__all__ = ["consent_events_of", "cursors", "directory", "event_bus", "people", "supporters", "tombstones"]


@cache
def people() -> People:
    return DynamoPeople(settings.Supporters().users_table)


@cache
def supporters() -> DynamoSupporters:
    return DynamoSupporters(settings.Supporters().users_table, directory(), tombstones())


@cache
def tombstones() -> DynamoTombstones:
    return DynamoTombstones(settings.Tombstones().tombstones_table)


@cache
def directory() -> DynamoDirectory:
    return DynamoDirectory(settings.Directory().directory_table, "supporters")


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.SupporterEvents().event_bus_name, "almoner.personalization")
