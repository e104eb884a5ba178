import json

import pytest

from communications.sending import wiring
from communications.sending.domain.feedback import MailReports
from communications.sending.domain.outbox import SendState
from communications.sending.domain.suppressions import Cause
from communications.sending.handlers.note_mail_reports import handler
from local.workspace import ROOT
from tests.communications.sending.examples import NOW, a_row
from tests.communications.sending.fakes import FakeOutbox, FakeSuppressions
from tests.communications.sending.handler_calls import queued
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/communications/note_mail_reports.json").read_text())
BOUNCE = json.loads(SAMPLE["Records"][0]["body"])
ROW = a_row(event_id="0198f2a4-6d3e-7c11-9d52-0c5a6f1e8b21", user_id="0197a1b2-0000-7000-8000-000000000001").claimed(
    "claim", NOW
)


def test_bounce_suppresses_the_address_and_what_cannot_be_read_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    outbox, suppressions = FakeOutbox(ROW.sent("ses-1")), FakeSuppressions()
    monkeypatch.setattr(wiring, "mail_reports", lambda: MailReports(outbox, suppressions))
    event = queued("note_mail_reports", BOUNCE, {"detail": {}}, BOUNCE)
    assert handler(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert [each.cause for each in suppressions.by_key.values()] == [Cause.BOUNCED]
    assert outbox.by_id[ROW.outbox_id].state is SendState.FAILED
