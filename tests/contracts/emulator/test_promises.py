"""What the platform relies on: the mended emulator answers here as AWS does."""

import base64
import json
import time
from dataclasses import dataclass
from typing import Any

import botocore.exceptions
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.contracts.emulator.aws import APPLICATION, Answer, Aws, eventually, package, unique

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-promises")]

ORIGIN = "https://charity.example"
KEY = {"x-api-key": "application-key-0123456789"}
SLOW_KEY = {"x-api-key": "slow-application-key-0123456789"}
PASSWORD = "Secret-123"
LINE = {"sku": "mug", "quantity": 1}
ORDER = {"customer": "ann", "lines": [LINE]}


@dataclass(frozen=True)
class Application:
    """The deployed application with a user who has signed in."""

    aws: Aws
    outputs: dict[str, str]
    user_name: str
    identity_token: str
    access_token: str

    def rest(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        return self.aws.call(method, self.outputs["Rest"] + path, body, {"Origin": ORIGIN, **headers})

    def http(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        return self.aws.call(method, self.outputs["Http"] + path, body, {"Origin": ORIGIN, **headers})

    def kept(self, key: str) -> Any:
        """The event that a function kept under this key, if any."""
        dynamodb = self.aws.client("dynamodb")
        item = dynamodb.get_item(TableName=self.outputs["Table"], Key={"pk": {"S": key}}).get("Item")
        return item and json.loads(item["event"]["S"])


@pytest.fixture(scope="module")
def app(mended: Aws) -> Application:
    mended.upload("application.zip", package())
    template = (APPLICATION / "template.yaml").read_text()
    stack = unique("application")
    status = mended.deploy(stack, template, CodeBucket=mended.code_bucket, CodeKey="application.zip")
    assert status == "CREATE_COMPLETE"
    outputs = mended.outputs(stack)
    name = sign_up(mended, outputs)
    confirm(mended, outputs, name)
    tokens = sign_in(mended, outputs["Client"], name)
    return Application(mended, outputs, name, tokens["IdToken"], tokens["AccessToken"])


def sign_up(aws: Aws, outputs: dict[str, str]) -> str:
    name = unique("ann")
    aws.client("cognito-idp").sign_up(
        ClientId=outputs["Client"],
        Username=name,
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": f"{name}@charity.example"}],
    )
    return name


def confirm(aws: Aws, outputs: dict[str, str], name: str) -> None:
    """With the code that the emulator gives to everyone."""
    aws.client("cognito-idp").confirm_sign_up(ClientId=outputs["Client"], Username=name, ConfirmationCode="123456")


def sign_in(aws: Aws, client: str, name: str) -> dict[str, str]:
    answer = aws.client("cognito-idp").initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )
    tokens: dict[str, str] = answer["AuthenticationResult"]
    return tokens


def assert_problem(answer: Answer, status: int, title: str) -> None:
    """An error that the gateway made, in the shape that the template gives to all of them."""
    assert (answer.status, answer.json()["title"]) == (status, title)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.json()["instance"] == "urn:request:" + answer.headers["x-amzn-requestid"]


# --- REST API: requests are validated before a function sees them ---


def test_valid_order_reaches_the_function(app: Application) -> None:
    assert app.rest("POST", "/orders", ORDER).json()["path"] == "/orders"


@pytest.mark.parametrize(
    ("order", "detail"),
    [
        ({"lines": [LINE]}, '[object has missing required properties (["customer"])]'),
        (
            {"customer": "ann", "lines": [{"sku": "mug"}]},
            '[object has missing required properties (["quantity"])]',
        ),
        (
            ORDER | {"price": 1},
            '[object instance has properties which are not allowed by the schema: ["price"]]',
        ),
        (
            {"customer": "ann", "lines": [{"sku": "mug", "quantity": "1"}]},
            '[instance type (string) does not match any allowed primitive type (allowed: ["integer"])]',
        ),
        (
            {"customer": "ann", "lines": []},
            "[array is too short: must have at least 1 elements but instance has 0 elements]",
        ),
        (
            {"customer": "ann", "lines": [LINE | {"quantity": 0}]},
            "[numeric instance is lower than the required minimum (minimum: 1, found: 0)]",
        ),
        (b"{", "Invalid request body"),
        (None, "Invalid request body"),
    ],
)
def test_invalid_order_is_refused_with_the_reason(app: Application, order: object, detail: str) -> None:
    answer = app.rest("POST", "/orders", order)
    assert_problem(answer, 400, "Bad Request")
    assert answer.json()["detail"] == detail


def test_missing_query_parameter_is_named(app: Application) -> None:
    answer = app.rest("GET", "/search")
    assert_problem(answer, 400, "Bad Request")
    assert answer.json()["detail"] == "Missing required request parameters: [userId]"


def test_required_query_parameter_suffices(app: Application) -> None:
    assert app.rest("GET", "/search?userId=ann").status == 200


def test_any_method_and_greedy_path_reach_the_function(app: Application) -> None:
    answer = app.rest("PUT", "/any/thing/else", {}).json()
    assert (answer["method"], answer["pathParameters"]) == ("PUT", {"proxy": "thing/else"})


def test_unknown_path_is_not_found(app: Application) -> None:
    assert_problem(app.rest("GET", "/nowhere"), 404, "Not Found")


@pytest.mark.parametrize(
    ("megabytes", "title"), [(11, "Request Too Long"), (7, "Request Entity Too Large")], ids=["gateway", "lambda"]
)
def test_large_request_is_refused(app: Application, megabytes: int, title: str) -> None:
    assert_problem(app.rest("POST", "/any/upload", b"x" * megabytes * 1024 * 1024), 413, title)


@pytest.mark.parametrize("path", ["/fail", "/large"])
def test_failing_function_is_a_bad_gateway(app: Application, path: str) -> None:
    assert_problem(app.rest("GET", path), 502, "Internal server error")


def test_preflight_needs_neither_token_nor_key(app: Application) -> None:
    answer = app.rest("OPTIONS", "/mine", **{"Access-Control-Request-Method": "GET"})
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-methods"] == "GET,POST,OPTIONS"


def test_function_decides_about_cors_headers_of_its_answer(app: Application) -> None:
    assert "access-control-allow-origin" not in app.rest("POST", "/orders", ORDER).headers


def test_access_log_has_the_request_id_and_the_user(app: Application) -> None:
    answer = app.rest("GET", "/mine", Authorization=app.access_token, **KEY)
    request_id = answer.headers["x-amzn-requestid"]
    events = app.aws.client("logs").filter_log_events(
        logGroupName=app.outputs["AccessLogs"], filterPattern=f'"{request_id}"'
    )["events"]
    user = answer.json()["authorizer"]["claims"]["sub"]
    assert [json.loads(event["message"]) for event in events] == [
        {"requestId": request_id, "status": 200, "user": user}
    ]


# --- REST API: who may call ---


def test_access_token_opens_a_scoped_route(app: Application) -> None:
    answer = app.rest("GET", "/mine", Authorization=f"Bearer {app.access_token}", **KEY)
    assert answer.status == 200
    assert answer.json()["authorizer"]["claims"]["token_use"] == "access"
    assert answer.json()["requestId"] == answer.headers["x-amzn-requestid"]


def altered(token: str, part: int, **changes: object) -> str:
    """The token with one of its JSON parts changed, and the signature as it was."""
    parts = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(parts[part] + "==")) | changes
    parts[part] = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return ".".join(parts)


