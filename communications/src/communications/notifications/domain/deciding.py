"""Through which channels somebody hears of something, now or later, and why not through the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from communications.notifications.domain.quiet_hours import next_digest, opens_at
from communications.notifications.domain.types import INSIDE, Channel, NotificationType
from communications.sending.domain.suppressions import Cause
from communications.users.domain.users import Settings

WEEK = timedelta(days=7)


class Outcome(StrEnum):
    """`skipped`: not possible or not wanted; `suppressed`: possible, but not allowed."""

    SENT = "sent"
    HELD = "held"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(StrEnum):
    """Of what is sent, `at-once` or after it was held: `released`, alone, or `in-digest`."""

    ALWAYS = "always"
    AT_ONCE = "at-once"
    RELEASED = "released"
    IN_DIGEST = "in-digest"
    # held
    QUIET_HOURS = "quiet-hours"
    DIGEST = "digest"
    UNLESS_READ = "unless-read"
    # suppressed, unless there is a Cause
    NO_CONSENT = "no-consent"
    WEEKLY_CAP = "weekly-cap"
    # skipped
    NOT_OF_THIS_TYPE = "not-of-this-type"
    ALREADY_MAILED = "already-mailed"
    NO_ADDRESS = "no-address"
    NO_VERIFIED_NUMBER = "no-verified-number"
    NO_DEVICE = "no-device"
    CHANNEL_IS_OFF = "channel-is-off"
    PREFERENCE = "preference"
    EXPIRED = "expired"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Decision:
    """`until` is when something held is sent, or when it would have been."""

    channel: Channel
    outcome: Outcome
    reason: Reason | Cause
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """`blocks` says through which channels nothing of this category may be sent to them, and why; `sent` when
    notifications that count were sent to them lately. `is_mailed`: what this one is about has been mailed to them."""

    settings: Settings
    has_email: bool = True
    has_phone: bool = False
    has_device: bool = False
    blocks: Mapping[Channel, Cause] = field(default_factory=dict)
    consents: frozenset[str] = frozenset()
    sent: tuple[datetime, ...] = ()
    is_mailed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`weekly_cap` is how many notifications that count there may be in any seven days, of whatever contexts.

    Digests are due at `digest_at`, by the clocks of somebody's quiet hours, or else of `zone`, the charity's.
    `channels` are those to the outside that the charity has. `receipt_sms` is whether receipts go by SMS to everybody
    with a verified number, and not only to those who want SMS.
    """

    weekly_cap: int
    zone: tzinfo
    digest_at: time = time(8)
    channels: frozenset[Channel] = frozenset()
    receipt_sms: bool = False


def decide(
    type_: NotificationType, recipient: Recipient, rules: Rules, occurred_at: datetime, now: datetime
) -> tuple[Decision, ...]:
    """A decision for each channel that there is. `occurred_at` is when that happened of which they hear."""
    drop_after = type_.drop_after(occurred_at, now)
    return tuple(_decision(channel, type_, recipient, rules, drop_after, now) for channel in Channel)


def recheck(
    channel: Channel, type_: NotificationType, recipient: Recipient, rules: Rules, drop_after: datetime, now: datetime
) -> Decision:
    """Whether what was held may be sent now: its recipient may have changed their mind. It is counted already."""
    for problem in _skipped(channel, type_, recipient, rules):
        return Decision(channel, Outcome.SKIPPED, problem)
    for cause in _forbidden(channel, type_, recipient):
        return Decision(channel, Outcome.SUPPRESSED, cause)
    opens = opens_at(recipient.settings.quiet_hours, now)
    if (opens or now) >= drop_after:
        return Decision(channel, Outcome.SKIPPED, Reason.EXPIRED, opens)
    if opens:
        return Decision(channel, Outcome.HELD, Reason.QUIET_HOURS, opens)
    return Decision(channel, Outcome.SENT, Reason.RELEASED)


