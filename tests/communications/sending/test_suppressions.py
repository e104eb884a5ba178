"""Whom nothing is sent to, after bounces and reports of spam."""

from datetime import timedelta

import pytest

from communications.sending.domain.outbox import Channel
from communications.sending.domain.suppressions import (
    SOFT_BOUNCES,
    SUPPRESSED_FOR,
    Cause,
    Feedback,
    address_key,
    lift_bounces,
    suppress_after_bounce,
    suppress_after_spam_report,
    suppressed,
)
from tests.communications.sending.examples import NOW
from tests.communications.sending.fakes import FakeSuppressions

ADDRESS = "ada@example.org"


def cause_of(
    suppressions: FakeSuppressions, category: str | None, *, user_id: str = "ada", days: int = 0
) -> Cause | None:
    return suppressed(
        suppressions.by_key,
        channel=Channel.EMAIL,
        user_id=user_id,
        address=ADDRESS,
        category=category,
        now=NOW + timedelta(days=days),
    )


def feedback(number: int = 1) -> Feedback:
    return Feedback(f"f{number}", ADDRESS, "ada", "messages")


def test_address_that_does_not_exist_gets_nothing() -> None:
    suppressions = FakeSuppressions()
    assert suppress_after_bounce(suppressions, feedback(), NOW, permanent=True)
    assert cause_of(suppressions, "messages") is Cause.BOUNCED
    assert cause_of(suppressions, None, days=10_000) is Cause.BOUNCED


def test_mailbox_that_is_full_again_and_again_gets_nothing_for_a_week() -> None:
    suppressions = FakeSuppressions()
    for number in range(1, SOFT_BOUNCES):
        for _ in range(3):  # events are repeated
            assert not suppress_after_bounce(suppressions, feedback(number), NOW, permanent=False)
    assert cause_of(suppressions, "messages") is None
    assert suppress_after_bounce(suppressions, feedback(SOFT_BOUNCES), NOW, permanent=False)
    assert cause_of(suppressions, None) is Cause.UNDELIVERABLE
    assert cause_of(suppressions, None, days=SUPPRESSED_FOR.days) is None


@pytest.mark.parametrize("permanent", [True, False])
def test_bounces_of_an_address_do_not_count_once_its_owner_confirms_it(permanent: bool) -> None:
    suppressions = FakeSuppressions()
    for number in range(SOFT_BOUNCES):
        suppress_after_bounce(suppressions, feedback(number), NOW, permanent=permanent)
    lift_bounces(suppressions, ADDRESS, NOW - timedelta(seconds=1))  # confirmed before it bounced
    assert cause_of(suppressions, None)

    lift_bounces(suppressions, ADDRESS.upper(), NOW)
    assert cause_of(suppressions, None) is None
    assert suppress_after_bounce(suppressions, feedback(9), NOW, permanent=True)


def test_reports_of_spam_stay_when_the_address_is_confirmed() -> None:
    suppressions = FakeSuppressions()
    suppress_after_spam_report(suppressions, feedback(), NOW)
    lift_bounces(suppressions, ADDRESS, NOW)
    assert cause_of(suppressions, "news") is Cause.SPAM


def test_soft_bounce_does_not_shorten_what_is_for_good() -> None:
    suppressions = FakeSuppressions()
    suppress_after_bounce(suppressions, feedback(), NOW, permanent=True)
    for number in range(SOFT_BOUNCES):
        suppress_after_bounce(suppressions, feedback(number), NOW, permanent=False)
    assert cause_of(suppressions, None, days=100) is Cause.BOUNCED


def test_soft_bounces_of_long_ago_do_not_count() -> None:
    suppressions = FakeSuppressions()
    for number in range(3 * SOFT_BOUNCES):
        day = NOW + timedelta(days=10 * number)
        assert not suppress_after_bounce(suppressions, feedback(number), day, permanent=False)


def test_whoever_reports_spam_gets_receipts_and_security_notices_only() -> None:
    suppressions = FakeSuppressions()
    suppress_after_spam_report(suppressions, feedback(), NOW)
    assert cause_of(suppressions, "messages") is Cause.SPAM
    assert cause_of(suppressions, "news") is Cause.SPAM
    assert cause_of(suppressions, None) is None


def test_the_category_stays_off_under_another_address() -> None:
    suppressions = FakeSuppressions()
    suppress_after_spam_report(suppressions, feedback(), NOW)
    suppressions.remove(address_key(Channel.EMAIL, ADDRESS))
    assert cause_of(suppressions, "messages") is Cause.SPAM
    assert cause_of(suppressions, "news") is None
    assert cause_of(suppressions, "messages", user_id="bob") is None


def test_address_is_the_same_in_any_case_and_not_in_the_key() -> None:
    assert address_key(Channel.EMAIL, " ADA@example.org ") == address_key(Channel.EMAIL, ADDRESS)
    assert "ada" not in address_key(Channel.EMAIL, ADDRESS)
    assert address_key(Channel.SMS, ADDRESS) != address_key(Channel.EMAIL, ADDRESS)
