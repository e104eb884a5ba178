"""What whoever keeps the files of documents must do, in memory and in S3."""

import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests

from knowledge_base.documents.adapters.files import S3Files
from knowledge_base.documents.domain.files import ContentType, Files, WantedDocument
from shared.errors import Unavailable
from tests.knowledge_base.documents.fakes import FakeFiles

type Put = Callable[[str, str], None]

NAME = "Rückgabe & Umtausch (2026).md"


class FilesContract:
    def test_current_documents_are_listed(self, files: Files, put: Put) -> None:
        put(NAME, "first")
        put(NAME, "second text")
        put("hats.md", "hats")

        found = files.current()

        assert {key: file.size_bytes for key, file in found.items()} == {NAME: 11, "hats.md": 4}
        assert found[NAME].version_id == files.current_version(NAME)
        assert files.current_version("other.md") is None

    def test_fingerprint_is_that_of_the_content(self, files: Files, put: Put) -> None:
        fingerprints, versions = [], []
        for content in ("first", "second", "first"):
            put(NAME, content)
            file = files.current()[NAME]
            fingerprints.append(file.fingerprint)
            versions.append(file.version_id)

        assert fingerprints[0] == fingerprints[2] != fingerprints[1]
        assert len(set(versions)) == 3

    def test_hidden_document_is_not_there_and_comes_back(self, files: Files, put: Put) -> None:
        put(NAME, "text")

        files.hide(NAME)
        files.hide(NAME)

        assert files.current() == {}
        assert files.current_version(NAME) is None
        put(NAME, "text")
        files.purge(NAME)
        assert list(files.current()) == [NAME]

    def test_purged_document_is_gone_and_its_neighbours_are_not(self, files: Files, put: Put) -> None:
        for name in (NAME, f"{NAME}.md"):
            put(name, "text")
        files.hide(NAME)

        files.purge(NAME)
        files.purge(NAME)

        assert list(files.current()) == [f"{NAME}.md"]


class TestFakeFiles(FilesContract):
    @pytest.fixture
    def files(self) -> FakeFiles:
        return FakeFiles()

    @pytest.fixture
    def put(self, files: FakeFiles) -> Put:
        return files.put


@pytest.mark.emulator
class TestS3Files(FilesContract):
    @pytest.fixture
    def s3(self, local_aws: str) -> Any:
        return boto3.Session("test", "test", region_name="us-west-2").client("s3", endpoint_url=local_aws)

    @pytest.fixture
    def bucket(self, s3: Any) -> str:
        name = f"documents-{uuid.uuid4().hex}"
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    @pytest.fixture
    def files(self, bucket: str) -> S3Files:
        return S3Files(bucket)

    @pytest.fixture
    def put(self, s3: Any, bucket: str) -> Put:
        def put(key: str, content: str) -> None:
            s3.put_object(Bucket=bucket, Key=key, Body=content.encode())

        return put

    def test_form_uploads_one_document_to_the_class_that_moves_itself(
        self, s3: Any, bucket: str, files: S3Files
    ) -> None:
        form = files.form(WantedDocument(NAME, ContentType.MARKDOWN, 10), 60)

        for content, status in (("0123456789", 204), ("0123456789+", 400)):
            posted = requests.post(form.url, data=form.fields, files={"file": content.encode()}, timeout=10)
            assert posted.status_code == status

        head = s3.head_object(Bucket=bucket, Key=NAME)
        assert (head["ContentType"], head["StorageClass"]) == ("text/markdown", "INTELLIGENT_TIERING")

    def test_metadata_belongs_to_its_document(self, s3: Any, bucket: str, files: S3Files, put: Put) -> None:
        put(NAME, "text")
        before = files.current()[NAME].fingerprint
        put(f"{NAME}.metadata.json", '{"metadataAttributes": {"audience": "donors"}}')
        put("folder/", "")

        found = files.current()

        assert list(found) == [NAME]
        assert found[NAME].fingerprint != before
        files.hide(NAME)
        files.purge(NAME)
        kept = s3.list_object_versions(Bucket=bucket).get("Versions", [])
        assert [version["Key"] for version in kept] == ["folder/"]


@pytest.mark.usefixtures("out_of_reach")
def test_bucket_out_of_reach_is_unavailable() -> None:
    files = S3Files("documents")
    with pytest.raises(Unavailable):
        files.current()
    with pytest.raises(Unavailable):
        files.current_version(NAME)
    with pytest.raises(Unavailable):
        files.hide(NAME)
    with pytest.raises(Unavailable):
        files.purge(NAME)