def counts_towards_cap(type_: NotificationType, decisions: tuple[Decision, ...]) -> bool:
    """Once, through however many channels it is sent."""
    going_out = (each for each in decisions if each.channel not in INSIDE)
    return type_.counts and any(each.outcome in (Outcome.SENT, Outcome.HELD) for each in going_out)


def of_the_week(sent: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    """Those that still count."""
    return tuple(moment for moment in sent if moment > now - WEEK)


def _decision(
    channel: Channel,
    type_: NotificationType,
    recipient: Recipient,
    rules: Rules,
    drop_after: datetime,
    now: datetime,
) -> Decision:
    if channel not in type_.channels:
        return Decision(channel, Outcome.SKIPPED, Reason.NOT_OF_THIS_TYPE)
    if channel in INSIDE:
        return Decision(channel, Outcome.SENT, Reason.ALWAYS)
    for problem in _skipped(channel, type_, recipient, rules):
        return Decision(channel, Outcome.SKIPPED, problem)
    for cause in _suppressed(channel, type_, recipient, rules, now):
        return Decision(channel, Outcome.SUPPRESSED, cause)
    until, reason = (now, Reason.AT_ONCE) if type_.is_essential else _due(channel, type_, recipient, rules, now)
    if until >= drop_after:
        return Decision(channel, Outcome.SKIPPED, Reason.EXPIRED, until)
    if until > now:
        return Decision(channel, Outcome.HELD, reason, until)
    return Decision(channel, Outcome.SENT, reason)


def _skipped(channel: Channel, type_: NotificationType, recipient: Recipient, rules: Rules) -> Iterator[Reason]:
    if channel not in rules.channels:
        yield Reason.CHANNEL_IS_OFF
    channels = recipient.settings.channels
    match channel:
        case Channel.EMAIL:
            if recipient.is_mailed:
                yield Reason.ALREADY_MAILED
            if not recipient.has_email:
                yield Reason.NO_ADDRESS
            if not (channels.email or type_.is_essential):
                yield Reason.PREFERENCE
        case Channel.SMS:
            if not (channels.sms or (type_.is_receipt and rules.receipt_sms)):
                yield Reason.PREFERENCE
            if not recipient.has_phone:
                yield Reason.NO_VERIFIED_NUMBER
        case Channel.PUSH:
            if not channels.push:
                yield Reason.PREFERENCE
            if not recipient.has_device:
                yield Reason.NO_DEVICE


def _suppressed(
    channel: Channel, type_: NotificationType, recipient: Recipient, rules: Rules, now: datetime
) -> Iterator[Reason | Cause]:
    yield from _forbidden(channel, type_, recipient)
    if type_.is_capped and len(of_the_week(recipient.sent, now)) >= rules.weekly_cap:
        yield Reason.WEEKLY_CAP


def _forbidden(channel: Channel, type_: NotificationType, recipient: Recipient) -> Iterator[Reason | Cause]:
    if channel in recipient.blocks:
        yield recipient.blocks[channel]
    if type_.purpose and type_.purpose not in recipient.consents:
        yield Reason.NO_CONSENT


def _due(
    channel: Channel, type_: NotificationType, recipient: Recipient, rules: Rules, now: datetime
) -> tuple[datetime, Reason]:
    """When it may be sent, and what it waits for last."""
    settings, due, reason = recipient.settings, now, Reason.AT_ONCE
    if channel is Channel.EMAIL:
        zone = ZoneInfo(settings.quiet_hours.zone) if settings.quiet_hours else rules.zone
        if digest := next_digest(settings.digest, rules.digest_at, zone, now):
            due, reason = digest, Reason.DIGEST
        elif type_.email_delay:
            due, reason = now + type_.email_delay, Reason.UNLESS_READ
    if opens := opens_at(settings.quiet_hours, due):
        due, reason = opens, Reason.QUIET_HOURS
    return due, reason
