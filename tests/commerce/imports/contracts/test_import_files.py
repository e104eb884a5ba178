"""What whoever keeps the files of imports must do, in memory and in S3."""

import uuid
from collections.abc import Callable

import boto3
import pytest
import requests

from commerce.imports.adapters.files import S3ImportFiles
from commerce.imports.domain.background import ImportFiles, StoredFile
from commerce.imports.domain.reporting import LineReport, Outcome
from shared.errors import NotFound
from shared.text.csv_file import ColumnError, Record
from tests.commerce.imports.background import FakeImportFiles

type Upload = Callable[[str, bytes], object]

ERROR = ColumnError("tags[2]", "is – too long")
RECORDS = [
    Record(
        2, {"productId": "cup", "stock": 3, "tags": ["a", "b"], "price": {"amount": 5}}, {"productId": "SKU"}, (ERROR,)
    ),
    Record(3),
]
LINES = (LineReport(2, "cup", Outcome.FAILED, (ERROR,)), LineReport(3, None, Outcome.UPDATED, (), (ERROR, ERROR)))


class ImportFilesContract:
    def test_file_that_came_with_a_request_is_kept(self, files: ImportFiles) -> None:
        stored = files.store("i1", b"name\n\xff", "text/csv")
        assert files.content(stored) == b"name\n\xff"
        with pytest.raises(NotFound):
            files.content(StoredFile("files/i2", stored.version_id))

    def test_later_upload_does_not_change_what_was_looked_at(self, files: ImportFiles, upload: Upload) -> None:
        assert files.uploaded("i1") is None
        upload("i1", b"first")
        first = files.uploaded("i1")
        upload("i1", b"second")
        second = files.uploaded("i1")
        assert first
        assert second
        assert (files.content(first), files.content(second)) == (b"first", b"second")

    def test_parts_and_reports_are_kept_as_they_are(self, files: ImportFiles) -> None:
        files.put_part("i1", 0, [])
        files.put_part("i1", 0, RECORDS)
        files.put_part("i1", 1, RECORDS[1:])
        files.put_report("i1", 1, LINES)
        assert files.part("i1", 0) == RECORDS
        assert files.part("i1", 1) == RECORDS[1:]
        assert files.report("i1", 1) == LINES


class TestInMemory(ImportFilesContract):
    @pytest.fixture
    def files(self) -> FakeImportFiles:
        return FakeImportFiles()

    @pytest.fixture
    def upload(self, files: FakeImportFiles) -> Upload:
        return files.upload


@pytest.mark.emulator
class TestInS3(ImportFilesContract):
    @pytest.fixture
    def files(self, local_aws: str) -> S3ImportFiles:
        client, name = boto3.client("s3", endpoint_url=local_aws), f"imports-{uuid.uuid4().hex}"
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return S3ImportFiles(name)

    @pytest.fixture
    def upload(self, files: S3ImportFiles) -> Upload:
        def upload(import_id: str, content: bytes) -> None:
            form = files.form(import_id, "text/csv", 100)
            answer = requests.post(form.url, form.fields, files={"file": content}, timeout=10)
            assert answer.status_code == 204, answer.text

        return upload


@pytest.mark.usefixtures("out_of_reach")
def test_files_out_of_reach_are_unavailable() -> None:
    from shared.errors import Unavailable

    with pytest.raises(Unavailable):
        S3ImportFiles("imports").store("i1", b"x", "text/csv")
