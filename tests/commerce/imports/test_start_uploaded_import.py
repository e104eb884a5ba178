"""Files that are uploaded by a form: their imports start by themselves."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from commerce.imports import wiring
from commerce.imports.domain.background import State
from commerce.imports.domain.starting import WantedUpload
from commerce.imports.handlers.start_uploaded_import import handler
from local.workspace import ROOT
from shared.resilience.deadline import Deadline
from tests.commerce.examples import NOW
from tests.commerce.imports.background import Background
from tests.commerce.imports.files import a_file, a_line
from tests.shared.lambda_context import CONTEXT

FILE = a_file(a_line("cup"))


def test_uploaded_file_is_the_first_one() -> None:
    shop = Background()
    waiting = shop.starter
    assert waiting.start_uploaded("i1", NOW) is None
    shop.imports.add(replace(shop.start(FILE), state=State.WAITING, file=None))
    shop.queue.messages.clear()
    assert waiting.start_uploaded("i1", NOW) is State.WAITING

    first = shop.files.upload("i1", FILE)
    assert waiting.start_uploaded("i1", NOW) is State.QUEUED
    shop.files.upload("i1", b"another")
    assert waiting.start_uploaded("i1", NOW) is State.QUEUED

    assert shop.imports.by_id["i1"].file == first
    assert shop.queue.messages == ["i1", "i1"]
    assert shop.worker().work("i1", Deadline(1_000)) is State.DONE
    assert waiting.start_uploaded("i1", NOW) is State.DONE
    assert waiting.start_uploaded("i1", NOW + timedelta(days=31)) is None


def test_event_of_an_upload_starts_its_import(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, now = Background(), datetime.now(UTC)
    monkeypatch.setattr(wiring, "starter", lambda: shop.starter)
    event = json.loads((ROOT / "events/commerce/start_uploaded_import.json").read_text())
    import_id = event["detail"]["object"]["key"].removeprefix("uploads/")
    shop.starter.offer(import_id, WantedUpload("text/csv", 1_000, is_trial=False), "tom", now)
    shop.files.upload(import_id, FILE)

    handler(event, CONTEXT)
    handler(event, CONTEXT)

    assert shop.imports.by_id[import_id].state is State.QUEUED
    assert shop.queue.messages == [import_id, import_id]
