"""S3: a signed form uploads one object of one type and size until it expires; a signed URL allows one request."""

import base64
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from shared.aws.clients import client
from shared.s3.buckets import Bucket
from shared.s3.upload_form import UploadForm
from tests.contracts.emulator.aws import Aws, eventually, unique

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-live")]

KEY, PNG, MAX_BYTES = "uploads/a", "image/png", 100

type Changes = Mapping[str, str | None]


@pytest.fixture
def s3(patched: Aws) -> Any:
    return patched.client("s3")


@pytest.fixture
def name(s3: Any) -> str:
    bucket = unique("pictures")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture
def bucket(patched: Aws, name: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Signs with a role that may only upload objects."""
    statement = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{name}/uploads/*"}
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    iam, role = patched.client("iam"), unique("role")
    made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=_policy(trust))["Role"]
    iam.put_role_policy(RoleName=role, PolicyName="uploads", PolicyDocument=_policy(statement))
    assumed = patched.client("sts").assume_role(RoleArn=made["Arn"], RoleSessionName="test")["Credentials"]
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", assumed["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", assumed["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", assumed["SessionToken"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it would sign with the test's own credentials
    return Bucket(name, client("s3", endpoint_url=patched.endpoint))


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def form_of(bucket: Bucket, key: str = KEY, expires_in_seconds: int = 300) -> UploadForm:
    return bucket.form(key, PNG, max_bytes=MAX_BYTES, expires_in_seconds=expires_in_seconds)


def post(form: UploadForm, body: bytes = b"png", changed: Changes = MappingProxyType({})) -> tuple[int, str]:
    """Post a form with changed fields, without those that are None; returns status and body."""
    fields = {name: value for name, value in {**form.fields, **changed}.items() if value is not None}
    answer = requests.post(form.url, data=fields, files={"file": ("a.html", body, "text/html")}, timeout=10)
    return answer.status_code, answer.text


def test_form_uploads_the_object_that_it_describes(bucket: Bucket, s3: Any) -> None:
    assert post(form_of(bucket))[0] == 204

    found = s3.head_object(Bucket=bucket.name, Key=KEY)
    assert (found["ContentType"], found["ContentLength"]) == (PNG, 3)
    assert found["VersionId"]


@pytest.mark.parametrize("body", [b"", b"x" * (MAX_BYTES + 1)], ids=["empty", "too large"])
def test_other_size_is_refused(bucket: Bucket, body: bytes) -> None:
    status, text = post(form_of(bucket), body)

    assert status == 400
    assert "EntityToo" in text


@pytest.mark.parametrize(
    "changed",
    [
        {"Content-Type": "text/html"},
        {"Content-Type": None},
        {"key": "uploads/b"},
        {"key": "images/a"},
        {"x-amz-meta-alt": "Yg"},
        {"acl": "public-read"},
        {"Cache-Control": "no-store"},
        {"success_action_redirect": "https://example.org"},
    ],
    ids=str,
)
def test_other_field_is_refused(bucket: Bucket, s3: Any, changed: Changes) -> None:
    status, text = post(form_of(bucket), changed=changed)

    assert status == 403
    assert "Invalid according to Policy" in text
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket.name)


def test_form_expires(bucket: Bucket) -> None:
    status, text = post(form_of(bucket, expires_in_seconds=-1))

    assert (status, "Policy expired" in text) == (403, True)


def test_form_of_a_role_without_permission_is_refused(bucket: Bucket) -> None:
    assert post(form_of(bucket, key="images/a"))[0] == 403


def test_altered_policy_and_signature_are_refused(bucket: Bucket) -> None:
    form = form_of(bucket)
    everything = {"expiration": "2099-01-01T00:00:00Z", "conditions": []}
    other = base64.b64encode(json.dumps(everything).encode()).decode()

    assert post(form, changed={"policy": other})[0] == 403
    assert post(form, changed={"x-amz-signature": "0" * 64})[0] == 403
    assert post(form, changed={"x-amz-signature": None})[0] == 400
    assert post(form, changed={"x-amz-security-token": None})[0] == 400


def test_unsigned_form_is_refused(bucket: Bucket) -> None:
    form = form_of(bucket)

    assert post(form, changed=dict.fromkeys(form.fields.keys() - {"key", "Content-Type"}))[0] == 403


def test_signed_url_allows_one_request_and_expires(patched: Aws, s3: Any, name: str) -> None:
    s3.put_object(Bucket=name, Key=KEY, Body=b"png")
    session = boto3.Session("test", "test", region_name="us-west-2")
    signer: Any = session.client("s3", endpoint_url=patched.endpoint, config=Config(signature_version="s3v4"))
    url = signer.generate_presigned_url("get_object", Params={"Bucket": name, "Key": KEY}, ExpiresIn=2)

    assert requests.get(url, timeout=10).status_code == 200
    assert requests.get(url.replace(KEY, "uploads/b"), timeout=10).status_code == 403
    assert requests.put(url, b"other", timeout=10).status_code == 403
    assert eventually(lambda: requests.get(url, timeout=10).status_code == 403)
