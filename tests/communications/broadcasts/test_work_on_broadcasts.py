import json
from datetime import UTC, datetime
from typing import Any

import pytest

from communications.broadcasts import wiring
from communications.broadcasts.domain.broadcasting import PAGE
from communications.broadcasts.handlers.work_on_broadcasts import handler
from local.workspace import ROOT
from tests.communications.broadcasts.world import Campaign
from tests.shared.lambda_context import CONTEXT


@pytest.fixture(autouse=True)
def campaign(monkeypatch: pytest.MonkeyPatch) -> Campaign:
    campaign = Campaign(30)
    monkeypatch.setattr(wiring, "broadcasting", lambda: campaign.broadcasting)
    monkeypatch.setattr(wiring, "pages", lambda: campaign.pages)
    monkeypatch.setattr(wiring, "mails_per_second", lambda: 5)
    return campaign


def messages(*pages: int) -> dict[str, Any]:
    [sample] = json.loads((ROOT / "events/communications/work_on_broadcasts.json").read_text())["Records"]
    bodies = [json.dumps({"broadcastId": "b1", "page": page}) for page in pages]
    return {"Records": [sample | {"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]}


def test_page_is_done_and_the_next_one_waits_for_its_mails(campaign: Campaign) -> None:
    campaign.start(at=datetime.now(UTC))
    campaign.pages.messages.clear()
    assert handler(messages(0), CONTEXT) == {"batchItemFailures": []}
    assert campaign.pages.messages == [("b1", 1, 5)]
    assert handler(messages(1), CONTEXT) == {"batchItemFailures": []}
    assert len(campaign.mailed()) == 30


def test_page_that_cannot_be_finished_comes_again(campaign: Campaign) -> None:
    campaign.start(at=datetime.now(UTC))
    campaign.pages.fails = 1
    assert handler(messages(0), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert handler(messages(0), CONTEXT) == {"batchItemFailures": []}
    assert campaign.pages.messages[-1] == ("b1", 1, 0)
    assert len(campaign.mailed()) == PAGE