def test_route_with_a_token_is_closed_to_everything_else(app: Application) -> None:
    unsigned = altered(app.access_token, 0, alg="none")
    tokens = {
        "none": None,
        "garbage": "x.y.z",
        "an ID token": app.identity_token,
        "another user's payload": altered(app.access_token, 1, sub="someone-else"),
        "a longer life": altered(app.access_token, 1, exp=int(time.time()) + 10**6),
        "no algorithm": unsigned,
        "no signature": unsigned.rsplit(".", 1)[0] + ".",
        "an unknown key": altered(app.access_token, 0, kid="other"),
        "another pool": altered(app.access_token, 1, iss="https://cognito-idp.us-west-2.amazonaws.com/us-west-2_other"),
    }
    for what, token in tokens.items():
        headers = KEY | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = app.rest("GET", "/mine", **headers)
        assert answer.status == 401, what
        assert_problem(answer, 401, "Unauthorized")


def test_expired_token_is_refused(app: Application) -> None:
    token = sign_in(app.aws, app.outputs["HastyClient"], app.user_name)["AccessToken"]
    headers = KEY | {"Authorization": token}
    assert eventually(lambda: app.rest("GET", "/mine", **headers).status == 401)


def test_route_without_scopes_takes_id_tokens_only(app: Application) -> None:
    assert app.rest("GET", "/identity", Authorization=app.identity_token).status == 200
    assert_problem(app.rest("GET", "/identity", Authorization=app.access_token), 401, "Unauthorized")


def test_api_key_is_asked_for_after_the_token(app: Application) -> None:
    assert_problem(app.rest("GET", "/mine"), 401, "Unauthorized")
    assert_problem(app.rest("GET", "/mine", Authorization=app.access_token), 403, "Forbidden")


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "not-a-key-of-ours-at-all"}], ids=["none", "unknown"])
def test_route_with_a_key_is_closed_without_it(app: Application, headers: dict[str, str]) -> None:
    assert_problem(app.rest("GET", "/partner", **headers), 403, "Forbidden")


def test_key_alone_opens_a_route_without_a_user(app: Application) -> None:
    assert app.rest("GET", "/partner", **KEY).status == 200


