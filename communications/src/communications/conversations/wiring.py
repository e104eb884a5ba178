"""The composition root of conversations."""

from functools import cache

from communications import settings
from communications.conversations.adapters.blocks import DynamoBlocks
from communications.conversations.adapters.conversations import DynamoConversations
from communications.conversations.adapters.messages import DynamoMessages
from communications.conversations.adapters.people import DynamoPeople
from communications.conversations.adapters.records import event_of_image, membership_of_image, message_of_image
from communications.conversations.adapters.reports import DynamoReports
from communications.conversations.domain.changing import Changing
from communications.conversations.domain.fan_out import FanOut
from communications.conversations.domain.reading import Listing, Reading
from communications.conversations.domain.receipts import Receipts
from communications.conversations.domain.reports import Moderation
from communications.conversations.domain.sending import Sending
from communications.inbox.wiring import inbox
from shared.aws.threads import Threads
from shared.dynamodb.transactions import Transaction
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.people.cognito_staff import CognitoStaff

__all__ = [
    "blocks",
    "changing",
    "cursors",
    "event_bus",
    "event_of_image",
    "fan_out",
    "listing",
    "membership_of_image",
    "message_of_image",
    "moderation",
    "reading",
    "receipts",
    "sending",
]

_CONCURRENT_RECIPIENTS = 10


@cache
def sending() -> Sending:
    return Sending(
        conversations=_conversations(),
        messages=_messages(),
        people=_people(),
        staff=CognitoStaff(settings.UserPool().user_pool_id),
        inbox=inbox(),
        first_answers=_first_answers(),
    )


@cache
def fan_out() -> FanOut:
    return FanOut(
        conversations=_conversations(),
        messages=_messages(),
        people=_people(),
        blocks=blocks(),
        inbox=inbox(),
        threads=Threads(_CONCURRENT_RECIPIENTS, thread_name_prefix="recipient"),
    )


@cache
def reading() -> Reading:
    return Reading(_conversations(), _messages())


@cache
def listing() -> Listing:
    return Listing(_conversations(), _messages(), _people(), inbox())


@cache
def receipts() -> Receipts:
    return Receipts(_conversations(), _messages(), inbox())


@cache
def changing() -> Changing:
    return Changing(_conversations(), _messages(), inbox())


@cache
def moderation() -> Moderation:
    return Moderation(
        reports=DynamoReports(settings.Reports().reports_table),
        conversations=_conversations(),
        messages=_messages(),
        reading=reading(),
        changing=changing(),
        first_answers=_first_answers(),
        unit_of_work=Transaction,
    )


@cache
def blocks() -> DynamoBlocks:
    return DynamoBlocks(settings.Blocks().blocks_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.EventBus().event_bus_name, "almoner.communications")


@cache
def _conversations() -> DynamoConversations:
    tables = settings.Conversations()
    return DynamoConversations(tables.conversations_table, tables.memberships_table)


@cache
def _messages() -> DynamoMessages:
    tables = settings.Conversations()
    return DynamoMessages(tables.messages_table, tables.threads_table)


@cache
def _people() -> DynamoPeople:
    return DynamoPeople(settings.People().users_table)


@cache
def _first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)
