"""Help pages from the folder to an answer, by way of a bucket of the local AWS."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from commerce.support.adapters.help_pages import S3HelpPages
from operations.help_pages import publish_help_pages
from shared.errors import Unavailable
from shared.s3.buckets import Bucket
from tests.shared.clocks import FakeClock
from tests.shared.dynamodb.clients import forget_clients


@pytest.fixture
def s3(local_aws: str) -> Iterator[Any]:
    forget_clients()
    yield boto3.Session("test", "test").client("s3", endpoint_url=local_aws)
    forget_clients()


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"help-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tea.md").write_text("# Tea\n\nTea is served at five.\n")
    (tmp_path / "cake.md").write_text("# Cake\n\nCake comes with tea.\n")
    return tmp_path


def found(pages: S3HelpPages, question: str = "tea") -> list[str]:
    return [page.page_id for page in pages.find(question, 3)]


def test_pages_are_uploaded_where_they_have_changed(s3: Any, bucket: str, folder: Path) -> None:
    assert publish_help_pages(s3, bucket, folder) == 2
    assert publish_help_pages(s3, bucket, folder) == 0
    (folder / "tea.md").write_text("# Tea\n\nTea is served at six.\n")
    assert publish_help_pages(s3, bucket, folder) == 1


def test_changes_are_found_within_a_minute(s3: Any, bucket: str, folder: Path) -> None:
    clock = FakeClock()
    pages = S3HelpPages(Bucket(bucket), clock)
    publish_help_pages(s3, bucket, folder)
    assert found(pages) == ["tea", "cake"]
    (folder / "tea.md").unlink()
    publish_help_pages(s3, bucket, folder)
    assert found(pages) == ["tea", "cake"]
    clock.now += 61
    assert found(pages) == ["cake"]


def test_pages_that_were_read_outlast_a_bucket_out_of_reach(
    s3: Any, bucket: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    kept = Bucket(bucket)
    pages = S3HelpPages(kept, clock)
    publish_help_pages(s3, bucket, folder)
    found(pages)

    def out_of_reach(_: str) -> Iterator[str]:
        raise Unavailable("S3 is out of reach.")

    monkeypatch.setattr(kept, "keys", out_of_reach)
    clock.now += 61
    assert found(pages) == ["tea", "cake"]
    with pytest.raises(Unavailable):
        found(S3HelpPages(kept, clock))
