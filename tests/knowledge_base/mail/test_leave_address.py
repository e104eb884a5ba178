"""UserEmailChanged → what was written from the address before stays its user's."""

import json
from typing import Any

import pytest

from knowledge_base.mail import wiring
from knowledge_base.mail.domain.correspondence import Standing
from knowledge_base.mail.handlers.leave_address import handler
from local.workspace import ROOT
from tests.knowledge_base.mail.examples import NOW, FakeStrangers
from tests.shared.lambda_context import CONTEXT

ADDRESS = "ada@example.org"
SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "knowledge_base" / "leave_address.json").read_text())


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> FakeStrangers:
    strangers = FakeStrangers()
    monkeypatch.setattr(wiring, "strangers", lambda: strangers)
    return strangers


def test_an_address_that_was_given_up_stays_its_users(strangers: FakeStrangers) -> None:
    stranger_id = strangers.id_of(ADDRESS, Standing.UNVERIFIED, NOW.replace(year=2025))
    for _ in range(2):
        handler(SAMPLE, CONTEXT)
    assert strangers.former == {SAMPLE["detail"]["userId"]: {stranger_id}}


def test_a_first_address_follows_none(strangers: FakeStrangers) -> None:
    detail = SAMPLE["detail"] | {"data": {"version": 2, "email": ADDRESS, "previousEmail": None}}
    handler(SAMPLE | {"detail": detail}, CONTEXT)
    assert not strangers.former
