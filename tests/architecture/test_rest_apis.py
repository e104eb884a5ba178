"""What API Gateway does to REST APIs, tested in the templates as SAM translates them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from samcli.yamlhelper import yaml_parse

from generate.model_keywords import FOR_THE_GATEWAY, NOT_SUPPORTED, keywords
from release.translation import template_files, translated
from shared.http.compression import MIN_BYTES

type Json = dict[str, Any]


class Api(NamedTuple):
    """A REST API with its template's resources."""

    properties: Json
    resources: dict[str, Json]

    @property
    def body(self) -> Json:
        body: Json = self.properties["Body"]
        return body

    def resources_of_type(self, type_: str) -> list[Json]:
        return [each.get("Properties", {}) for each in self.resources.values() if each["Type"] == type_]

    @property
    def operations(self) -> Iterator[tuple[str, str, Json]]:
        """Every (path, method, operation)."""
        for path, item in self.body["paths"].items():
            for method, operation in item.items():
                yield path, method.upper(), operation


def apis() -> Iterator[Any]:
    for file in template_files():
        if "Transform" not in yaml_parse(file.read_text()):
            continue
        resources = translated(file)["Resources"]
        for name, resource in resources.items():
            if resource["Type"] == "AWS::ApiGateway::RestApi":
                yield pytest.param(Api(resource["Properties"], resources), id=f"{file.parent.name}-{name}")


each_api = pytest.mark.parametrize("api", list(apis()))


@each_api
def test_models_have_no_keyword_that_api_gateway_does_not_support(api: Api) -> None:
    used = {name: keywords(model) for name, model in api.body["definitions"].items()}

    assert {name: words & NOT_SUPPORTED.keys() for name, words in used.items() if words & NOT_SUPPORTED.keys()} == {}
    assert set().union(*used.values()) <= set(FOR_THE_GATEWAY)


@each_api
def test_no_header_is_required_by_the_gateway(api: Api) -> None:
    """It matches names by case, and browsers, which speak HTTP/2, send lower case: the function checks headers."""
    required = [
        (path, method, parameter["name"])
        for path, method, operation in api.operations
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "header" and parameter.get("required")
    ]

    assert required == []


@each_api
def test_no_response_is_customized_that_cannot_be(api: Api) -> None:
    assert "REQUEST_TOO_LARGE" not in api.body["x-amazon-apigateway-gateway-responses"]


@each_api
def test_refusal_of_a_token_says_how_to_sign_in(api: Api) -> None:
    """Only the gateway can: it renames the header of a function."""
    refusal = api.body["x-amazon-apigateway-gateway-responses"]["UNAUTHORIZED"]

    assert refusal["responseParameters"]["gatewayresponse.header.WWW-Authenticate"] == "'Bearer'"


@each_api
def test_only_the_declared_stage_is_public(api: Api) -> None:
    """SAM adds one of the name Stage unless Globals name an OpenApiVersion."""
    stages = [stage["StageName"] for stage in api.resources_of_type("AWS::ApiGateway::Stage")]
    deployed = [
        each["StageName"] for each in api.resources_of_type("AWS::ApiGateway::Deployment") if "StageName" in each
    ]

    assert stages + deployed == ["v1"]


@each_api
def test_endpoint_is_regional(api: Api) -> None:
    """Not behind a CloudFront distribution of AWS's: one hop less, and streams may be idle for longer."""
    assert api.properties["EndpointConfiguration"]["Types"] == ["REGIONAL"]


@each_api
def test_answers_are_compressed_from_the_size_on_from_which_functions_do_it(api: Api) -> None:
    """Behind HTTP APIs, that is, which cannot."""
    assert api.properties["MinimumCompressionSize"] == MIN_BYTES


@each_api
def test_route_without_a_key_has_a_throttle(api: Api) -> None:
    """Others are limited by the usage plan of the key."""
    [stage] = api.resources_of_type("AWS::ApiGateway::Stage")
    limited = {
        (setting["ResourcePath"].replace("~1", "/").removeprefix("/"), setting["HttpMethod"])
        for setting in stage.get("MethodSettings", [])
        if {"Ref"} == setting.get("ThrottlingRateLimit", {}).keys() == setting.get("ThrottlingBurstLimit", {}).keys()
    }
    keyless = {
        (path, method)
        for path, method, operation in api.operations
        if operation["x-amazon-apigateway-integration"]["type"] != "mock"  # preflights
        and not any("api_key" in needed for needed in operation.get("security", []))
    }

    assert keyless == limited
