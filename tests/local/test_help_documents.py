"""The sample documents of the help desk."""

import uuid

import boto3
import pytest

from local.sample_data.help_documents import DOCUMENTS, upload_help_documents


@pytest.mark.emulator
def test_documents_are_uploaded_once(local_aws: str) -> None:
    s3, bucket = boto3.client("s3", endpoint_url=local_aws), f"help-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    names = {document.name for document in DOCUMENTS.iterdir()}
    assert upload_help_documents(s3, bucket) == len(names)
    assert {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]} == names
    assert s3.head_object(Bucket=bucket, Key="gift-aid.md")["ContentType"] == "text/markdown"

    for name in names - {"gift-aid.md"}:
        s3.delete_object(Bucket=bucket, Key=name)
    assert upload_help_documents(s3, bucket) == 0, "what staff have deleted does not come back"
