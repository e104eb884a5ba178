"""What the mail provider's reports do to rows and addresses."""

import itertools

import pytest

from communications.sending.domain.feedback import MailEvent, MailReports, Report
from communications.sending.domain.outbox import OutboxRow, SendState
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeOutbox, FakeSuppressions


def event(report: Report, outbox_id: str | None = a_row().outbox_id) -> MailEvent:
    return MailEvent("f1", report, outbox_id, "ses-1", ("ada@example.org",), NOW)


def sending() -> OutboxRow:
    return a_row().claimed("claim", NOW)


def row_after(row: OutboxRow, *reports: Report) -> OutboxRow:
    outbox = FakeOutbox(row)
    for report in reports:
        MailReports(outbox, FakeSuppressions()).note(event(report))
    return outbox.by_id[row.outbox_id]


@pytest.mark.parametrize("row", [sending(), sending().doubtful("answer lost", NOW)], ids=["sending", "unknown"])
def test_report_settles_a_doubt(row: OutboxRow) -> None:
    after = row_after(row, Report.ACCEPTED)
    assert (after.state, after.provider_id) == (SendState.SENT, "ses-1")


def test_what_bounced_has_failed_in_whatever_order_the_reports_come() -> None:
    for reports in itertools.permutations([Report.ACCEPTED, Report.BOUNCED, Report.BOUNCED]):
        for row in (sending(), sending().doubtful("answer lost", NOW), sending().sent("ses-1", ["email"])):
            after = row_after(row, *reports)
            assert (after.state, after.reason) == (SendState.FAILED, "bounced")


def test_reported_spam_was_delivered() -> None:
    assert row_after(sending().sent("ses-1"), Report.SPAM).state is SendState.SENT


@pytest.mark.parametrize("report", Report)
def test_report_does_not_have_anything_sent_again(report: Report) -> None:
    waiting = sending().postponed("throttled", NOW)
    assert row_after(waiting, report) == waiting


@pytest.mark.parametrize(("report", "suppressed"), [(Report.BOUNCED, 1), (Report.UNDELIVERABLE, 0), (Report.SPAM, 1)])
def test_mail_that_no_row_has_sent_counts_for_the_address(report: Report, suppressed: int) -> None:
    suppressions = FakeSuppressions()
    for outbox_id in (None, "no#such#email"):
        MailReports(FakeOutbox(), suppressions).note(event(report, outbox_id))
    assert len(suppressions.by_key) == suppressed


def test_whoever_reports_spam_gets_none_of_its_category() -> None:
    suppressions = FakeSuppressions()
    MailReports(FakeOutbox(sending().sent("ses-1")), suppressions).note(event(Report.SPAM))
    assert "email:ada:messages" in suppressions.by_key
