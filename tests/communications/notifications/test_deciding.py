"""What is decided for each channel."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.notifications.domain.deciding import (
    Decision,
    Outcome,
    Reason,
    Recipient,
    Rules,
    counts_towards_cap,
    decide,
)
from communications.notifications.domain.quiet_hours import opens_at
from communications.notifications.domain.types import INSIDE, MARKETING, TYPES, Channel, NotificationType
from communications.sending.domain.suppressions import Cause
from communications.users.domain.users import Channels, Digest, QuietHours, Settings

NOON = datetime(2026, 6, 2, 11, tzinfo=UTC)  # a Tuesday, 12:00 in London
NIGHT = datetime(2026, 6, 2, 22, tzinfo=UTC)
OUTSIDE = frozenset({Channel.PUSH, Channel.EMAIL, Channel.SMS})
RULES = Rules(weekly_cap=3, zone=ZoneInfo("Europe/London"), channels=OUTSIDE)
AT_NIGHT = QuietHours(time(22), time(7), "Europe/London")
EVERYTHING = Channels(email=True, sms=True, push=True)
REACHABLE = Recipient(settings=Settings(EVERYTHING), has_phone=True, has_device=True, consents=frozenset({MARKETING}))
QUIET = replace(REACHABLE, settings=Settings(EVERYTHING, AT_NIGHT))


def minutes_later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


settings = st.builds(
    Settings,
    channels=st.builds(Channels, st.booleans(), st.booleans(), st.booleans()),
    quiet_hours=st.none() | st.builds(QuietHours, st.times(), st.times(), st.just("America/New_York")),
    digest=st.sampled_from(Digest),
)
recipients = st.builds(
    Recipient,
    settings=settings,
    has_email=st.booleans(),
    has_phone=st.booleans(),
    has_device=st.booleans(),
    blocks=st.dictionaries(st.sampled_from([Channel.EMAIL, Channel.SMS, Channel.PUSH]), st.sampled_from(Cause)),
    consents=st.sampled_from([frozenset(), frozenset({MARKETING})]),
    sent=st.lists(st.integers(-14 * 24 * 60, 0).map(minutes_later)).map(tuple),
)
types = st.sampled_from(list(TYPES.values()))
moments = st.integers(0, 7 * 24 * 60).map(minutes_later)


def decision(
    type_: str, channel: Channel, recipient: Recipient, now: datetime = NOON, rules: Rules = RULES
) -> Decision:
    return decide(TYPES[type_], recipient, rules, now, now)[list(Channel).index(channel)]


@given(types, recipients, moments)
def test_every_channel_has_one_decision(type_: NotificationType, recipient: Recipient, now: datetime) -> None:
    decisions = decide(type_, recipient, RULES, now, now)
    assert [each.channel for each in decisions] == list(Channel)
    for each in decisions:
        assert (each.outcome is not Outcome.HELD) or (each.until is not None and each.until > now)
        assert each.outcome is not Outcome.FAILED


@given(types, recipients, moments)
def test_whoever_is_there_is_not_made_to_wait(type_: NotificationType, recipient: Recipient, now: datetime) -> None:
    inside = [each for each in decide(type_, recipient, RULES, now, now) if each.channel in INSIDE]
    assert all(each.outcome is Outcome.SENT for each in inside)


def test_what_was_mailed_already_is_not_mailed_again() -> None:
    mailed = replace(REACHABLE, is_mailed=True)
    decisions = {each.channel: each for each in decide(TYPES["ticket-answered"], mailed, RULES, NOON, NOON)}
    assert decisions[Channel.EMAIL] == Decision(Channel.EMAIL, Outcome.SKIPPED, Reason.ALREADY_MAILED)
    elsewhere = [each.outcome for each in decisions.values() if each.channel not in (Channel.EMAIL, Channel.SMS)]
    assert elsewhere == [Outcome.SENT] * 3


@given(types.filter(lambda type_: type_.is_essential), recipients, moments)
def test_receipts_and_security_notices_are_never_held(
    type_: NotificationType, recipient: Recipient, now: datetime
) -> None:
    decisions = decide(type_, recipient, RULES, now, now)
    assert Outcome.HELD not in {each.outcome for each in decisions}
    mail = decisions[list(Channel).index(Channel.EMAIL)]
    reachable = recipient.has_email and Channel.EMAIL not in recipient.blocks
    assert (mail.outcome is Outcome.SENT) is (reachable and Channel.EMAIL in type_.channels)


@given(types.filter(lambda type_: not type_.is_essential), recipients, moments)
def test_nothing_else_goes_out_in_quiet_hours(type_: NotificationType, recipient: Recipient, now: datetime) -> None:
    for each in decide(type_, recipient, RULES, now, now):
        if each.channel in INSIDE or each.outcome not in (Outcome.SENT, Outcome.HELD):
            continue
        goes_out = each.until or now
        assert opens_at(recipient.settings.quiet_hours, goes_out) is None
        assert goes_out < now + type_.useful_for


@given(types.filter(lambda type_: type_.purpose is not None), recipients, moments)
def test_nothing_goes_out_without_consent(type_: NotificationType, recipient: Recipient, now: datetime) -> None:
    recipient = replace(recipient, consents=frozenset())
    outside = [each for each in decide(type_, recipient, RULES, now, now) if each.channel not in INSIDE]
    assert {each.outcome for each in outside} <= {Outcome.SKIPPED, Outcome.SUPPRESSED}


@given(st.lists(st.tuples(types, st.integers(0, 10_000)), max_size=60), recipients)
def test_cap_holds_in_every_seven_days(sequence: list[tuple[NotificationType, int]], recipient: Recipient) -> None:
    recipient, now, counted = replace(recipient, sent=()), NOON, list[datetime]()
    for type_, pause in sequence:
        now += timedelta(minutes=pause)
        decisions = decide(type_, replace(recipient, sent=tuple(counted)), RULES, now, now)
        outside = {each.outcome for each in decisions if each.channel not in INSIDE}
        goes_out = not outside.isdisjoint({Outcome.SENT, Outcome.HELD})
        if type_.is_capped and goes_out:
            assert sum(moment > now - timedelta(days=7) for moment in counted) < RULES.weekly_cap
        assert counts_towards_cap(type_, decisions) is (type_.counts and goes_out)
        if counts_towards_cap(type_, decisions):
            counted.append(now)


@pytest.mark.parametrize(
    ("recipient", "channel", "outcome", "reason"),
    [
        (replace(REACHABLE, has_email=False), Channel.EMAIL, Outcome.SKIPPED, Reason.NO_ADDRESS),
        (
            replace(REACHABLE, settings=Settings(Channels(email=False))),
            Channel.EMAIL,
            Outcome.SKIPPED,
            Reason.PREFERENCE,
        ),
        (replace(REACHABLE, blocks={Channel.EMAIL: Cause.BOUNCED}), Channel.EMAIL, Outcome.SUPPRESSED, Cause.BOUNCED),
        (
            replace(REACHABLE, blocks={Channel.EMAIL: Cause.SPAM}),
            Channel.EMAIL,
            Outcome.SUPPRESSED,
            Cause.SPAM,
        ),
        (replace(REACHABLE, consents=frozenset()), Channel.EMAIL, Outcome.SUPPRESSED, Reason.NO_CONSENT),
        (replace(REACHABLE, sent=(NOON,) * 3), Channel.EMAIL, Outcome.SUPPRESSED, Reason.WEEKLY_CAP),
        (replace(REACHABLE, settings=Settings()), Channel.SMS, Outcome.SKIPPED, Reason.PREFERENCE),
        (replace(REACHABLE, has_phone=False), Channel.SMS, Outcome.SKIPPED, Reason.NO_VERIFIED_NUMBER),
        (replace(REACHABLE, has_device=False), Channel.PUSH, Outcome.SKIPPED, Reason.NO_DEVICE),
        (replace(REACHABLE, settings=Settings()), Channel.PUSH, Outcome.SKIPPED, Reason.PREFERENCE),
        (REACHABLE, Channel.EMAIL, Outcome.SENT, Reason.AT_ONCE),
        (REACHABLE, Channel.SMS, Outcome.SENT, Reason.AT_ONCE),
        (REACHABLE, Channel.PUSH, Outcome.SENT, Reason.AT_ONCE),
        (REACHABLE, Channel.IN_APP, Outcome.SENT, Reason.ALWAYS),
        (REACHABLE, Channel.WEBSOCKET, Outcome.SENT, Reason.ALWAYS),
    ],
)
def test_news(recipient: Recipient, channel: Channel, outcome: Outcome, reason: Reason | Cause) -> None:
    assert decision("news", channel, recipient) == Decision(channel, outcome, reason)


@pytest.mark.parametrize("channel", sorted(OUTSIDE))
def test_channel_that_the_charity_does_not_have_is_off(channel: Channel) -> None:
    rules = replace(RULES, channels=OUTSIDE - {channel})
    off = Decision(channel, Outcome.SKIPPED, Reason.CHANNEL_IS_OFF)
    assert decision("email-changed", channel, REACHABLE, rules=rules) == off


@pytest.mark.parametrize(
    ("recipient", "receipt_sms", "reason"),
    [
        (Recipient(settings=Settings(), has_phone=True), True, Reason.AT_ONCE),
        (Recipient(settings=Settings(), has_phone=True), False, Reason.PREFERENCE),
        (Recipient(settings=Settings()), True, Reason.NO_VERIFIED_NUMBER),
        (REACHABLE, False, Reason.AT_ONCE),
        (replace(QUIET, sent=(NOON,) * 9), True, Reason.AT_ONCE),
    ],
    ids=["all customers", "only who wants SMS", "no number", "who wants SMS", "quiet hours and a cap"],
)
def test_receipts_go_by_sms_to_whom_the_charity_wants(recipient: Recipient, receipt_sms: bool, reason: Reason) -> None:
    rules = replace(RULES, receipt_sms=receipt_sms)
    outcome = Outcome.SENT if reason is Reason.AT_ONCE else Outcome.SKIPPED
    assert decision("order-paid", Channel.SMS, recipient, NIGHT, rules) == Decision(Channel.SMS, outcome, reason)


@given(types.filter(lambda type_: not type_.is_receipt), recipients, moments)
def test_nothing_else_goes_by_sms_to_who_does_not_want_it(
    type_: NotificationType, recipient: Recipient, now: datetime
) -> None:
    recipient = replace(recipient, settings=replace(recipient.settings, channels=Channels(sms=False)))
    sms = decide(type_, recipient, replace(RULES, receipt_sms=True), now, now)[list(Channel).index(Channel.SMS)]
    assert sms.outcome is Outcome.SKIPPED


def test_channel_that_the_type_does_not_use() -> None:
    sms = decision("message-received", Channel.SMS, REACHABLE)
    assert sms == Decision(Channel.SMS, Outcome.SKIPPED, Reason.NOT_OF_THIS_TYPE)


def test_quiet_hours_hold_until_they_are_over() -> None:
    until = datetime(2026, 6, 3, 6, tzinfo=UTC)
    for channel in (Channel.EMAIL, Channel.SMS, Channel.PUSH):
        held = Decision(channel, Outcome.HELD, Reason.QUIET_HOURS, until)
        assert decision("news", channel, QUIET, NIGHT) == held


def test_mail_waits_whether_it_is_read_and_then_for_the_end_of_quiet_hours() -> None:
    later = Decision(Channel.EMAIL, Outcome.HELD, Reason.UNLESS_READ, NOON + timedelta(minutes=10))
    assert decision("message-received", Channel.EMAIL, QUIET) == later
    just_before = NIGHT - timedelta(hours=1, minutes=5)  # 21:55 in London
    held = Decision(Channel.EMAIL, Outcome.HELD, Reason.QUIET_HOURS, datetime(2026, 6, 3, 6, tzinfo=UTC))
    assert decision("message-received", Channel.EMAIL, QUIET, just_before) == held
    push = decision("message-received", Channel.PUSH, QUIET, just_before)
    assert push == Decision(Channel.PUSH, Outcome.SENT, Reason.AT_ONCE)


@pytest.mark.parametrize(
    ("digest", "until"),
    [(Digest.DAILY, datetime(2026, 6, 3, 7, tzinfo=UTC)), (Digest.WEEKLY, datetime(2026, 6, 8, 7, tzinfo=UTC))],
)
def test_digest_collects_mail_only(digest: Digest, until: datetime) -> None:
    recipient = replace(REACHABLE, settings=Settings(EVERYTHING, digest=digest))
    mail = decision("donation-received", Channel.EMAIL, recipient)
    assert mail == Decision(Channel.EMAIL, Outcome.HELD, Reason.DIGEST, until)
    assert decision("message-received", Channel.PUSH, recipient).outcome is Outcome.SENT


def test_what_would_come_too_late_is_not_held() -> None:
    recipient = replace(REACHABLE, settings=Settings(EVERYTHING, digest=Digest.WEEKLY))
    until = datetime(2026, 6, 8, 7, tzinfo=UTC)
    mail = decision("message-received", Channel.EMAIL, recipient)
    assert mail == Decision(Channel.EMAIL, Outcome.SKIPPED, Reason.EXPIRED, until)


def test_event_that_was_long_on_its_way() -> None:
    decisions = decide(TYPES["message-received"], REACHABLE, RULES, NOON - timedelta(days=3), NOON)
    reasons = {each.channel: each.reason for each in decisions}
    assert reasons[Channel.PUSH] is Reason.EXPIRED
    assert reasons[Channel.IN_APP] is Reason.ALWAYS


def test_thanks_count_and_are_sent_all_the_same() -> None:
    full = replace(REACHABLE, sent=(NOON,) * 3)
    assert decision("donation-received", Channel.EMAIL, full).outcome is Outcome.SENT
    assert counts_towards_cap(TYPES["donation-received"], decide(TYPES["donation-received"], full, RULES, NOON, NOON))


def test_week_ends_after_seven_days() -> None:
    recipient = replace(REACHABLE, sent=(NOON - timedelta(days=7), NOON, NOON))
    assert decision("news", Channel.EMAIL, recipient).outcome is Outcome.SENT


def test_what_is_not_sent_does_not_count() -> None:
    nowhere = Recipient(settings=Settings(Channels(email=False)))
    assert not counts_towards_cap(TYPES["news"], decide(TYPES["news"], nowhere, RULES, NOON, NOON))
    assert counts_towards_cap(TYPES["news"], decide(TYPES["news"], REACHABLE, RULES, NOON, NOON))
    assert not counts_towards_cap(TYPES["order-paid"], decide(TYPES["order-paid"], REACHABLE, RULES, NOON, NOON))


def test_nobody_is_sent_what_needs_no_consent_without_a_reason() -> None:
    assert {each.purpose for each in TYPES.values()} == {None, MARKETING}
    assert {name for name, each in TYPES.items() if each.purpose} == {"news"}
