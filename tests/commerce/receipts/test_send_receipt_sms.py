import pytest

from commerce.receipts import wiring
from commerce.receipts.handlers.send_receipt_sms import handler
from tests.commerce.receipts.handler_calls import Sender, queued
from tests.shared.lambda_context import CONTEXT


def test_only_what_failed_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sender = Sender()
    monkeypatch.setattr(wiring, "receipts", lambda: sender)
    monkeypatch.setattr(wiring, "texter", object)
    answer = handler(queued("sms", "o1", "busy", "o2"), CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert sender.sent == [("sms", "o1"), ("sms", "o2")]
