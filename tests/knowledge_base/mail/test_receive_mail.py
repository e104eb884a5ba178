"""An object under inbox/ → a ticket."""

import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from knowledge_base.mail import wiring
from knowledge_base.mail.adapters.inbox import BucketInbox
from knowledge_base.mail.domain.parsing import MAX_BYTES
from knowledge_base.mail.handlers.receive_mail import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.observability.invocations import InvocationFailed
from tests.knowledge_base.mail.examples import AMARA, AMARA_ID, Post, eml, eml_with_files
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "knowledge_base" / "receive_mail.json").read_text())
KEY, VERSION = (SAMPLE["detail"]["object"][name] for name in ("key", "version-id"))


@dataclass
class FakeBucket:
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    is_out_of_reach: bool = False

    def get(self, key: str, version_id: str, max_bytes: int) -> bytes | None:
        if self.is_out_of_reach:
            raise Unavailable("S3 is out of reach.", 2)
        data = self.objects.get((key, version_id))
        return data[:max_bytes] if data is not None else None

    def delete_version(self, key: str, version_id: str) -> None:
        self.objects.pop((key, version_id), None)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def bucket(post: Post, monkeypatch: pytest.MonkeyPatch) -> FakeBucket:
    bucket: Any = FakeBucket({(KEY, VERSION): eml()})
    monkeypatch.setattr(wiring, "inbox", lambda: BucketInbox(bucket, post.receiving))
    return bucket  # type: ignore[no-any-return]


def outcome(caplog: pytest.LogCaptureFixture) -> tuple[str, str | None]:
    (record,) = [each for each in caplog.records if each.message == "mail received"]
    fields = vars(record)
    return fields["outcome"], fields["reason"]


@pytest.mark.usefixtures("bucket")
def test_a_mail_becomes_a_ticket_and_repetitions_nothing(post: Post) -> None:
    for _ in range(3):
        handler(SAMPLE, CONTEXT)
    (ticket,) = post.tickets.threads.values()
    assert ticket.user_id == AMARA_ID
    (letter,) = post.letters.letters.values()
    assert letter.key == KEY


def test_what_is_no_persons_mail_is_logged(bucket: FakeBucket, post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bucket.objects[KEY, VERSION] = eml(headers={"Auto-Submitted": "auto-replied"})
    handler(SAMPLE, CONTEXT)
    assert outcome(caplog) == ("refused", "an automatic reply")
    assert not post.tickets.threads


def test_of_a_large_mail_the_beginning_is_read_and_its_sender_hears_of_the_rest(bucket: FakeBucket, post: Post) -> None:
    photos = [(name, "application/pdf", b"%PDF-" + b"x" * (MAX_BYTES // 3)) for name in ("a.pdf", "b.pdf", "c.pdf")]
    bucket.objects[KEY, VERSION] = eml_with_files(*photos)
    for _ in range(2):
        handler(SAMPLE, CONTEXT)
    (ticket_id,) = post.tickets.threads
    assert [post.files.kept[each].name for each in post.tickets.attachments[ticket_id]] == ["a.pdf", "b.pdf"]
    (notice,) = post.sender.sent
    assert (notice.to, notice.is_automatic) == (AMARA, True)
    assert "- everything after its first 10 MB\n" in notice.text


def test_a_mail_that_has_gone_is_none(bucket: FakeBucket, post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bucket.objects.clear()
    handler(SAMPLE, CONTEXT)
    assert outcome(caplog) == ("refused", "gone")
    assert not post.tickets.threads


def test_logs_have_no_words_of_the_mail(bucket: FakeBucket, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bucket.objects[KEY, VERSION] = eml("a secret", subject="another secret")
    handler(SAMPLE, CONTEXT)
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "secret" not in logged
    assert "amara" not in logged.lower()


def test_mails_that_nobody_looks_after_are_deleted(bucket: FakeBucket, post: Post) -> None:
    post.strangers.erase_address(AMARA, datetime.now(UTC), datetime.now(UTC))
    bucket.objects[KEY, VERSION] = eml(verified=False)
    handler(SAMPLE, CONTEXT)
    assert not bucket.objects
    assert not post.tickets.threads


def test_failures_are_tried_again(bucket: FakeBucket) -> None:
    bucket.is_out_of_reach = True
    with pytest.raises(InvocationFailed):
        handler(SAMPLE, CONTEXT)
