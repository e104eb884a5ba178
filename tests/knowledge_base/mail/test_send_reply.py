"""TicketAnswered → a mail."""

import json
from datetime import datetime

import pytest

from knowledge_base.mail import wiring
from knowledge_base.mail.handlers.send_reply import handler
from local.workspace import ROOT
from shared.observability.invocations import InvocationFailed
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "knowledge_base" / "send_reply.json").read_text())


def test_the_reply_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = list[tuple[str, str]]()

    class FakeAnswering:
        def answer(self, ticket_id: str, reply_id: str, now: datetime) -> str:
            assert now.tzinfo
            answered.append((ticket_id, reply_id))
            return "sent"

    monkeypatch.setattr(wiring, "answering", FakeAnswering)
    handler(SAMPLE, CONTEXT)
    assert answered == [(SAMPLE["detail"]["data"]["ticketId"], SAMPLE["detail"]["data"]["entryId"])]


def test_an_event_without_a_reply_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "answering", object)
    with pytest.raises(InvocationFailed):
        handler(SAMPLE | {"detail": SAMPLE["detail"] | {"data": {}}}, CONTEXT)
