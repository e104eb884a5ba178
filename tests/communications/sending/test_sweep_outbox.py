import pytest

from communications.sending import wiring
from communications.sending.domain.publishing import Sweep
from communications.sending.handlers.sweep_outbox import handler
from tests.communications.sending.examples import a_row
from tests.communications.sending.fakes import FakeOutbox
from tests.communications.sending.test_publishing import Topic
from tests.shared.lambda_context import CONTEXT


def test_what_is_due_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    topic, row = Topic(), a_row()
    monkeypatch.setattr(wiring, "sweep", lambda: Sweep(FakeOutbox(row), topic))
    handler({}, CONTEXT)
    assert topic.published == [row.outbox_id]
