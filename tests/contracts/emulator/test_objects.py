"""S3: each version of an object exists until that version is deleted."""

from typing import Any

import pytest

from tests.contracts.emulator.aws import Aws, unique

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-live")]


@pytest.fixture(scope="module")
def bucket(patched: Aws) -> str:
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
            }
        },
        "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}}},
    }
    stack = unique("versions")
    assert patched.deploy(stack, template) == "CREATE_COMPLETE"
    return patched.outputs(stack)["Bucket"]


@pytest.fixture
def s3(patched: Aws) -> Any:
    return patched.client("s3")


def put(s3: Any, bucket: str, *bodies: str) -> tuple[str, list[str]]:
    """Put the bodies under a new key, one after another; returns the key and their versions."""
    key = unique("object")
    return key, [s3.put_object(Bucket=bucket, Key=key, Body=body.encode())["VersionId"] for body in bodies]


def read(s3: Any, bucket: str, key: str, **version: str) -> str:
    with s3.get_object(Bucket=bucket, Key=key, **version)["Body"] as body:
        text: str = body.read().decode()
        return text


def versions(s3: Any, bucket: str, key: str) -> list[str]:
    listed = s3.list_object_versions(Bucket=bucket, Prefix=key)
    return [version["VersionId"] for version in listed.get("Versions", [])]


def test_every_version_can_be_read(s3: Any, bucket: str) -> None:
    key, ids = put(s3, bucket, "first", "second")
    assert read(s3, bucket, key) == "second"
    assert [read(s3, bucket, key, VersionId=version) for version in ids] == ["first", "second"]


def test_versions_are_listed_newest_first(s3: Any, bucket: str) -> None:
    key, ids = put(s3, bucket, "first", "second", "third")
    assert versions(s3, bucket, key) == ids[::-1]


def test_deleted_version_is_gone_and_the_others_stay(s3: Any, bucket: str) -> None:
    key, ids = put(s3, bucket, "first", "second")
    s3.delete_object(Bucket=bucket, Key=key, VersionId=ids[1])
    assert read(s3, bucket, key) == "first"
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchVersion"):
        read(s3, bucket, key, VersionId=ids[1])


def test_deleted_object_keeps_its_versions(s3: Any, bucket: str) -> None:
    key, ids = put(s3, bucket, "first")
    s3.delete_object(Bucket=bucket, Key=key)
    with pytest.raises(s3.exceptions.NoSuchKey):
        read(s3, bucket, key)
    assert read(s3, bucket, key, VersionId=ids[0]) == "first"


def test_object_is_created_once(s3: Any, bucket: str) -> None:
    key, _ = put(s3, bucket, "first")
    with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"second", IfNoneMatch="*")
