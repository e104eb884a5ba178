"""What both handlers of routes need."""

import pytest

from communications.broadcasts import wiring
from shared.http.cursors import Cursors
from tests.communications.broadcasts.world import Campaign
from tests.shared.first_answers import FakeRecords
from tests.shared.persistence.fake_transactions import FakeTransaction


@pytest.fixture
def campaign(monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """Three people, behind the handlers."""
    campaign, records = Campaign(3), FakeRecords()
    monkeypatch.setattr(wiring, "broadcasting", lambda: campaign.broadcasting)
    monkeypatch.setattr(wiring, "broadcasts", lambda: campaign.broadcasts)
    monkeypatch.setattr(wiring, "suppressions", lambda: campaign.suppressions)
    monkeypatch.setattr(wiring, "pages", lambda: campaign.pages)
    monkeypatch.setattr(wiring, "first_answers", lambda: records)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("key"))
    monkeypatch.setattr(wiring, "begin", FakeTransaction)
    return campaign
