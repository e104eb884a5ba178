"""REST APIs: CloudFormation imports the whole OpenAPI body that SAM generates.

MiniStack imports only routes, integrations and authorizers.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from ministack.services import apigateway_v1 as rest_api

from generate.model_keywords import supported
from local.emulator.provisioning import RESOURCE_HANDLERS, Json, succeed

ANY = "x-amazon-apigateway-any-method"
VERBS = frozenset({"get", "post", "put", "delete", "patch", "head", "options", ANY})


def operations(spec: Json) -> Iterator[tuple[str, str, Json]]:
    """Every (path, verb, operation) of an OpenAPI document."""
    for path, item in (spec.get("paths") or {}).items():
        for verb, operation in item.items():
            if verb in VERBS:
                yield path, verb, operation


def import_whole_body() -> None:
    """Also import models, validators, gateway responses, mock integrations (CORS preflights), ANY and binary types."""
    import_routes = rest_api._import_rest_api

    def import_body(spec: Json, base_data: Json | None = None) -> str:
        api_id: str = import_routes(spec, base_data)
        # as media types: the template's own property has image~1png
        rest_api._rest_apis[api_id]["binaryMediaTypes"] = spec.get("x-amazon-apigateway-binary-media-types", [])
        _import_models(api_id, spec)
        for kind, response in spec.get("x-amazon-apigateway-gateway-responses", {}).items():
            succeed(rest_api._put_gateway_response(api_id, kind, response))
        validators = {
            name: succeed(rest_api._create_request_validator(api_id, checks | {"name": name}))["id"]
            for name, checks in spec.get("x-amazon-apigateway-request-validators", {}).items()
        }
        resources = {resource["path"]: resource for resource in rest_api._resources[api_id].values()}
        for path, verb, operation in operations(spec):
            resource = resources["/" + path.strip("/")]
            method = _rename_method(resource["resourceMethods"], verb)
            validator = operation.get(
                "x-amazon-apigateway-request-validator", spec.get("x-amazon-apigateway-request-validator")
            )
            method["requestValidatorId"] = validators.get(validator)
            _import_requirements(api_id, resource, method, operation)
            _import_integration(api_id, resource, method["httpMethod"], operation)
        return api_id

    rest_api._OPENAPI_HTTP_METHODS.add(ANY)
    rest_api._import_rest_api = import_body


def _import_models(api_id: str, spec: Json) -> None:
    """Import models without what API Gateway ignores: a request that violates only that reaches the function."""
    swagger, openapi = spec.get("definitions", {}), spec.get("components", {}).get("schemas", {})
    for name, schema in (swagger | openapi).items():
        # Each model contains all schemas, so that its references ("#/definitions/…") can be resolved.
        whole = supported(schema | {"definitions": swagger}) | {"components": {"schemas": supported(openapi)}}
        succeed(rest_api._create_model(api_id, {"name": name, "schema": json.dumps(whole)}))


def _rename_method(methods: Json, verb: str) -> Json:
    method: Json = methods.pop(verb.upper())
    method["httpMethod"] = "ANY" if verb == ANY else verb.upper()
    methods[method["httpMethod"]] = method
    return method


def _import_requirements(api_id: str, resource: Json, method: Json, operation: Json) -> None:
    """Import the parameters and the body that the method's request validator requires."""
    content = operation.get("requestBody", {}).get("content", {})
    schemas = {media_type: expected["schema"] for media_type, expected in content.items()}
    parameters: dict[str, bool] = {}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "body":
            schemas["application/json"] = parameter["schema"]
        else:
            place = "querystring" if parameter["in"] == "query" else parameter["in"]
            parameters[f"method.request.{place}.{parameter['name']}"] = parameter.get("required", False)
    method["requestParameters"] = parameters
    method["requestModels"] = {
        media_type: _model_name(api_id, f"{method['httpMethod']}{resource['path']}", schema)
        for media_type, schema in schemas.items()
    }


def _model_name(api_id: str, operation_name: str, schema: Json) -> str:
    """The model that a schema refers to, or a new one for an inline schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    name = re.sub(r"\W", "", operation_name)
    succeed(rest_api._create_model(api_id, {"name": name, "schema": json.dumps(supported(schema))}))
    return name


def _import_integration(api_id: str, resource: Json, verb: str, operation: Json) -> None:
    integration = operation.get("x-amazon-apigateway-integration")
    if not integration:
        return
    where = api_id, resource["id"], verb
    passthrough = integration.get("passthroughBehavior", "when_no_match").upper()
    in_capitals = {"type": integration["type"].upper(), "passthroughBehavior": passthrough}
    succeed(rest_api._put_integration(*where, integration | in_capitals))
    for pattern, response in integration.get("responses", {}).items():
        selection = {"selectionPattern": "" if pattern == "default" else pattern}
        succeed(rest_api._put_integration_response(*where, str(response["statusCode"]), response | selection))


def keep_id_on_update() -> None:
    """Keep the API's id, and so its URL, when its body changes; MiniStack would create a new API."""
    handler = RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    update = handler["update"]

    def update_in_place(api_id: str, old: Json, new: Json, stack: str, logical_id: str | None = None) -> Any:
        if new.get("Body") == old.get("Body"):
            return update(api_id, old, new, stack, logical_id)
        stores = rest_api._stages_v1, rest_api._deployments_v1, rest_api._deployed_gateway_responses
        kept = [store.get(api_id, {}) for store in stores]
        rest_api._delete_rest_api(api_id)
        rest_api._request_validators.pop(api_id, None)
        same_id = {"Key": "ms-custom-id", "Value": api_id}  # MiniStack's way of choosing an id
        created = handler["create"](logical_id, new | {"Tags": [*new.get("Tags", []), same_id]}, stack)
        for store, value in zip(stores, kept, strict=True):
            store[api_id] = value
        return created

    handler["update"] = update_in_place
