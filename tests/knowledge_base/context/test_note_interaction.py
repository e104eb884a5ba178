import json
from datetime import UTC, datetime
from typing import Any

import pytest

from knowledge_base.context import wiring
from knowledge_base.context.handlers.note_interaction import handler
from knowledge_base.customers.domain.interactions import InteractionKind
from local.workspace import ROOT
from tests.knowledge_base.customers.fakes import FakeInteractions, FakeVersions
from tests.shared.lambda_context import CONTEXT

type Json = dict[str, Any]


@pytest.fixture(autouse=True)
def interactions(monkeypatch: pytest.MonkeyPatch) -> FakeInteractions:
    fake = FakeInteractions(FakeVersions())
    monkeypatch.setattr(wiring, "interactions", lambda: fake)
    return fake


def event(name: str, at: str = "2026-01-01T09:30:00.000Z", event_id: str = "e1", **data: object) -> Json:
    detail = {"id": event_id, "version": 1, "occurredAt": at, "userId": "ada", "data": data}
    sample: Json = json.loads((ROOT / "events/knowledge_base/note_interaction.json").read_text())
    return sample | {"detail-type": name, "detail": detail}


def test_an_order_is_noted_once(interactions: FakeInteractions) -> None:
    sample = json.loads((ROOT / "events/knowledge_base/note_interaction.json").read_text())
    for _ in range(2):
        handler(sample, CONTEXT)
    [noted] = interactions.by_key.values()
    assert (noted.kind, noted.reference, noted.sentiment) == (
        InteractionKind.ORDER,
        sample["detail"]["data"]["orderId"],
        None,
    )
    assert noted.at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_gift_is_noted_unless_it_is_anonymous(interactions: FakeInteractions) -> None:
    handler(event("DonationReceived", donationId="d1", anonymous=True), CONTEXT)
    assert not interactions.by_key
    handler(event("DonationReceived", donationId="d2", anonymous=False), CONTEXT)
    assert [(each.kind, each.reference) for each in interactions.by_key.values()] == [(InteractionKind.DONATION, "d2")]


def test_a_conversation_is_one_interaction_a_day(interactions: FakeInteractions) -> None:
    turns = [
        ("2026-01-01T23:59:59.999Z", "s1"),
        ("2026-01-01T00:00:00.000Z", "s1"),
        ("2026-01-01T12:00:00.000Z", "s2"),
        ("2026-01-02T00:00:00.000Z", "s1"),
    ]
    for number, (at, session_id) in enumerate(turns):
        handler(event("ChatTurnTaken", at, str(number), sessionId=session_id), CONTEXT)
    assert sorted((each.at.day, each.reference) for each in interactions.by_key.values()) == [
        (1, "s1"),
        (1, "s2"),
        (2, "s1"),
    ]


def test_nothing_is_noted_of_whoever_was_erased(interactions: FakeInteractions) -> None:
    interactions.erased.add("ada")
    handler(event("DonationReceived", donationId="d2", anonymous=False), CONTEXT)
    assert not interactions.by_key


def test_what_a_customer_said_is_never_kept(interactions: FakeInteractions) -> None:
    handler(event("ChatTurnTaken", sessionId="s1", input="my secret"), CONTEXT)
    assert "secret" not in str(interactions.by_key)
