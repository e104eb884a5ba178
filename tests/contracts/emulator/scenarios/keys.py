"""Keys, and pages that have none."""

import hashlib
import http.client
from collections.abc import Callable

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.contracts.emulator.aws import Aws
from tests.contracts.emulator.scenarios.registry import shows


@shows("root-user", right=["InvalidSignatureException", "UnrecognizedClientException", 400, 403])
def use_the_root_user_without_its_secret(aws: Aws) -> list[object]:
    """By its key with another secret, by the account's number, by a token of another kind, and without any."""
    found: list[object] = []
    for key in ("test", "000000000000"):
        session = boto3.Session(key, "another", region_name="us-west-2")
        found.append(_code(session.client("dynamodb", endpoint_url=aws.endpoint).list_tables))
    tables = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    found.append(aws.call("POST", "/", b"{}", tables | {"Authorization": "Bearer test"}).status)
    found.append(aws.call("GET", "/").status)  # lists the buckets
    return found


@shows("keys-of-roles", right="refused")
def derive_the_key_of_a_function(aws: Aws) -> str:
    """From its name and its role's, as MiniStack does."""
    function = aws.function("echo")
    aws.invoke(function, {})
    role = aws.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    digest = hashlib.sha256(f"{function}:{role}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{part}:{digest}".encode()).hexdigest() for part in ("secret", "token"))
    session = boto3.Session(f"ASIA{digest[:16].upper()}", secret, token, region_name="us-west-2")
    once = Config(retries={"total_max_attempts": 1})
    code = _code(session.client("sts", endpoint_url=aws.endpoint, config=once).get_caller_identity)
    return "refused" if code else "accepted"


def _code(call: Callable[[], object]) -> str:
    try:
        call()
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return ""


@shows("own-site", right=[None, None])
def read_answers_from_any_page(aws: Aws) -> list[str | None]:
    """What a preflight and a call say about pages that may read them, when no page has called."""
    confirm = {"X-Amz-Target": "AWSCognitoIdentityProviderService.ConfirmSignUp"}
    answers = aws.call("OPTIONS", "/"), aws.call("POST", "/", b"{}", confirm)
    return [answer.headers.get("access-control-allow-origin") for answer in answers]


@shows("runtime-api", right=[403, 403, 404])
def call_a_function_s_runtime_api(aws: Aws) -> list[int]:
    """As a page of another site, as one under a rebound name, and as a program of this machine."""
    given, _ = aws.invoke(aws.function("environment"), ["AWS_LAMBDA_RUNTIME_API"])
    found = []
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}, {}):
        connection = http.client.HTTPConnection(given["AWS_LAMBDA_RUNTIME_API"], timeout=10)
        connection.request("GET", "/2018-06-01/nothing", headers=headers)
        found.append(connection.getresponse().status)
        connection.close()
    return found
