"""docs/openapi/<context>.json: a context's routes, as declared in code."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from generate.functions import CONTEXTS, ROOT, Json, routes_of
from shared.http.contract import EVENT_STREAM, JSON, NO_STORE, Gateway, Route, Text
from shared.http.parameters import Parameter
from shared.http.read_only import read_only_fields
from shared.json.encoding import camel

_REFERENCE = "#/components/schemas/{model}"
_PROBLEM_JSON = "application/problem+json"

_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457 problem details",
    "required": ["type", "title", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "urn:request: and the id to look for in the logs"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_MESSAGE: Json = {
    "type": "object",
    "description": "An error that API Gateway made itself, and whose format is its own",
    "required": ["message"],
    "properties": {"message": {"type": "string"}},
}
_FORMATTED_BY_GATEWAY: Mapping[Gateway, frozenset[int]] = {
    # over 10 MB, or 6 MB as a function's event; that of other refusals is ours
    "rest": frozenset({HTTPStatus.CONTENT_TOO_LARGE}),
    "http": frozenset(
        {
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.CONTENT_TOO_LARGE,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            HTTPStatus.SERVICE_UNAVAILABLE,
        }
    ),
}
_CREDENTIALS: Mapping[str, Json] = {
    "accessToken": {"type": "http", "scheme": "bearer", "description": "A Cognito access token"},
    "applicationKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "ticket": {"type": "apiKey", "in": "query", "name": "ticket", "description": "From POST …/runs/{runId}/tickets"},
}
_RETRY_AFTER = {"Retry-After": ("In how many seconds to try again.", {"type": "integer", "minimum": 0})}
_BEARER: Json = {"type": "string", "enum": ["Bearer"]}
_SIGN_IN = "WWW-Authenticate"
_RENAMED_SIGN_IN = f"x-amzn-Remapped-{_SIGN_IN}"
_IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the answer that you have: 304 if it is the present one. Anything else is ignored.",
    "schema": {"type": "string"},
}
_HEADERS: Mapping[int, Mapping[str, tuple[str, Json]]] = {
    HTTPStatus.UNAUTHORIZED: {_SIGN_IN: ("How to sign in.", _BEARER)},
    HTTPStatus.TOO_MANY_REQUESTS: _RETRY_AFTER,
    HTTPStatus.SERVICE_UNAVAILABLE: _RETRY_AFTER,
}


def documents() -> dict[Path, str]:
    """Each document's file and text."""
    return {ROOT / f"docs/openapi/{context}.json": _text(document(routes_of(context), context)) for context in CONTEXTS}


def _text(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def document(routes: Sequence[Route], title: str) -> Json:
    """An OpenAPI document. Exits if two components have the same name."""
    schemas, common = Schemas(routes), _common_refusals(routes)
    names = [route.name for route in routes]
    if twice := {name for name in names if names.count(name) > 1}:
        raise SystemExit(f"{title} has several operations of one name: {', '.join(sorted(twice))}")
    [gateway] = {route.gateway for route in routes}
    used = {name for route in routes for needed in _security(route) for name in needed}
    paths: Json = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, common)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Almoner: {title}", "version": "1"},
        "servers": [{"url": "https://{api}", "variables": {"api": {"default": "api.almoner.example"}}}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {name: scheme for name, scheme in _CREDENTIALS.items() if name in used},
            "responses": {_name_of(status): _refusal(status, reason, gateway) for status, reason in common.items()},
            "schemas": dict(sorted({"Message": _MESSAGE, "Problem": _PROBLEM, **schemas.components}.items())),
        },
    }


class Schemas:
    """The schemas of all request and response bodies, by the name of their class."""

    def __init__(self, routes: Sequence[Route]) -> None:
        bodies = {shape for route in routes for shape in route.accepts.values() if shape is not str}
        answers = {shape for route in routes for shape in route.answers.values() if not isinstance(shape, Text | None)}
        self._bodies, defined = _schemas_of(bodies)
        self._answers, answered = _schemas_of(answers)
        answered = {name: _as_on_the_wire(schema) for name, schema in answered.items()}
        for name in defined.keys() & answered.keys():
            if defined[name] != answered[name]:
                raise SystemExit(f"a body and an answer have the name {name}: give one another name")
        for route in routes:
            for name in sorted(read_only_fields(route)):
                field = answered[next(iter(route.answers.values())).__name__]["properties"][name]
                defined[route.accepts[JSON].__name__]["properties"][name] = field | {"readOnly": True}
        self.components = defined | answered

    def of_body(self, shape: Any) -> Json:
        return {"type": "string"} if shape is str else self._bodies[shape]

    def of_answer(self, shape: Any) -> Json:
        return self._answers[shape]