def test_usage_plan_throttles_its_key(app: Application) -> None:
    answers = [app.rest("GET", "/partner", **SLOW_KEY) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert_problem(answers[-1], 429, "Too Many Requests")
    assert answers[-1].headers["retry-after"] == "1"


def test_request_authorizer_decides_by_query_parameter(app: Application) -> None:
    answer = app.rest("GET", "/ticketed?ticket=good")
    assert (answer.status, answer.json()["authorizer"]["runId"]) == (200, "run-1")
    assert_problem(app.rest("GET", "/ticketed"), 401, "Unauthorized")
    refused = "User is not authorized to access this resource with an explicit deny in an identity-based policy"
    assert_problem(app.rest("GET", "/ticketed?ticket=bad"), 403, refused)


# --- HTTP API ---


def test_http_route_asks_for_a_token_with_its_scope(app: Application) -> None:
    bearer = f"Bearer {app.access_token}"
    assert app.http("GET", "/stock").status == 401
    assert app.http("GET", "/stock", Authorization=altered(app.access_token, 1, sub="x")).status == 401
    assert app.http("GET", "/stock", Authorization=app.identity_token).status == 403
    assert app.http("GET", "/admin", Authorization=bearer).status == 403
    answer = app.http("GET", "/stock", Authorization=bearer)
    assert (answer.status, answer.json()["version"]) == (200, "2.0")


def test_http_route_has_path_parameters(app: Application) -> None:
    answer = app.http("POST", "/stock/mug", {}, Authorization=app.access_token)
    assert answer.json()["pathParameters"] == {"sku": "mug"}


def test_http_route_may_be_open_for_any_method(app: Application) -> None:
    assert app.http("PATCH", "/health", {}).status == 200


def test_http_route_with_a_lambda_authorizer(app: Application) -> None:
    tickets: list[dict[str, str]] = [{}, {"X-Ticket": "bad"}, {"X-Ticket": "good"}]
    answers = [app.http("GET", "/ticketed", **ticket) for ticket in tickets]
    assert [answer.status for answer in answers] == [401, 403, 200]
    assert answers[-1].json()["authorizer"]["lambda"] == {"runId": "run-1"}


def test_http_route_with_iam_needs_a_signature(app: Application) -> None:
    request = AWSRequest("GET", app.aws.endpoint + app.outputs["Http"] + "/iam")
    SigV4Auth(Credentials("test", "test"), "execute-api", "us-west-2").add_auth(request)
    assert app.http("GET", "/iam").status == 403
    assert app.http("GET", "/iam", **dict(request.headers.items())).status == 200


def test_unknown_http_route_is_not_found_in_the_words_of_aws(app: Application) -> None:
    answer = app.http("GET", "/nowhere")
    assert (answer.status, answer.json()) == (404, {"message": "Not Found"})


def test_http_api_answers_preflights_of_its_origins_only(app: Application) -> None:
    asking = {"Access-Control-Request-Method": "GET"}
    answer = app.http("OPTIONS", "/stock", **asking)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, ORIGIN)
    other = app.http("OPTIONS", "/stock", **{**asking, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


# --- Cognito ---


def test_confirmed_sign_up_runs_the_trigger_before_it_answers(app: Application) -> None:
    name = sign_up(app.aws, app.outputs)
    assert app.kept(name) is None
    confirm(app.aws, app.outputs, name)
    event = app.kept(name)
    attributes = event["request"].pop("userAttributes")
    assert event == {
        "version": "1",
        "region": "us-west-2",
        "userPoolId": app.outputs["Pool"],
        "userName": name,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": app.outputs["Client"]},
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "request": {},
        "response": {},
    }
    assert attributes.pop("sub")
    assert attributes == {
        "email": f"{name}@charity.example",
        "email_verified": "true",
        "cognito:user_status": "CONFIRMED",
    }


def test_sign_up_that_staff_confirm_runs_the_trigger_too(app: Application) -> None:
    name = sign_up(app.aws, app.outputs)
    app.aws.client("cognito-idp").admin_confirm_sign_up(UserPoolId=app.outputs["Pool"], Username=name)
    assert app.kept(name)["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"


def test_user_whom_staff_create_runs_no_trigger(app: Application) -> None:
    name = unique("bob")
    cognito = app.aws.client("cognito-idp")
    cognito.admin_create_user(UserPoolId=app.outputs["Pool"], Username=name, MessageAction="SUPPRESS")
    assert app.kept(name) is None


def test_wrong_code_confirms_nobody(app: Application) -> None:
    name = sign_up(app.aws, app.outputs)
    cognito = app.aws.client("cognito-idp")
    with pytest.raises(cognito.exceptions.CodeMismatchException):
        cognito.confirm_sign_up(ClientId=app.outputs["Client"], Username=name, ConfirmationCode="654321")
    with pytest.raises(cognito.exceptions.UserNotConfirmedException):
        sign_in(app.aws, app.outputs["Client"], name)


def test_user_stays_confirmed_when_the_trigger_fails(app: Application) -> None:
    cognito = app.aws.client("cognito-idp")
    trigger = app.aws.function("fail")
    pool = cognito.create_user_pool(PoolName=unique("pool"), LambdaConfig={"PostConfirmation": trigger})
    pool_id = pool["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="web")["UserPoolClient"]["ClientId"]
    name = sign_up(app.aws, {"Client": client})
    with pytest.raises(cognito.exceptions.UserLambdaValidationException, match="PostConfirmation failed"):
        confirm(app.aws, {"Client": client}, name)
    assert cognito.admin_get_user(UserPoolId=pool_id, Username=name)["UserStatus"] == "CONFIRMED"


# --- Functions, and what they may do ---


def test_exception_keeps_its_name_and_the_worker_its_life(app: Application) -> None:
    function = app.outputs["PickFunction"]
    before, _ = app.aws.invoke(function, {})
    error, failed = app.aws.invoke(function, {"stock": 0})
    after, _ = app.aws.invoke(function, {})
    assert (failed, error["errorType"], error["errorMessage"]) == (True, "OutOfStock", "none left")
    assert before == after


def test_function_may_do_only_what_its_role_allows(app: Application) -> None:
    name = unique("row")
    error, failed = app.aws.invoke(app.outputs["ReadOnlyFunction"], {"id": name})
    assert failed
    assert "AccessDeniedException" in error["errorMessage"]
    assert app.kept(name) is None
    _, failed = app.aws.invoke(app.outputs["KeepFunction"], {"id": name})
    assert not failed
    assert app.kept(name) == {"id": name}


def test_event_reaches_the_function_of_a_matching_rule(app: Application) -> None:
    gift, other = {"id": unique("gift")}, {"id": unique("other")}
    entries = [
        {"Source": "almoner.test", "DetailType": kind, "Detail": json.dumps(detail)}
        for kind, detail in [("SomethingElse", other), ("GiftReceived", gift)]
    ]
    app.aws.client("events").put_events(Entries=entries)
    assert eventually(lambda: app.kept(gift["id"]))["detail-type"] == "GiftReceived"
    assert app.kept(other["id"]) is None


def test_only_the_failed_message_of_a_batch_stays_in_the_queue(app: Application) -> None:
    good, bad = {"id": unique("good")}, {"id": unique("bad"), "fail": True}
    sqs, queue = app.aws.client("sqs"), app.outputs["Queue"]
    entries = [{"Id": str(i), "MessageBody": json.dumps(body)} for i, body in enumerate([good, bad])]
    sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    assert eventually(lambda: app.kept(good["id"])) == good

    def waits_for_its_next_turn() -> bool:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return [counts[name] for name in names] == ["0", "1"]

    assert eventually(waits_for_its_next_turn)


# --- DynamoDB ---


def test_condition_protects_an_item(app: Application) -> None:
    dynamodb, name = app.aws.client("dynamodb"), unique("item")
    put = {
        "TableName": app.outputs["Table"],
        "Item": {"pk": {"S": name}},
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    dynamodb.put_item(**put)
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(**put)


def test_transaction_writes_all_or_nothing_and_says_why(app: Application) -> None:
    dynamodb, free, taken = app.aws.client("dynamodb"), unique("free"), unique("taken")
    table = app.outputs["Table"]
    dynamodb.put_item(TableName=table, Item={"pk": {"S": taken}})
    condition = "attribute_not_exists(pk)"
    puts = [
        {"Put": {"TableName": table, "Item": {"pk": {"S": name}}, "ConditionExpression": condition}}
        for name in (free, taken)
    ]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as cancelled:
        dynamodb.transact_write_items(TransactItems=puts)
    reasons = [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": free}})


def test_transaction_with_the_same_token_counts_once(app: Application) -> None:
    dynamodb, name = app.aws.client("dynamodb"), unique("counter")
    update = {
        "TableName": app.outputs["Table"],
        "Key": {"pk": {"S": name}},
        "UpdateExpression": "ADD hits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken=name)
    item = dynamodb.get_item(TableName=app.outputs["Table"], Key={"pk": {"S": name}})["Item"]
    assert item["hits"] == {"N": "1"}
    update["ExpressionAttributeValues"] = {":one": {"N": "2"}}
    with pytest.raises(botocore.exceptions.ClientError, match="IdempotentParameterMismatch"):
        dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken=name)


def test_table_expires_items_by_the_attribute_in_the_template(app: Application) -> None:
    described = app.aws.client("dynamodb").describe_time_to_live(TableName=app.outputs["Table"])
    assert described["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
