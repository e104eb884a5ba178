"""What mail has of somebody goes: letters, and mails in the bucket."""

import uuid
from collections.abc import Iterator

import boto3
import pytest

from knowledge_base.mail.adapters.erasing import MailErasing
from knowledge_base.mail.adapters.letters import HourRecord, LetterRecord
from local.workspace import ROOT
from shared.s3.buckets import Bucket
from tests.knowledge_base.mail.examples import AMARA
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import LARGE, NOW, ErasingContract, Owned, rows


class OwnedMail:
    def __init__(self, letters: str, bucket: Bucket) -> None:
        self.part, self._bucket = MailErasing(letters, bucket), bucket
        self._letters, self._hours = LetterRecord.at(letters), HourRecord.at(letters)

    def give(self, user_id: str, *, many: bool = False) -> None:
        for number in range(40 if many else 2):
            key = f"inbox/{user_id}-{number}" if number != 1 else None
            for _ in range(2):
                if key:
                    self._bucket.put(key, b"mail", "message/rfc822")
            self._letters(
                user_id,
                f"letter-{number}",
                ticket_id=f"ticket-of-{user_id}",
                address=AMARA,
                standing="user",
                message_id=LARGE if many else "<a@x.org>",
                key=key,
                written_at=NOW,
                expires_at=NOW,
            ).put()
        self._hours(user_id, "hour 2026-11-30T12", mails=2, expires_at=NOW).put()

    def kept(self) -> list[str]:
        versions = [f"{each.key} {each.version_id}" for each in self._bucket.versions()]
        return [*rows(self._letters), *versions]


@pytest.mark.emulator
class TestMail(ErasingContract):
    @pytest.fixture
    def owned(self, local_aws: str) -> Iterator[Owned]:
        s3 = boto3.client("s3", endpoint_url=local_aws)
        bucket = f"mail-{uuid.uuid4().hex}"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        with tables_like(local_aws, ROOT / "knowledge_base" / "mail.yaml", ["LettersTable"]) as tables:
            yield OwnedMail(tables["LettersTable"], Bucket(bucket))