def _schemas_of(shapes: Iterable[Any]) -> tuple[dict[Any, Json], dict[str, Json]]:
    """References to the shapes' schemas, and all schemas that they refer to. Exits if names collide."""
    mode: Literal["validation"] = "validation"
    adapters = [(shape, mode, TypeAdapter(shape)) for shape in sorted(shapes, key=lambda each: each.__name__)]
    references, rest = TypeAdapter.json_schemas(adapters, by_alias=True, ref_template=_REFERENCE)
    definitions: dict[str, Json] = rest.get("$defs", {})
    names = [name.lstrip("_") for name in definitions]  # some names are private to their module
    if taken := {name for name in names if "__" in name or names.count(name) > 1}:
        raise SystemExit(f"several classes have one name: {', '.join(sorted(taken))}")
    return (
        {shape: _tidy(reference) for (shape, _), reference in references.items()},
        {name: _tidy(definition) for name, definition in zip(names, definitions.values(), strict=True)},
    )


def _common_refusals(routes: Sequence[Route]) -> dict[int, str]:
    """The most common description of each status."""
    reasons: dict[int, Counter[str]] = {}
    for route in routes:
        for status, reason in route.refusals.items():
            reasons.setdefault(status, Counter())[reason] += 1
    return {status: reasons[status].most_common(1)[0][0] for status in sorted(reasons)}


def _name_of(status: int) -> str:
    """`NotFound` for 404."""
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _operation(route: Route, schemas: Schemas, common: Mapping[int, str]) -> Json:
    parameters = [_parameter(each) for each in route.parameters if each.name != route.callers.ticket]
    operation: Json = {
        "operationId": camel(route.name),
        "description": route.purpose,
        "security": _security(route),
        "parameters": [*parameters, _IF_NONE_MATCH] if HTTPStatus.NOT_MODIFIED in route.answers else parameters,
    }
    if route.accepts:
        content = {media_type: {"schema": schemas.of_body(shape)} for media_type, shape in route.accepts.items()}
        operation["requestBody"] = {"required": True, "content": content}
    responses = {str(status): _answer(route, status, shape, schemas) for status, shape in route.answers.items()}
    for status, reason in route.refusals.items():
        is_common = common[status] == reason
        reference = {"$ref": f"#/components/responses/{_name_of(status)}"}
        responses[str(status)] = reference if is_common else _refusal(status, reason, route.gateway)
    return operation | {"responses": dict(sorted(responses.items()))}


def _security(route: Route) -> list[Json]:
    if route.callers.ticket:
        return [{"accessToken": []}, {"ticket": []}]
    needed = {"accessToken": route.callers.authorizer, "applicationKey": route.callers.has_api_key}
    return [{scheme: [] for scheme, is_needed in needed.items() if is_needed}]


def _parameter(parameter: Parameter[Any]) -> Json:
    described = {"description": parameter.description} if parameter.description else {}
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.is_required,
        **described,
        "schema": dict(parameter.schema),
    }


def _answer(route: Route, status: int, shape: Any, schemas: Schemas) -> Json:
    answer: Json = {"description": HTTPStatus(status).phrase}
    if route.cache_control != NO_STORE:
        cache = {"type": "string", "enum": [route.cache_control]}
        answer["headers"] = {"Cache-Control": {"required": True, "schema": cache}}
    if HTTPStatus.NOT_MODIFIED in route.answers:
        answer["headers"] |= {name: {"required": True, "schema": {"type": "string"}} for name in ("ETag", "Vary")}
    match shape:
        case None:
            pass
        case Text(media_type) if shape is EVENT_STREAM:
            answer["content"] = {
                media_type: {}
            }  # OpenAPI 3.1 cannot say what an event is, and tools take a schema for that
        case Text(media_type):
            answer["content"] = {media_type: {"schema": {"type": "string"}}}
        case _:
            answer["content"] = {JSON: {"schema": schemas.of_answer(shape)}}
    return answer


def _refusal(status: int, reason: str, gateway: Gateway) -> Json:
    content = {_PROBLEM_JSON: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    if status in _FORMATTED_BY_GATEWAY[gateway]:
        content[JSON] = {"schema": {"$ref": _REFERENCE.format(model="Message")}}
    headers = _headers(status, gateway)
    return {"description": reason, **({"headers": headers} if headers else {}), "content": content}


def _headers(status: int, gateway: Gateway) -> dict[str, Json]:
    """Required unless the gateway may answer in its own format, or by another name."""
    headers = _HEADERS.get(status, {})
    is_certain = status not in _FORMATTED_BY_GATEWAY[gateway]
    if gateway == "rest" and _SIGN_IN in headers:
        headers = {**headers, _RENAMED_SIGN_IN: ("The same from a function: API Gateway renames its header.", _BEARER)}
        is_certain = False
    return {
        name: {"description": description, "required": is_certain, "schema": schema}
        for name, (description, schema) in headers.items()
    }


def _tidy(node: Any) -> Any:
    """Without titles, defaults of null, and the underscores of private names."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node.replace("/schemas/_", "/schemas/") if isinstance(node, str) else node
    says_nothing = {"title": isinstance(node.get("title"), str), "default": node.get("default", "") is None}
    return {word: _tidy(value) for word, value in node.items() if not says_nothing.get(word)}


def _as_on_the_wire(schema: Json) -> Json:
    """Every field of a dataclass is required and named in camelCase, as `shared.json.encoding` writes it."""
    if "properties" not in schema:
        return schema
    properties = {
        camel(name): {k: v for k, v in p.items() if k != "default"} for name, p in schema["properties"].items()
    }
    return schema | {"properties": properties, "required": list(properties)}
