"""Each mend is still needed, and works: what a scenario shows on MiniStack as it is differs from what it shows mended.

When the first half of a test fails, the new version of MiniStack behaves like AWS there: delete the mend.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.mends import MENDS, apply_mends
from tests.contracts.emulator.aws import Answer, Aws, eventually, unique

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-mends")]

type Json = dict[str, Any]
type Scenario = Callable[[Aws], object]

SCENARIOS: dict[str, tuple[Scenario, object]] = {}


def shows(mend: str, right: object) -> Callable[[Scenario], Scenario]:
    """Register a scenario with what it observes on AWS."""

    def register(scenario: Scenario) -> Scenario:
        SCENARIOS[mend] = scenario, right
        return scenario

    return register


def test_every_mend_has_a_scenario() -> None:
    assert SCENARIOS.keys() == MENDS.keys()


def test_unknown_mend_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="no such mends: no-such"):
        apply_mends(without=["no-such"])


@pytest.mark.parametrize("mend", MENDS)
def test_mend_is_needed_and_works(mend: str, unmended: Aws, mended: Aws) -> None:
    scenario, right = SCENARIOS[mend]
    assert scenario(unmended) != right, f"upstream fixed this: delete mend {mend}"
    assert scenario(mended) == right


# --- Nested stacks ---


def stack_of(*children: Json, **outputs: object) -> Json:
    resources = {
        f"Child{i}": {"Type": "AWS::CloudFormation::Stack", "Properties": child} for i, child in enumerate(children)
    }
    return template(resources, **outputs)


def template(resources: Json, **outputs: object) -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }


def uploaded(aws: Aws, child: Json) -> str:
    return aws.upload(unique("child"), json.dumps(child).encode())


@shows("nested-transform", right="CREATE_COMPLETE")
def child_uses_sam(aws: Aws) -> str:
    child = template({"Table": {"Type": "AWS::Serverless::SimpleTable"}})
    child["Transform"] = "AWS::Serverless-2016-10-31"
    return aws.deploy(unique("sam"), stack_of({"TemplateURL": uploaded(aws, child)}))


@shows("references", right="refused")
def template_refers_to_nothing(aws: Aws) -> str:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::GetAtt": ["Nothing", "Arn"]}}}
    try:
        return aws.deploy(unique("dangling"), template({"Topic": topic}))
    except ClientError as error:
        return "refused" if "Unresolved resource dependencies [Nothing]" in str(error) else str(error)


@shows("nested-exports", right="a value")
def child_exports_an_output(aws: Aws) -> str | None:
    name = unique("export")
    child = template({"Queue": {"Type": "AWS::SQS::Queue"}})
    child["Outputs"] = {"Value": {"Value": "a value", "Export": {"Name": name}}}
    aws.deploy(unique("exports"), stack_of({"TemplateURL": uploaded(aws, child)}))
    exports = aws.client("cloudformation").list_exports()["Exports"]
    return next((export["Value"] for export in exports if export["Name"] == name), None)


@shows("nested-attributes", right=True)
def child_keeps_an_attribute_over_an_update(aws: Aws) -> bool:
    def parent(timeout: int) -> Json:
        child = template(
            {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
                },
                "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": timeout}},
            },
            Role={"Fn::GetAtt": ["Role", "Arn"]},
        )
        return stack_of({"TemplateURL": uploaded(aws, child)}, Role={"Fn::GetAtt": ["Child0", "Outputs.Role"]})

    stack = unique("attributes")
    aws.deploy(stack, parent(timeout=10))
    before = aws.outputs(stack)
    status = aws.deploy(stack, parent(timeout=20))
    return status == "UPDATE_COMPLETE" and aws.outputs(stack) == before


@shows("nested-secrets", right="open sesame")
def child_reads_a_secret(aws: Aws) -> str:
    secret = aws.client("secretsmanager").create_secret(
        Name=unique("secret"), SecretString=json.dumps({"password": "open sesame"})
    )
    name = "/" + unique("parameter")
    reference = {"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:password}}"}
    properties = {"Name": name, "Type": "String", "Value": reference}
    child = template({"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": properties}})
    child["Parameters"] = {"Secret": {"Type": "String"}}
    nested = {"TemplateURL": uploaded(aws, child), "Parameters": {"Secret": secret["ARN"]}}
    aws.deploy(unique("secrets"), stack_of(nested))
    value: str = aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    return value


# --- REST APIs from a template ---


MOCK = {
    "type": "mock",
    "requestTemplates": {"application/json": '{"statusCode": 200}'},
    "responses": {"default": {"statusCode": "200"}},
}


def rest_stack(paths: Json, stage: Json | None = None, **body: object) -> Json:
    spec = {"swagger": "2.0", "info": {"title": "api", "version": "1"}, "paths": paths, **body}
    return template(
        {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": spec}},
            "Deployment": {
                "Type": "AWS::ApiGateway::Deployment",
                "Properties": {"RestApiId": {"Ref": "Api"}},
            },
            "Stage": {
                "Type": "AWS::ApiGateway::Stage",
                "Properties": {
                    "RestApiId": {"Ref": "Api"},
                    "DeploymentId": {"Ref": "Deployment"},
                    "StageName": "v1",
                    **(stage or {}),
                },
            },
        },
        Api={"Ref": "Api"},
    )


def call_api(aws: Aws, api: str, method: str, path: str, body: object = None, **headers: str) -> Answer:
    return aws.call(method, f"/_aws/execute-api/{api}/v1{path}", body, headers)


@shows("rest-body", right=(400, 200, "https://charity.example", 200, 404))
def api_is_described_by_its_body(aws: Aws) -> object:
    allow_origin = "method.response.header.Access-Control-Allow-Origin"
    preflight = {"statusCode": "200", "responseParameters": {allow_origin: "'https://charity.example'"}}
    note = {
        "x-amazon-apigateway-request-validator": "body",
        "parameters": [{"in": "body", "name": "Note", "schema": {"$ref": "#/definitions/Note"}}],
        "x-amazon-apigateway-integration": MOCK,
    }
    paths = {
        "/notes": {
            "post": note,
            "options": {"x-amazon-apigateway-integration": MOCK | {"responses": {"default": preflight}}},
        },
        "/any": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": MOCK}},
    }
    extensions: Json = {
        "definitions": {"Note": {"type": "object", "required": ["text"]}},
        "x-amazon-apigateway-request-validators": {"body": {"validateRequestBody": True}},
        "x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": {"statusCode": "404"}},
    }
    stack = unique("body")
    aws.deploy(stack, rest_stack(paths, **extensions))
    api = aws.outputs(stack)["Api"]
    answer = call_api(aws, api, "OPTIONS", "/notes")
    return (
        call_api(aws, api, "POST", "/notes", {}).status,
        answer.status,
        answer.headers.get("access-control-allow-origin"),
        call_api(aws, api, "PUT", "/any", {}).status,
        call_api(aws, api, "GET", "/nowhere").status,
    )


@shows("rest-id", right=True)
def api_keeps_its_id_over_an_update(aws: Aws) -> bool:
    get = {"get": {"x-amazon-apigateway-integration": MOCK}}
    stack = unique("id")
    aws.deploy(stack, rest_stack({"/one": get}))
    before = aws.outputs(stack)
    aws.deploy(stack, rest_stack({"/one": get, "/two": get}))
    return aws.outputs(stack) == before


@shows("rest-access-logs", right="GET /thing 200 -")
def api_logs_a_request(aws: Aws) -> str:
    group = unique("access")
    aws.client("logs").create_log_group(logGroupName=group)
    setting = {
        "DestinationArn": f"arn:aws:logs:us-west-2:000000000000:log-group:{group}",
        "Format": "$context.httpMethod $context.resourcePath $context.status $context.authorizer.claims.sub",
    }
    stack = unique("logs")
    get = {"get": {"x-amazon-apigateway-integration": MOCK}}
    aws.deploy(stack, rest_stack({"/thing": get}, stage={"AccessLogSetting": setting}))
    call_api(aws, aws.outputs(stack)["Api"], "GET", "/thing")
    events = aws.client("logs").filter_log_events(logGroupName=group)["events"]
    return "".join(event["message"] for event in events)


# --- REST APIs at work, made without CloudFormation so that only the mend in question matters ---


class RestApi:
    """An API with the one method POST /."""

    def __init__(self, aws: Aws, *, function: str | None = None, integration: Json | None = None, **method: Any):
        self.aws, self.gateway = aws, aws.client("apigateway")
        self.id = self.gateway.create_rest_api(name=unique("api"))["id"]
        root = self.gateway.get_resources(restApiId=self.id)["items"][0]["id"]
        self.post = {"restApiId": self.id, "resourceId": root, "httpMethod": "POST"}
        self.gateway.put_method(**self.post, **{"authorizationType": "NONE", **method})
        lambda_path = "arn:aws:apigateway:us-west-2:lambda:path/2015-03-31/functions"
        target = (
            {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": f"{lambda_path}/{function}/invocations"}
            if function
            else {"type": "MOCK", "requestTemplates": MOCK["requestTemplates"]}
        )
        self.gateway.put_integration(**self.post, **target, **(integration or {}))

    def shape_errors(self, kind: str, template: str) -> None:
        self.gateway.put_gateway_response(
            restApiId=self.id, responseType=kind, responseTemplates={"application/json": template}
        )

    def call(self, body: object = None, **headers: str) -> Answer:
        self.gateway.create_deployment(restApiId=self.id, stageName="v1")
        return call_api(self.aws, self.id, "POST", "/", body, **headers)


def validated_api(aws: Aws) -> RestApi:
    """An API whose POST takes only an object with a text."""
    api = RestApi(aws)
    schema = json.dumps({"type": "object", "required": ["text"]})
    api.gateway.create_model(restApiId=api.id, name="Note", contentType="application/json", schema=schema)
    validator = api.gateway.create_request_validator(restApiId=api.id, name="body", validateRequestBody=True)
    api.gateway.delete_method(**api.post)
    api.gateway.put_method(
        **api.post,
        authorizationType="NONE",
        requestModels={"application/json": "Note"},
        requestValidatorId=validator["id"],
    )
    api.gateway.put_integration(**api.post, type="MOCK", requestTemplates=MOCK["requestTemplates"])
    return api


@shows("rest-explanations", right='[object has missing required properties (["text"])]')
def invalid_request_is_explained(aws: Aws) -> object:
    api = validated_api(aws)
    api.shape_errors("BAD_REQUEST_BODY", '{"detail":"$context.error.validationErrorString"}')
    return api.call({}).json()["detail"]


@shows("rest-token-use", right=[200, 401])
def access_token_meets_a_method_without_scopes(aws: Aws) -> list[int]:
    pool, client = user_pool(aws)
    arn = aws.client("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]
    api = RestApi(aws)
    authorizer = api.gateway.create_authorizer(
        restApiId=api.id,
        name="users",
        type="COGNITO_USER_POOLS",
        providerARNs=[arn],
        identitySource="method.request.header.Authorization",
    )
    changes = {"/authorizationType": "COGNITO_USER_POOLS", "/authorizerId": authorizer["id"]}
    patch = [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]
    api.gateway.update_method(**api.post, patchOperations=patch)
    tokens = sign_up(aws, pool, client)
    return [api.call(Authorization=tokens[use]).status for use in ("IdToken", "AccessToken")]


@shows("rest-size-limits", right=[413, 413])
def requests_are_too_large(aws: Aws) -> list[int]:
    for_the_gateway = RestApi(aws).call(b"x" * 11 * 1024 * 1024)
    for_lambda = RestApi(aws, function=aws.function("silent")).call(b"x" * 7 * 1024 * 1024)
    return [for_the_gateway.status, for_lambda.status]


@shows("rest-failures", right=[(502, "shaped"), (502, "shaped")])
def functions_fail(aws: Aws) -> list[tuple[int, str]]:
    answers = []
    for handler in ("fail", "malformed"):
        api = RestApi(aws, function=aws.function(handler))
        api.shape_errors("DEFAULT_5XX", "shaped")
        answers.append(api.call({}))
    return [(answer.status, answer.body) for answer in answers]


@shows("rest-time-limit", right=504)
def function_is_slow(aws: Aws) -> int:
    return RestApi(aws, function=aws.function("sleep"), integration={"timeoutInMillis": 50}).call({}).status


@shows("rest-request-id", right=True)
def request_is_named_once(aws: Aws) -> bool:
    answer = RestApi(aws, function=aws.function("echo")).call({})
    return bool(answer.json()["requestId"] == answer.headers["x-amzn-requestid"])


# --- HTTP APIs and tables ---


@shows("http-body", right=[200, 404])
def http_api_is_described_by_its_body(aws: Aws) -> list[int]:
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "payloadFormatVersion": "2.0",
        "uri": f"arn:aws:apigateway:us-west-2:lambda:path/2015-03-31/functions/{aws.function('echo')}/invocations",
    }
    spec = {
        "openapi": "3.0.1",
        "info": {"title": "api"},
        "paths": {"/thing": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": integration}}},
    }
    stack = unique("http")
    resources = {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": spec}},
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "v1", "AutoDeploy": True},
        },
    }
    aws.deploy(stack, template(resources, Api={"Ref": "Api"}))
    api = aws.outputs(stack)["Api"]
    return [call_api(aws, api, "PUT", path, {}).status for path in ("/thing", "/other")]


@shows("table-ttl", right=["ENABLED", "DISABLED"])
def table_has_a_time_to_live(aws: Aws) -> list[str]:
    properties: Json = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    }
    expiring = {"TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True}}
    stack, found = unique("table"), []
    for wanted in (properties | expiring, properties):
        resource = {"Type": "AWS::DynamoDB::Table", "Properties": wanted}
        aws.deploy(stack, template({"Table": resource}, Table={"Ref": "Table"}))
        table = aws.outputs(stack)["Table"]
        described = aws.client("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        found.append(described["TimeToLiveStatus"])
    return found


# --- Lambda ---


def fastest_invocation_milliseconds(aws: Aws, handler: str) -> float:
    """The minimum of ten, which a busy machine disturbs least."""
    function = aws.function(handler)
    event = {"requestContext": {"requestId": "1"}, "httpMethod": "GET", "path": "/"}
    aws.invoke(function, event)
    durations = []
    for _ in range(10):
        start = time.perf_counter()
        aws.invoke(function, event)
        durations.append((time.perf_counter() - start) * 1000)
    return min(durations)


@shows("lambda-nagle", right=True)
def invocation_is_fast(aws: Aws) -> bool:
    return fastest_invocation_milliseconds(aws, "echo") < 50


@shows("lambda-log-wait", right=True)
def silence_costs_little(aws: Aws) -> bool:
    silent, logging = (fastest_invocation_milliseconds(aws, handler) for handler in ("silent", "echo"))
    return silent - logging < 25


# --- Cognito and EventBridge ---


def user_pool(aws: Aws, **settings: Any) -> tuple[str, str]:
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName=unique("pool"), **settings)["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    return pool, client["UserPoolClient"]["ClientId"]


def sign_up(aws: Aws, pool: str, client: str) -> Json:
    """Make a confirmed user; answers the tokens."""
    cognito = aws.client("cognito-idp")
    who = {"ClientId": client, "Username": unique("ann")}
    email = [{"Name": "email", "Value": "ann@charity.example"}]
    cognito.sign_up(**who, Password="Secret-123", UserAttributes=email)
    cognito.admin_confirm_sign_up(UserPoolId=pool, Username=who["Username"])
    credentials = {"USERNAME": who["Username"], "PASSWORD": "Secret-123"}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials)
    tokens: Json = answer["AuthenticationResult"]
    return tokens


@shows("cognito-verified", right="true")
def confirmed_address_is_verified(aws: Aws) -> str | None:
    cognito = aws.client("cognito-idp")
    pool, client = user_pool(aws, AutoVerifiedAttributes=["email"])
    email = [{"Name": "email", "Value": "ann@charity.example"}]
    cognito.sign_up(ClientId=client, Username="ann", Password="Secret-123", UserAttributes=email)
    cognito.confirm_sign_up(ClientId=client, Username="ann", ConfirmationCode="123456")
    user = cognito.admin_get_user(UserPoolId=pool, Username="ann")
    attributes = {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}
    return attributes.get("email_verified")


@shows("cognito-post-confirmation", right="PostConfirmation failed with error no PostConfirmation_ConfirmSignUp.")
def confirmation_runs_a_trigger(aws: Aws) -> str | None:
    pool, client = user_pool(aws, LambdaConfig={"PostConfirmation": aws.function("fail")})
    try:
        sign_up(aws, pool, client)
    except aws.client("cognito-idp").exceptions.UserLambdaValidationException as error:
        message: str = error.response["Error"]["Message"]
        return message
    return None


@shows("event-retries", right={"id": "gift-1", "fail": True})
def failing_function_leaves_a_dead_letter(aws: Aws) -> object:
    queue = aws.client("sqs").create_queue(QueueName=unique("dead"))["QueueUrl"]
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    function = aws.function("keep", DeadLetterConfig={"TargetArn": attributes["Attributes"]["QueueArn"]})
    aws.invoke(function, {"id": "warm", "fail": True})
    rule, source = unique("rule"), unique("source")
    events = aws.client("events")
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": function}])
    detail = {"id": "gift-1", "fail": True}
    events.put_events(Entries=[{"Source": source, "DetailType": "Gift", "Detail": json.dumps(detail)}])
    messages = eventually(lambda: aws.client("sqs").receive_message(QueueUrl=queue).get("Messages"), within_seconds=4)
    return json.loads(messages[0]["Body"])["requestPayload"]["detail"] if messages else None
