import json
from copy import deepcopy

import pytest

from knowledge_base.tickets import wiring
from knowledge_base.tickets.handlers.drop_attachment import handler
from local.workspace import ROOT
from tests.knowledge_base.tickets.fakes import FakeFiles
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/knowledge_base/drop_attachment.json").read_text())
ID = SAMPLE["Records"][0]["dynamodb"]["Keys"]["attachmentId"]["S"]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> FakeFiles:
    """Two versions of one file, and another file."""
    made = FakeFiles()
    for attachment_id, content in ((ID, b"one"), (ID, b"two"), ("other", b"three")):
        made.upload(attachment_id, content)
    monkeypatch.setattr(wiring, "files", lambda: made)
    return made


def test_file_of_an_attachment_that_has_expired_goes(files: FakeFiles) -> None:
    for _ in range(2):
        assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": []}
    assert list(files.versions) == ["other"]


def test_row_that_cannot_be_read_fails(files: FakeFiles) -> None:
    event = deepcopy(SAMPLE)
    del event["Records"][0]["dynamodb"]["OldImage"]["state"]
    assert handler(event, CONTEXT)["batchItemFailures"] != []
    assert len(files.versions) == 2
