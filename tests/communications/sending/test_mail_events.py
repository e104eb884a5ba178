"""What SES reports, as EventBridge brings it."""

import json
from typing import Any

import pytest

from communications.sending.adapters.mail_events import mail_event
from communications.sending.domain.feedback import Report
from local.workspace import ROOT


def detail(kind: str = "Bounce", **about: Any) -> dict[str, Any]:
    sample = json.loads((ROOT / "events/communications/note_mail_reports.json").read_text())
    event: dict[str, Any] = json.loads(sample["Records"][0]["body"])["detail"]
    return {"eventType": kind, "mail": event["mail"], kind.lower(): event["bounce"] | about}


def test_bounce_names_row_and_address() -> None:
    event = mail_event(detail())
    assert event is not None
    assert event.report is Report.BOUNCED
    assert event.outbox_id == "0198f2a4-6d3e-7c11-9d52-0c5a6f1e8b21#0197a1b2-0000-7000-8000-000000000001#email"
    assert (event.addresses, event.at.second) == (("ana@example.org",), 3)
    assert event.id != event.provider_id


@pytest.mark.parametrize(
    ("kind", "about", "report"),
    [
        ("Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull"}, Report.UNDELIVERABLE),
        ("Bounce", {"bounceType": "Undetermined"}, Report.UNDELIVERABLE),
        ("Bounce", {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}, Report.BOUNCED),
        ("Complaint", {"complainedRecipients": [{"emailAddress": "Ana <ana@example.org>"}]}, Report.SPAM),
        ("Complaint", {"complaintFeedbackType": "abuse"}, Report.SPAM),
        ("Send", {}, Report.ACCEPTED),
        ("Reject", {"reason": "Bad content"}, Report.REJECTED),
    ],
)
def test_report_is_of_its_kind(kind: str, about: dict[str, Any], report: Report) -> None:
    event = mail_event(detail(kind, **about))
    assert event is not None
    assert event.report is report


@pytest.mark.parametrize(("kind", "about"), [("Complaint", {"complaintFeedbackType": "not-spam"}), ("Open", {})])
def test_anything_else_is_no_news(kind: str, about: dict[str, Any]) -> None:
    assert mail_event(detail(kind, **about)) is None


def test_mail_of_others_has_no_row() -> None:
    event = detail()
    del event["mail"]["tags"]["outbox"]
    found = mail_event(event)
    assert found is not None
    assert found.outbox_id is None
