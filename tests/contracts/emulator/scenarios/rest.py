"""REST APIs."""

import json
from typing import Any

from tests.contracts.emulator.aws import Answer, Aws, unique
from tests.contracts.emulator.scenarios.nested_stacks import template
from tests.contracts.emulator.scenarios.registry import Json, shows
from tests.contracts.emulator.scenarios.users import sign_up, user_pool

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


@shows("rest-body", right=(400, 200, 200, "http://localhost:5173", 200, 404))
def api_is_described_by_its_body(aws: Aws) -> object:
    allow_origin = "method.response.header.Access-Control-Allow-Origin"
    preflight = {"statusCode": "200", "responseParameters": {allow_origin: "'http://localhost:5173'"}}
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
        "definitions": {
            "Note": {
                "type": "object",
                "required": ["text"],
                "properties": {"tags": {"type": "array", "minItems": 1, "items": {"oneOf": [{"type": "string"}]}}},
            }
        },
        "x-amazon-apigateway-request-validators": {"body": {"validateRequestBody": True}},
        "x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": {"statusCode": "404"}},
    }
    stack = unique("body")
    aws.deploy(stack, rest_stack(paths, **extensions))
    api = aws.outputs(stack)["Api"]
    answer = call_api(aws, api, "OPTIONS", "/notes")
    return (
        call_api(aws, api, "POST", "/notes", {}).status,
        call_api(aws, api, "POST", "/notes", {"text": "x", "tags": []}).status,  # AWS does not check minItems
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


# --- Requests, to APIs created without CloudFormation, so that no other patch is involved ---


class RestApi:
    """An API whose only method is POST /."""

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
    """An API whose POST accepts only an object with a text."""
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


@shows("rest-size-limits", right=[(413, "Request Too Long"), (413, "Request Entity Too Large")])
def requests_are_too_large(aws: Aws) -> list[tuple[int, str | None]]:
    for_the_gateway, for_lambda = RestApi(aws), RestApi(aws, function=aws.function("silent"))
    for api in (for_the_gateway, for_lambda):
        api.shape_errors("REQUEST_TOO_LARGE", "{}")
        api.shape_errors("DEFAULT_4XX", "{}")
    answers = [for_the_gateway.call(b"x" * 11 * 1024 * 1024), for_lambda.call(b"x" * 7 * 1024 * 1024)]
    return [(answer.status, answer.json().get("message")) for answer in answers]


@shows("rest-header-names", right=[400, 200])
def method_requires_a_header(aws: Aws) -> list[int]:
    statuses = []
    for name in ("Idempotency-Key", "idempotency-key"):
        api = RestApi(aws)
        validator = api.gateway.create_request_validator(restApiId=api.id, name="all", validateRequestParameters=True)
        api.gateway.delete_method(**api.post)
        api.gateway.put_method(
            **api.post,
            authorizationType="NONE",
            requestParameters={f"method.request.header.{name}": True},
            requestValidatorId=validator["id"],
        )
        api.gateway.put_integration(**api.post, type="MOCK", requestTemplates=MOCK["requestTemplates"])
        statuses.append(api.call({}, **{"Idempotency-Key": "1"}).status)
    return statuses


@shows("rest-response-headers", right=[None, "Bearer", "Accept", None])
def function_sets_headers_of_the_gateway(aws: Aws) -> list[str | None]:
    headers = RestApi(aws, function=aws.function("challenge")).call({}).headers
    names = ("www-authenticate", "x-amzn-remapped-www-authenticate", "vary", "via")
    return [headers.get(name) for name in names]


@shows("rest-failures", right=[(502, "shaped"), (502, "shaped")])
def functions_fail(aws: Aws) -> list[tuple[int, str]]:
    answers = []
    for handler in ("fail", "malformed"):
        api = RestApi(aws, function=aws.function(handler))
        api.shape_errors("DEFAULT_5XX", "shaped")
        answers.append(api.call({}))
    return [(answer.status, answer.body) for answer in answers]


@shows("rest-compression", right=[None, "gzip", "deflate", None, None, None])
def answers_are_long(aws: Aws) -> list[str | None]:
    api = RestApi(aws, function=aws.function("long"))
    size = [{"op": "replace", "path": "/minimumCompressionSize", "value": "1024"}]
    api.gateway.update_rest_api(restApiId=api.id, patchOperations=size)
    accepted: list[dict[str, str]] = [
        {},
        {"Accept-Encoding": "gzip, deflate, br"},
        {"Accept-Encoding": "gzip;q=0.5, deflate"},
        {"Accept-Encoding": "br, gzip"},
        {"Accept-Encoding": "*"},
        {"Accept-Encoding": "gzip;q=0"},
    ]
    return [api.call({}, **headers).headers.get("content-encoding") for headers in accepted]


@shows("rest-time-limit", right=504)
def function_is_slow(aws: Aws) -> int:
    return RestApi(aws, function=aws.function("sleep"), integration={"timeoutInMillis": 50}).call({}).status


@shows("rest-request-id", right=True)
def request_is_named_once(aws: Aws) -> bool:
    answer = RestApi(aws, function=aws.function("echo")).call({})
    return bool(answer.json()["requestId"] == answer.headers["x-amzn-requestid"])
