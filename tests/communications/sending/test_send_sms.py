import pytest

from communications.sending import wiring
from communications.sending.domain.outbox import Channel, SendState
from communications.sending.handlers.send_sms import handler
from tests.communications.sending.examples import a_row
from tests.communications.sending.handler_calls import a_sender, for_rows
from tests.shared.lambda_context import CONTEXT

ROWS = [a_row(Channel.SMS, event_id=event_id) for event_id in ("e1", "busy", "e2")]


def test_each_is_sent_and_only_what_failed_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sender, provider = a_sender(*ROWS)
    monkeypatch.setattr(wiring, "sms_sender", lambda: sender)
    for _ in range(2):
        assert handler(for_rows("send_sms", *ROWS), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    sent = [sender.outbox.find(row.outbox_id) for row in (ROWS[0], ROWS[2])]
    assert {row.state for row in sent if row} == {SendState.SENT}
    assert len(provider.accepted) == len(set(provider.accepted))
