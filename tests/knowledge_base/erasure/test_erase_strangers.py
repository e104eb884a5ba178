"""The stream of Strangers → each part is erased of the ids whose turn it is."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from knowledge_base.erasure import wiring
from knowledge_base.erasure.handlers.erase_strangers import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "knowledge_base" / "erase_strangers.json").read_text())
[RECORD] = SAMPLE["Records"]


class FakeStrangers:
    def __init__(self, *, fails: bool = False) -> None:
        self.carried_on, self._fails = list[tuple[str, object]](), fails

    def carry_on(self, holder: str, parts: Sequence[object], now: datetime) -> None:
        assert now.tzinfo
        if self._fails:
            raise Unavailable("The tickets are out of reach.", 2)
        self.carried_on.append((holder, parts))


def test_what_is_to_go_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    strangers = FakeStrangers()
    monkeypatch.setattr(wiring, "strangers", lambda: strangers)
    monkeypatch.setattr(wiring, "stranger_parts", lambda: ("parts",))
    gone = {**RECORD, "eventName": "REMOVE", "dynamodb": {"Keys": RECORD["dynamodb"]["Keys"], "SequenceNumber": "1"}}
    assert handler({"Records": [RECORD, gone]}, CONTEXT) == {"batchItemFailures": []}
    assert strangers.carried_on == [(RECORD["dynamodb"]["Keys"]["holder"]["S"], ("parts",))]


def test_what_fails_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "strangers", lambda: FakeStrangers(fails=True))
    monkeypatch.setattr(wiring, "stranger_parts", tuple)
    failed = {"itemIdentifier": RECORD["dynamodb"]["SequenceNumber"]}
    assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": [failed]}
