"""HTTP APIs: CloudFormation imports the OpenAPI body that SAM generates; MiniStack ignores it."""

from typing import Any

from ministack.services import apigateway as http_api

from local.emulator.provisioning import Json, after_deploy, succeed
from local.emulator.rest_import import ANY, operations


def import_body() -> None:
    """Import routes (with $default and ANY), JWT, Lambda and IAM authorizers, and CORS."""

    def import_or_replace(api_id: str, properties: Json, *_: Json) -> None:
        if spec := properties.get("Body"):
            for store in (http_api._routes, http_api._integrations, http_api._authorizers):
                store[api_id] = {}
            _import_routes(api_id, spec, _import_authorizers(api_id, spec))
            _import_cors(api_id, spec)

    after_deploy("AWS::ApiGatewayV2::Api", import_or_replace)


def _import_authorizers(api_id: str, spec: Json) -> dict[str, Json]:
    """The settings of a route that requires a security scheme, by the scheme's name."""
    settings: dict[str, Json] = {}
    for name, scheme in spec.get("components", {}).get("securitySchemes", {}).items():
        authorizer = scheme.get("x-amazon-apigateway-authorizer")
        if scheme.get("x-amazon-apigateway-authtype") == "awsSigv4":
            settings[name] = {"authorizationType": "AWS_IAM"}
        elif authorizer:
            kind, source = authorizer["type"].upper(), authorizer.get("identitySource", [])
            sources = [part.strip() for part in source.split(",")] if isinstance(source, str) else source
            described = authorizer | {"name": name, "authorizerType": kind, "identitySource": sources}
            created = succeed(http_api._create_authorizer(api_id, described))
            settings[name] = {
                "authorizationType": "JWT" if kind == "JWT" else "CUSTOM",
                "authorizerId": created["authorizerId"],
            }
    return settings


def _import_routes(api_id: str, spec: Json, authorizers: dict[str, Json]) -> None:
    for path, verb, operation in operations(spec):
        integration = operation["x-amazon-apigateway-integration"]
        target = {"integrationType": integration["type"].upper(), "integrationUri": integration["uri"]}
        created = succeed(http_api._create_integration(api_id, integration | target))
        route: dict[str, Any] = {
            "routeKey": path if path == "$default" else f"{'ANY' if verb == ANY else verb.upper()} {path}",
            "target": f"integrations/{created['integrationId']}",
        }
        for requirement in operation.get("security") or spec.get("security") or []:
            for name, scopes in requirement.items():
                route |= authorizers.get(name, {}) | {"authorizationScopes": scopes}
        succeed(http_api._create_route(api_id, route))


def _import_cors(api_id: str, spec: Json) -> None:
    if cors := spec.get("x-amazon-apigateway-cors"):
        succeed(http_api._update_api(api_id, {"corsConfiguration": cors}))
    else:
        http_api._delete_cors_configuration(api_id)
