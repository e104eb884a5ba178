"""What a web page of somebody else makes a browser send does nothing, nor do requests without the root user's key."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from websockets.exceptions import InvalidStatus

from local.workspace import ALLOWED_ORIGIN
from tests.contracts.emulator.aws import Answer, Aws, unique
from tests.contracts.emulator.live_stack import Live

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-live")]

EVIL = "http://evil.example"
FOREIGN: dict[str, dict[str, str]] = {
    "rebound name": {"Host": "evil.example:4566"},
    "name that begins like ours": {"Host": "localhost.evil.example"},
    "name before ours": {"Host": "evil.example@127.0.0.1"},
    "page of another site": {"Origin": EVIL},
    "page of another port": {"Origin": "http://localhost:8000"},
    "page without an origin": {"Origin": "null"},
    "script of another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
    "fetch of another port": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"},
}
ROUTES = ["/", "/2015-03-31/functions/", "/_ministack/health", "/_ministack/ready", "/some-bucket/key"]

UNSIGNED: dict[str, dict[str, str]] = {
    "nothing": {},
    "an empty key": {"Authorization": "AWS4-HMAC-SHA256 Credential=/20260101/us-west-2/lambda/aws4_request"},
    "a bearer token": {"Authorization": "Bearer test"},
    "a name in the query": {"query": "X-Amz-Credential=test/20260101/us-west-2/lambda/aws4_request"},
    "a claim without a signature": {
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/lambda/aws4_request"
    },
    "a signature of nothing": {
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/lambda/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
        "X-Amz-Date": "20260101T000000Z",
    },
    "an account's number": {
        "Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-west-2/lambda/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
        "X-Amz-Date": "20260101T000000Z",
    },
}


def called(aws: Aws, method: str, path: str, claim: Mapping[str, str], body: object = None) -> Answer:
    headers = dict(claim)
    query = headers.pop("query", "")
    return aws.call(method, f"{path}?{query}" if query else path, body, headers)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("foreign", FOREIGN)
def test_foreign_requests_are_refused(foreign: str, path: str, patched: Aws) -> None:
    answer = patched.call("GET", path, None, FOREIGN[foreign])
    assert answer.status == 403, answer.body
    assert "this machine" in answer.json()["message"]
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("claim", UNSIGNED)
def test_nobody_makes_a_function_without_the_root_key(claim: str, patched: Aws) -> None:
    """What a page did by a simple request: no preflight, no key."""
    name = unique("intruder")
    code = {"FunctionName": name, "Runtime": "python3.13", "Handler": "x.y", "Role": "arn:aws:iam::000000000000:role/x"}
    simple = UNSIGNED[claim] | {"Content-Type": "text/plain"}
    answer = called(patched, "POST", "/2015-03-31/functions", simple, {**code, "Code": {"ZipFile": "UEsFBgAAAA=="}})
    assert answer.status == 403, answer.body
    lambdas = patched.client("lambda")
    with pytest.raises(lambdas.exceptions.ResourceNotFoundException):
        lambdas.get_function(FunctionName=name)


@pytest.mark.parametrize("claim", UNSIGNED)
@pytest.mark.parametrize("service", ["dynamodb", "sqs", "secretsmanager", "sts", "s3", "iam", "cognito-idp"])
def test_no_service_answers_without_the_root_key(service: str, claim: str, patched: Aws) -> None:
    target, path, body = {
        "dynamodb": ("DynamoDB_20120810.ListTables", "/", "{}"),
        "sqs": ("AmazonSQS.ListQueues", "/", "{}"),
        "secretsmanager": ("secretsmanager.ListSecrets", "/", "{}"),
        "sts": ("", "/?Action=GetCallerIdentity&Version=2011-06-15", None),
        "iam": ("", "/?Action=ListUsers&Version=2010-05-08", None),
        "s3": ("", "/", None),
        "cognito-idp": ("AWSCognitoIdentityProviderService.ListUserPools", "/", '{"MaxResults": 10}'),
    }[service]
    headers = UNSIGNED[claim] | ({"X-Amz-Target": target} if target else {})
    query = headers.pop("query", "")
    if query:
        path += ("&" if "?" in path else "?") + query
    content = body.encode() if body else None
    answer = patched.call(
        "POST" if body else "GET", path, content, headers | {"Content-Type": "application/x-amz-json-1.1"}
    )
    assert 400 <= answer.status < 404, answer.body


def test_right_key_with_another_secret_is_refused(patched: Aws) -> None:
    for keys in [("test", "other"), ("000000000000", "test"), ("other", "test")]:
        session: Any = boto3.Session(*keys, region_name="us-west-2")
        once = Config(retries={"total_max_attempts": 1})
        for service, call in (("s3", "list_buckets"), ("dynamodb", "list_tables"), ("sts", "get_caller_identity")):
            client = session.client(service, endpoint_url=patched.endpoint, config=once)
            with pytest.raises(ClientError) as refused:
                getattr(client, call)()
            assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 403}


@pytest.mark.parametrize("key", [None, "other", "testing"])
def test_nobody_resets_it_without_the_key(key: str | None, patched: Aws) -> None:
    table = unique("kept")
    patched.client("dynamodb").create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    headers = {"Content-Type": "text/plain"} | ({"Authorization": f"Bearer {key}"} if key else {})
    for path in ("/_ministack/reset", "/_ministack/config", "/_ministack/ses/messages", "/_localstack/state/reset"):
        answer = patched.call("POST", path, b"", headers)
        assert answer.status == 403
        assert "credentials" in answer.json()["message"]
    assert patched.client("dynamodb").describe_table(TableName=table)


def test_private_objects_need_a_signature(patched: Aws) -> None:
    s3, bucket = patched.client("s3"), unique("private")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket=bucket, Key="a", Body=b"secret")
    assert patched.call("GET", f"/{bucket}/a").status == 403
    assert patched.call("PUT", f"/{bucket}/a", b"other").status == 403
    assert patched.call("DELETE", f"/{bucket}/a").status == 403
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"secret"


def test_our_site_reads_cognito_s_answers_and_no_other_origin_does(patched: Aws) -> None:
    body = json.dumps({"ClientId": "none", "Username": "x", "ConfirmationCode": "1"}).encode()
    sent = {
        "X-Amz-Target": "AWSCognitoIdentityProviderService.ConfirmSignUp",
        "Content-Type": "application/x-amz-json-1.1",
    }
    ours = patched.call("POST", "/", body, sent | {"Origin": ALLOWED_ORIGIN})
    preflight = patched.call("OPTIONS", "/", None, {"Origin": ALLOWED_ORIGIN, "Access-Control-Request-Method": "POST"})
    for answer in (ours, preflight):
        assert answer.headers["access-control-allow-origin"] == ALLOWED_ORIGIN
        assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-origin" not in patched.call("POST", "/", body, sent).headers


@pytest.mark.parametrize("origin", [EVIL, "null", "http://localhost:8000"])
def test_sockets_are_not_opened_for_pages_of_others(origin: str, live: Live) -> None:
    with pytest.raises(InvalidStatus) as refused, live.socket(origin=origin):
        pass
    assert refused.value.response.status_code == 403
