"""The composition root of sending."""

from datetime import UTC, datetime
from functools import cache

from communications import settings
from communications.sending.adapters.destinations import MailAddresses, PhoneNumbers, PushDevices
from communications.sending.adapters.devices import DynamoDevices, SnsEndpoints
from communications.sending.adapters.mail_events import mail_event
from communications.sending.adapters.messages import WORK_SECONDS, send_row
from communications.sending.adapters.outbox import DynamoOutbox
from communications.sending.adapters.outbox_stream import RowChange, publish_due, row_change
from communications.sending.adapters.providers import SesMail, SnsPush, SnsSms
from communications.sending.adapters.redrives import DynamoRedrives
from communications.sending.adapters.suppressions import DynamoSuppressions
from communications.sending.adapters.topic import SnsTopic
from communications.sending.domain.devices import DeviceRegistration, applications
from communications.sending.domain.feedback import MailReports
from communications.sending.domain.outbox import Channel
from communications.sending.domain.publishing import Sweep
from communications.sending.domain.redriving import Redriving
from communications.sending.domain.sending import Destinations, Provider, Sender
from communications.sending.domain.settling import Settling
from communications.sending.domain.unsubscribing import UnsubscribeLinks
from communications.users.adapters.users import DynamoUsers
from shared.auth.seals import Seals
from shared.dynamodb.transactions import Transaction
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.resilience.deadline import time_for

__all__ = ["WORK_SECONDS", "RowChange", "mail_event", "publish_due", "row_change", "send_row"]


@cache
def outbox() -> DynamoOutbox:
    return DynamoOutbox(settings.Outbox().outbox_table)


@cache
def suppressions() -> DynamoSuppressions:
    return DynamoSuppressions(settings.Suppressions().suppressions_table)


@cache
def settling() -> Settling:
    return Settling(outbox())


@cache
def redriving() -> Redriving:
    return Redriving(outbox(), DynamoRedrives(settings.Redrives().redrives_table), Transaction)


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def topic() -> SnsTopic:
    return SnsTopic(settings.NotificationsTopic().notifications_topic_arn)


@cache
def sweep() -> Sweep:
    return Sweep(outbox(), topic(), settings.OutgoingChannels().among(Channel))


@cache
def mail_sender() -> Sender:
    chosen = settings.Mail()
    links = UnsubscribeLinks(Seals(settings.LinkKey().link_key), chosen.api_url)
    provider = SesMail(chosen.mail_sender, chosen.mail_configuration_set, links)
    return _sender(Channel.EMAIL, MailAddresses(_users()), provider)


@cache
def sms_sender() -> Sender:
    chosen = settings.Sms()
    provider = SnsSms(_or_empty(chosen.sms_sender_id), _or_empty(chosen.sms_origination_number))
    return _sender(Channel.SMS, PhoneNumbers(_users(), sandbox=chosen.sms_sandbox == "true"), provider)


@cache
def push_sender() -> Sender:
    """It creates no endpoints, so it needs no applications."""
    return _sender(Channel.PUSH, PushDevices(DeviceRegistration(devices(), SnsEndpoints({}))), SnsPush())


@cache
def mail_reports() -> MailReports:
    return MailReports(outbox(), suppressions())


@cache
def devices() -> DynamoDevices:
    return DynamoDevices(settings.Devices().devices_table)


@cache
def registration() -> DeviceRegistration:
    chosen = settings.PushApplications()
    endpoints = SnsEndpoints(applications(_or_empty(chosen.push_apns), _or_empty(chosen.push_fcm)))
    return DeviceRegistration(devices(), endpoints)


def _sender(channel: Channel, destinations: Destinations, provider: Provider) -> Sender:
    return Sender(
        channel=channel,
        outbox=outbox(),
        destinations=destinations,
        suppressions=suppressions(),
        provider=provider,
        clock=lambda: datetime.now(UTC),
        has_time=lambda: time_for(1) > 0,
    )


def _users() -> DynamoUsers:
    return DynamoUsers(settings.Users().users_table)


def _or_empty(value: str) -> str:
    """Variables of a function cannot be empty: parameters that are not given are `none`."""
    return "" if value == "none" else value
