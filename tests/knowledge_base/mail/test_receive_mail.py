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
from shared.s3.buckets import ObjectHead
from tests.knowledge_base.mail.examples import AMARA, AMARA_ID, Post, eml
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "knowledge_base" / "receive_mail.json").read_text())
KEY, VERSION = (SAMPLE["detail"]["object"][name] for name in ("key", "version-id"))


@dataclass
class FakeBucket:
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    is_out_of_reach: bool = False

    def head(self, key: str) -> ObjectHead | None:
        if self.is_out_of_reach:
            raise Unavailable("S3 is out of reach.", 2)
        found = [(version, data) for (name, version), data in self.objects.items() if name == key]
        return ObjectHead(found[-1][0], len(found[-1][1])) if found else None

    def get(self, key: str, version_id: str) -> bytes | None:
        data = self.objects.get((key, version_id))
        assert data is None or len(data) <= MAX_BYTES, "too large to be read"
        return data

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


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"x" * (MAX_BYTES + 1), "too large"), (eml(headers={"Auto-Submitted": "auto-replied"}), "an automatic reply")],
)
def test_what_is_no_persons_mail_is_logged(
    bucket: FakeBucket, post: Post, caplog: pytest.LogCaptureFixture, data: bytes, reason: str
) -> None:
    caplog.set_level(logging.INFO)
    bucket.objects[KEY, VERSION] = data
    handler(SAMPLE, CONTEXT)
    assert outcome(caplog) == ("refused", reason)
    assert not post.tickets.threads


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
