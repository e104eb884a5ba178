"""The gateway checks requests, by the template, for what the route declares in code."""

from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from generate.functions import Function, functions
from shared.http.contract import Route
from shared.http.parameters import Parameter

type Json = dict[str, Any]

HTTP_FUNCTIONS = {function.name: function for function in functions() if function.routes}


def api_events(function: Function) -> dict[str, Json]:
    """The properties of the API events in the templates, by route."""
    found = [properties for type_, properties in function.events if type_ in {"Api", "HttpApi"}]
    return {f"{event['Method'].upper()} {event['Path']}": event for event in found}


def listed_parameters(event: Json) -> dict[tuple[str, str], Json]:
    """The request parameters in a template, with their properties."""
    found = {}
    for entry in event.get("RequestParameters", []):
        name, rules = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
        place, _, name = name.removeprefix("method.request.").partition(".")
        found["query" if place == "querystring" else place, name] = rules
    return found


def by_place_and_name(route: Route) -> dict[tuple[str, str], Parameter[Any]]:
    return {(parameter.place, parameter.name): parameter for parameter in route.parameters}


ROUTES = [(function, route) for function in HTTP_FUNCTIONS.values() for route in function.routes]
REST_ROUTES = [(function, route) for function, route in ROUTES if route.gateway == "rest"]
each_route = pytest.mark.parametrize(("function", "route"), ROUTES, ids=[str(route) for _, route in ROUTES])
each_rest_route = pytest.mark.parametrize(
    ("function", "route"), REST_ROUTES, ids=[str(route) for _, route in REST_ROUTES]
)


@pytest.mark.parametrize("function", list(functions()), ids=lambda function: function.name)
def test_function_serves_the_routes_that_the_gateway_sends(function: Function) -> None:
    assert sorted(map(str, function.routes)) == sorted(api_events(function))


@each_route
def test_gateway_asks_for_the_token_and_the_key_that_the_route_declares(function: Function, route: Route) -> None:
    event = api_events(function)[str(route)]
    api = function.resources[event["RestApiId" if route.gateway == "rest" else "ApiId"]["Ref"]]["Properties"]
    auth = {"ApiKeyRequired": False} | api["Auth"] | event.get("Auth", {})
    authorizer = auth.get("Authorizer", auth["DefaultAuthorizer"])

    assert (None if authorizer == "NONE" else authorizer) == route.callers.authorizer
    assert auth["ApiKeyRequired"] is route.callers.has_api_key


@each_rest_route
def test_gateway_holds_a_body_to_the_model_that_the_route_declares(function: Function, route: Route) -> None:
    checked = api_events(function)[str(route)].get("RequestModel", {"Model": "Nothing"})

    if route.body is None:
        assert checked["Model"] == "Nothing"
    else:
        expected = {"Model": route.body.__name__, "Required": True, "ValidateBody": True}
        assert {name: value for name, value in checked.items() if name != "ValidateParameters"} == expected


@each_route
def test_put_leaves_as_it_is_what_is_left_out(function: Function, route: Route) -> None:  # noqa: ARG001
    """A field with another default than None would be set to it."""
    if route.method == "PUT" and route.body:
        fields = route.body.model_fields.items()
        assert [name for name, field in fields if not field.is_required() and field.default is not None] == []


@each_rest_route
def test_gateway_asks_for_the_query_that_the_route_requires(function: Function, route: Route) -> None:
    """Headers are for the function alone, because the gateway matches their names by case."""
    event, declared = api_events(function)[str(route)], by_place_and_name(route)
    listed = listed_parameters(event)

    assert listed.keys() <= declared.keys()
    required = {key for key, parameter in declared.items() if parameter.is_required and parameter.place == "query"}
    assert {key for key, rules in listed.items() if rules.get("Required") and key[0] != "path"} == required
    assert not required or event["RequestModel"]["ValidateParameters"]


@each_route
def test_browsers_may_send_every_header_that_the_route_takes(function: Function, route: Route) -> None:
    """Also a client of event streams that uses fetch, which names the last event by a header."""
    event = api_events(function)[str(route)]
    api = function.resources[event["RestApiId" if route.gateway == "rest" else "ApiId"]["Ref"]]["Properties"]
    cors = api.get("Cors") or api["CorsConfiguration"]
    allowed = cors["AllowHeaders"]
    names = allowed if isinstance(allowed, list) else allowed.strip("'").split(",")
    headers = {parameter.name for parameter in route.parameters if parameter.place == "header"}
    headers |= {"Authorization"} if route.callers.authorizer else set()
    headers |= {"X-Api-Key"} if route.callers.has_api_key else set()
    headers |= {"Content-Type"} if route.accepts else set()
    headers |= {"If-None-Match"} if route.is_public_read else set()

    assert {name.lower() for name in headers} <= {name.lower() for name in names}


@each_rest_route
def test_parameter_is_listed_for_a_check_or_a_cache(function: Function, route: Route) -> None:
    """A function gets all parameters; a list of those that nothing depends on would only be read in vain."""
    listed = listed_parameters(api_events(function)[str(route)])

    assert [key for key, rules in listed.items() if not (rules.get("Required") or rules.get("Caching"))] == []


@each_rest_route
def test_answers_are_cached_by_everything_that_they_depend_on(function: Function, route: Route) -> None:
    listed = listed_parameters(api_events(function)[str(route)])
    cached_by = {key for key, rules in listed.items() if rules.get("Caching")}

    assert not cached_by or cached_by == by_place_and_name(route).keys()


@each_rest_route
def test_gateway_never_keeps_what_a_function_answers_to_one_condition(
    function: Function, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 304 in its cache would be everybody's, also of those who have no answer yet: it keeps every status."""
    template = yaml_parse(function.template.read_text())
    caching = {
        (setting["ResourcePath"].replace("~1", "/").removeprefix("/"), setting["HttpMethod"])
        for setting in template["Resources"]["Api"]["Properties"].get("MethodSettings", [])
        if setting.get("CachingEnabled")
    }
    if (route.path, route.method) in caching:
        variables = function.properties["Environment"]["Variables"]
        assert variables["CACHED_BY_GATEWAY"] == {"Fn::If": ["HasCache", "true", "false"]}
        monkeypatch.setenv("CACHED_BY_GATEWAY", "true")
        assert route.cached_by_gateway()
