"""The composition root of users."""

from datetime import UTC, datetime, timedelta
from functools import cache

from communications import settings
from communications.users.adapters.accounts import CognitoAccounts
from communications.users.adapters.erasures import DynamoErasures, user_deleted
from communications.users.adapters.events import events_of_change
from communications.users.adapters.own_account import CognitoOwnAccount
from communications.users.adapters.queue import SqsSynchronizations
from communications.users.adapters.users import DynamoUserRecords, DynamoUsers
from communications.users.domain.address_changes import AddressChanges
from communications.users.domain.erasures import Erasing
from communications.users.domain.invitations import Invitations
from communications.users.domain.synchronizing import Synchronizing
from shared.auth.access import AccessEnds
from shared.auth.dynamo_access_ends import DynamoAccessEnds
from shared.erasure.tombstones import DynamoTombstones
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.people.dynamo_directory import DynamoDirectory

__all__ = [
    "access_ends",
    "accounts",
    "address_changes",
    "cursors",
    "directory",
    "erasing",
    "erasures",
    "event_bus",
    "events_of_change",
    "first_answers",
    "invitations",
    "records",
    "settling",
    "synchronizing",
    "tombstones",
    "user_deleted",
    "users",
]


@cache
def users() -> DynamoUsers:
    """For those who read."""
    return DynamoUsers(settings.Users().users_table)


@cache
def records() -> DynamoUserRecords:
    """For those who write."""
    tables = settings.Users()
    return DynamoUserRecords(tables.users_table, tables.addresses_table, directory(), tombstones())


@cache
def tombstones() -> DynamoTombstones:
    return DynamoTombstones(settings.UserRecords().erasures_table)


@cache
def directory() -> DynamoDirectory:
    return DynamoDirectory(settings.Directory().directory_table, "users")


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def erasures() -> DynamoErasures:
    tables, erasures_table = settings.Users(), settings.UserRecords().erasures_table
    return DynamoErasures(erasures_table, tables.users_table, tables.addresses_table, directory())


@cache
def accounts() -> CognitoAccounts:
    return CognitoAccounts(settings.UserPool().user_pool_id)


@cache
def invitations() -> Invitations:
    return accounts()


@cache
def synchronizing() -> Synchronizing:
    return Synchronizing(records(), accounts(), synchronizations(), lambda: datetime.now(UTC))


@cache
def synchronizations() -> SqsSynchronizations:
    return SqsSynchronizations(settings.Synchronizations().synchronizations_queue_url)


@cache
def address_changes() -> AddressChanges:
    has_sms = settings.PhoneNumbers().sms_channel == "true"
    return AddressChanges(users(), CognitoOwnAccount(), synchronizing(), has_sms)


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)


@cache
def access_ends() -> AccessEnds:
    return DynamoAccessEnds(settings.AccessEnds().access_ends_table)


@cache
def erasing() -> Erasing:
    return Erasing(users(), erasures(), accounts(), access_ends())


@cache
def settling() -> timedelta:
    return timedelta(seconds=int(settings.ErasureTerms().erasure_settles_after))


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.EventBus().event_bus_name, "almoner.communications")
