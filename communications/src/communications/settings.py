"""The only place of this context that reads the environment: the variables of each feature's functions."""

from enum import StrEnum

from shared.settings import Settings


class Users(Settings):
    users_table: str
    addresses_table: str


class Directory(Settings):
    directory_table: str


class UserRecords(Settings):
    erasures_table: str


class ErasureTerms(Settings):
    """`erasure_settles_after` is how many seconds whatever had begun before may still write something."""

    erasure_settles_after: str


class Inbox(Settings):
    inbox_heads_table: str
    inbox_entries_table: str


class Connections(Settings):
    connections_table: str


class AccessEnds(Settings):
    access_ends_table: str


class Outbox(Settings):
    outbox_table: str


class Redrives(Settings):
    redrives_table: str


class Suppressions(Settings):
    suppressions_table: str


class NotificationsTopic(Settings):
    notifications_topic_arn: str


class Mail(Settings):
    """`mail_sender` is an address with the charity's name, `api_url` what links in mails begin with."""

    mail_sender: str
    mail_configuration_set: str
    api_url: str


class LinkKey(Settings):
    """What links in mails are signed with."""

    link_key: str


class Sms(Settings):
    """Sender id and origination number are `none` where the charity has none; `sms_sandbox` is `true` or `false`."""

    sms_sender_id: str
    sms_origination_number: str
    sms_sandbox: str


class Devices(Settings):
    devices_table: str


class PushApplications(Settings):
    """ARNs of SNS; `none` of a platform that is off."""

    push_apns: str
    push_fcm: str


class Conversations(Settings):
    conversations_table: str
    memberships_table: str
    messages_table: str
    threads_table: str


class People(Settings):
    users_table: str


class Blocks(Settings):
    blocks_table: str


class Reports(Settings):
    reports_table: str


class UserPool(Settings):
    user_pool_id: str


class Synchronizations(Settings):
    synchronizations_queue_url: str


class PhoneNumbers(Settings):
    """`sms_channel` is `true` or `false`: without SMS, no number could be verified."""

    sms_channel: str


class FirstAnswers(Settings):
    idempotency_table: str


class CursorKey(Settings):
    cursor_key: str


class EventBus(Settings):
    event_bus_name: str


class Notifications(Settings):
    notifications_table: str


class Decisions(Settings):
    decisions_table: str


class WeeklyCaps(Settings):
    weekly_caps_table: str


class OutgoingChannels(Settings):
    """Those that the charity has besides list and socket, such as `email,none,push`."""

    outgoing_channels: str

    def among[C: StrEnum](self, channels: type[C]) -> frozenset[C]:
        names = self.outgoing_channels.split(",")
        return frozenset(channel for channel in channels if channel in names)


class NotificationRules(Settings):
    """`weekly_cap` counts notifications. `time_zone` is the IANA name of where the charity is. `receipt_sms`: `true` or
    `false`.
    """

    weekly_cap: str
    receipt_sms: str
    time_zone: str


class Commerce(Settings):
    """`none` where the shop is not deployed."""

    find_delivery_function_arn: str


class CharityName(Settings):
    charity_name: str


class Figures(Settings):
    figures_table: str
    time_zone: str


class Audience(Settings):
    audience_table: str


class Broadcasts(Settings):
    broadcasts_table: str


class BroadcastQueue(Settings):
    broadcast_queue_url: str


class BroadcastRate(Settings):
    broadcast_mails_per_second: str
