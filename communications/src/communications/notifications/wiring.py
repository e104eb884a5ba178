"""The composition root of notifications."""

from functools import cache
from zoneinfo import ZoneInfo

from communications import settings
from communications.audience import wiring as audience
from communications.inbox import wiring as inbox
from communications.notifications.adapters.deliveries import CommerceDeliveries
from communications.notifications.adapters.notifications import DynamoCaps, DynamoDecisions, DynamoNotifications
from communications.notifications.adapters.staff import CognitoStaff
from communications.notifications.domain.deciding import Rules
from communications.notifications.domain.events import Sources
from communications.notifications.domain.explaining import Explaining
from communications.notifications.domain.notifications import Changes
from communications.notifications.domain.notifying import Notifying
from communications.notifications.domain.previewing import Samples
from communications.notifications.domain.reaching import Reaching
from communications.notifications.domain.releasing import Releasing
from communications.notifications.domain.types import Channel
from communications.sending.adapters.devices import DynamoDevices
from communications.sending.adapters.outbox import DynamoOutbox
from communications.sending.adapters.suppressions import DynamoSuppressions
from communications.users import wiring as users
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import DynamoTombstones
from shared.http.cursors import Cursors


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def notifications() -> DynamoNotifications:
    return DynamoNotifications(settings.Notifications().notifications_table)


@cache
def decisions() -> DynamoDecisions:
    return DynamoDecisions(settings.Decisions().decisions_table)


@cache
def outbox() -> DynamoOutbox:
    return DynamoOutbox(settings.Outbox().outbox_table)


@cache
def changes() -> Changes:
    return Changes(notifications(), inbox.inbox())


@cache
def explaining() -> Explaining:
    return Explaining(notifications(), decisions(), outbox())


@cache
def notifying() -> Notifying:
    suppressions, devices = settings.Suppressions().suppressions_table, settings.Devices().devices_table
    return Notifying(
        users=users.users(),
        reach=Reaching(DynamoSuppressions(suppressions), DynamoDevices(devices), audience.audience()),
        caps=DynamoCaps(settings.WeeklyCaps().weekly_caps_table),
        inbox=inbox.inbox(),
        notifications=notifications(),
        decisions=decisions(),
        outbox=outbox(),
        rules=_rules(),
        charity=charity(),
    )


@cache
def tombstones() -> DynamoTombstones:
    return users.tombstones()


@cache
def sources() -> Sources:
    """For the function that has a right to read where orders are sent."""
    deliveries = CommerceDeliveries(settings.Commerce().find_delivery_function_arn)
    return Sources(notifying().name_of, deliveries, notifying().rules.zone)


@cache
def releasing() -> Releasing:
    return Releasing(notifying=notifying(), unit_of_work=Transaction)


@cache
def samples() -> Samples:
    return Samples(users.users(), outbox(), charity(), Transaction)


@cache
def charity() -> str:
    """Its name."""
    return settings.CharityName().charity_name


def _rules() -> Rules:
    rules = settings.NotificationRules()
    return Rules(
        weekly_cap=int(rules.weekly_cap),
        zone=ZoneInfo(rules.time_zone),
        channels=settings.OutgoingChannels().among(Channel),
        receipt_sms=rules.receipt_sms == "true",
    )


@cache
def staff() -> CognitoStaff:
    return CognitoStaff(settings.UserPool().user_pool_id)
