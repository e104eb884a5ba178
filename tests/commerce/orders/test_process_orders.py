import json
from typing import Any

import pytest

from commerce.orders import wiring
from commerce.orders.domain.processing import NotPaid
from commerce.orders.handlers.process_orders import handler
from shared.errors import Unavailable
from tests.shared.lambda_context import CONTEXT


class Processor:
    def __init__(self) -> None:
        self.processed: list[tuple[str, str | None]] = []

    def process(self, checkout_id: str, token: str | None, now: object) -> str:  # noqa: ARG002
        if checkout_id == "unpaid":
            raise NotPaid
        if checkout_id == "busy":
            raise Unavailable("Try again.")
        self.processed.append((checkout_id, token))
        return f"order of {checkout_id}"


@pytest.fixture(autouse=True)
def processor(monkeypatch: pytest.MonkeyPatch) -> Processor:
    processor = Processor()
    monkeypatch.setattr(wiring, "order_processor", lambda: processor)
    return processor


def queued(*messages: dict[str, Any]) -> dict[str, Any]:
    records = [
        {"messageId": f"m{number}", "body": json.dumps(message), "eventSource": "aws:sqs"}
        for number, message in enumerate(messages)
    ]
    return {"Records": records}


def test_messages_are_worked_on_with_their_tokens(processor: Processor) -> None:
    answer = handler(queued({"checkoutId": "c1", "taskToken": "t1"}, {"checkoutId": "c2"}), CONTEXT)

    assert answer == {"batchItemFailures": []}
    assert processor.processed == [("c1", "t1"), ("c2", None)]


def test_only_what_failed_comes_again(processor: Processor) -> None:
    answer = handler(queued(*({"checkoutId": each} for each in ("unpaid", "c1", "busy"))), CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]}
    assert processor.processed == [("c1", None)]


def test_message_that_is_none_of_ours_fails(processor: Processor) -> None:
    assert handler(queued({"odd": 1}), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert processor.processed == []
