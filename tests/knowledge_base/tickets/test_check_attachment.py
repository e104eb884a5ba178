import json
from dataclasses import replace
from typing import Any

import pytest

from knowledge_base.tickets.domain.attachments import MAX_BYTES, AttachmentState, FileType, Flaw, UploadedFile, flaw_of
from knowledge_base.tickets.handlers.check_attachment import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.observability.invocations import InvocationFailed
from tests.knowledge_base.tickets.examples import an_attachment
from tests.knowledge_base.tickets.help_desk import HelpDesk
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/knowledge_base/check_attachment.json").read_text())
ID = SAMPLE["detail"]["object"]["key"].removeprefix("attachments/")
PDF = b"%PDF-1.7"
CONTENTS = {
    FileType.JPEG: b"\xff\xd8\xff\xe0",
    FileType.PNG: b"\x89PNG\r\n\x1a\n",
    FileType.WEBP: b"RIFF\0\0\0\0WEBPVP8 ",
    FileType.GIF: b"GIF89a",
    FileType.PDF: PDF,
    FileType.TEXT: "Grüße 👋".encode(),
    FileType.CSV: b"\xef\xbb\xbfa,b\r\n1,2\r\n",
}


@pytest.fixture
def waiting(help_desk: HelpDesk) -> HelpDesk:
    """For one upload."""
    help_desk.attachments.by_id[ID] = an_attachment(ID)
    return help_desk


@pytest.mark.parametrize("type_", FileType)
def test_file_is_what_it_says(type_: FileType) -> None:
    content = CONTENTS[type_]

    assert flaw_of(type_, len(content), content) is None
    assert flaw_of(type_, MAX_BYTES + 1, content) is Flaw.TOO_LARGE
    for other in (b"\x7fELF\0", b"MZ\0\xff", b""):
        is_empty_text = other == b"" and type_ in {FileType.TEXT, FileType.CSV}
        assert flaw_of(type_, len(other), other) is (None if is_empty_text else Flaw.OTHER_TYPE)


@pytest.mark.parametrize(("content", "state"), [(PDF, AttachmentState.ACCEPTED), (b"<html>", AttachmentState.REFUSED)])
def test_upload_is_accepted_or_refused(waiting: HelpDesk, content: bytes, state: AttachmentState) -> None:
    waiting.files.upload(ID, content)
    for _ in range(2):
        handler(SAMPLE, CONTEXT)

    attachment = waiting.attachments.by_id[ID]
    assert (attachment.state, attachment.size_bytes) == (state, len(content))
    assert (waiting.files.uploaded(ID) is None) is (state is AttachmentState.REFUSED)
    assert attachment.reason is (Flaw.OTHER_TYPE if state is AttachmentState.REFUSED else None)


def test_form_that_is_used_again_changes_nothing(waiting: HelpDesk) -> None:
    waiting.files.upload(ID, PDF)
    handler(SAMPLE, CONTEXT)
    waiting.files.upload(ID, b"%PDF-other")
    handler(SAMPLE, CONTEXT)

    accepted = waiting.attachments.by_id[ID]
    assert accepted.size_bytes == len(PDF)
    assert waiting.files.uploaded(ID) == UploadedFile(accepted.version_id or "", len(PDF))


def test_upload_without_a_record_is_discarded(help_desk: HelpDesk) -> None:
    help_desk.files.upload(ID, PDF)
    handler(SAMPLE, CONTEXT)
    handler(SAMPLE, CONTEXT)
    assert help_desk.files.uploaded(ID) is None


def test_verdict_of_somebody_else_stands(waiting: HelpDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting.files.upload(ID, PDF)
    settle = waiting.attachments.settle

    def meanwhile(attachment_id: str, *of: Any) -> bool:
        monkeypatch.setattr(waiting.attachments, "settle", settle)
        refused = replace(waiting.attachments.by_id[ID], state=AttachmentState.REFUSED, version_id="another")
        waiting.attachments.by_id[ID] = refused
        return settle(attachment_id, *of)

    monkeypatch.setattr(waiting.attachments, "settle", meanwhile)
    handler(SAMPLE, CONTEXT)
    assert waiting.attachments.by_id[ID].state is AttachmentState.REFUSED
    assert waiting.files.uploaded(ID) is None


def test_inspection_that_broke_off_is_repeated(waiting: HelpDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting.files.upload(ID, b"<html>")
    discard = waiting.files.discard

    def fails(*_: object) -> None:
        monkeypatch.setattr(waiting.files, "discard", discard)
        raise Unavailable("busy")

    monkeypatch.setattr(waiting.files, "discard", fails)
    with pytest.raises(InvocationFailed):
        handler(SAMPLE, CONTEXT)
    handler(SAMPLE, CONTEXT)
    assert waiting.files.uploaded(ID) is None
    assert waiting.attachments.by_id[ID].state is AttachmentState.REFUSED
