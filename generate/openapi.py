"""docs/openapi/<context>.json: a context's routes, from its template and its features' requests.py and answers.py.

A request model and an answer name their routes in the first line of their docstrings: `POST /agent`, `GET, PUT /items`.
A model may list the types that a body can be text of instead, as `also_as`.
"""

import importlib
import json
import re
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from generate.gateway import CONTEXTS
from generate.pages import ROOT, Function, functions
from shared.json.encoding import camel

_METHOD = "GET|POST|PUT|PATCH|DELETE"
_ROUTES = re.compile(rf"((?:{_METHOD})(?:, (?:{_METHOD}))*) (/[^\s,]*)")
_REFERENCE = "#/components/schemas/{model}"

type Json = dict[str, Any]

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
_REFUSALS = {
    "400": "Malformed: detail and errors say what to mend",
    "401": "No valid access token",
    "403": "No application key, or not allowed",
    "404": "Not there, or not yours",
    "429": "Above the application's rate; see Retry-After",
    "500": "A mistake of ours",
    "503": "Busy; nothing was changed; see Retry-After",
    "504": "It took too long",
}
_UNSOUND = {"422": "Readable, but its meaning is wrong: see errors"}
_REFUSALS_OF_BODIES = {
    "409": "The state has moved on",
    "413": "Too large",
    "415": "Not of a type that is read",
}


def documents() -> dict[Path, str]:
    """Each document's file and its text."""
    return {
        ROOT / f"docs/openapi/{context}.json": json.dumps(_document(context), indent=2, ensure_ascii=False) + "\n"
        for context in CONTEXTS
    }


def _document(context: str) -> Json:
    bodies, answers = _by_route(context, "requests"), _by_route(context, "answers")
    schemas: Json = {"Problem": _PROBLEM}
    paths: Json = {}
    for function in functions(ROOT / context / "template.yaml"):
        for type_, event in function.events:
            if type_ == "Api":
                route = f"{event['Method'].upper()} {event['Path']}"
                operation = _operation(function, route, event, bodies.get(route), answers.get(route), schemas)
                paths.setdefault(event["Path"], {})[event["Method"]] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Almoner: {context}", "version": "1"},
        "servers": [{"url": "https://{api}", "variables": {"api": {"default": "api.almoner.example"}}}],
        "security": [{"accessToken": [], "applicationKey": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "description": "A Cognito access token"},
                "applicationKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _operation(function: Function, route: str, event: Json, body: Any, answer: Any, schemas: Json) -> Json:
    purpose = function.purpose_of(route)
    operation: Json = {
        "operationId": function.operation(route),
        "description": purpose,
        "parameters": _parameters(event, takes_key=_KEY in purpose),
    }
    refusals = _REFUSALS
    if event.get("Auth", {}).get("Authorizer") == "NONE":  # open to everybody
        operation["security"] = [{"applicationKey": []}]
        refusals = {code: why for code, why in refusals.items() if code != "401"}
    if any(parameter["in"] == "query" for parameter in operation["parameters"]):
        refusals = refusals | _UNSOUND
    if body is not None:
        content = {"application/json": {"schema": _schema(body, schemas)}}
        content |= {type_: {"schema": {"type": "string"}} for type_ in getattr(body, "also_as", ())}
        operation["requestBody"] = {"required": True, "content": content}
        refusals = refusals | _REFUSALS_OF_BODIES | _UNSOUND
    elif "409" in operation["description"]:
        refusals = refusals | {"409": _REFUSALS_OF_BODIES["409"]}
    success: Json = {"description": "Done" if answer is None else "As asked"}
    if answer is not None:
        success["content"] = {"application/json": {"schema": _schema(answer, schemas)}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    failures = {code: {"description": why, "content": problem} for code, why in sorted(refusals.items())}
    return operation | {"responses": dict.fromkeys(_successes(answer), success) | failures}


def _successes(answer: Any) -> list[str]:
    """Each `→ 201` of the docstring names a status, where it is not 200 alone; no answer at all is a 204."""
    if answer is None:
        return ["204"]
    return re.findall(r"→ (\d{3})", answer.__doc__ or "") or ["200"]


# What may be longer than other parameters: see who asks `shared.http.routes` for them, and `shared.idempotency.claims`.
_KEY = "Idempotency-Key"
_LONGEST = {_KEY: 255, "cursor": 1024, "q": 200}


def _parameters(event: Json, *, takes_key: bool) -> list[Json]:
    """Those in the path, those that the template lists for the gateway, and the key that a request may have."""
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 128}}
        for name in re.findall(r"{(\w+)}", event["Path"])
    ]
    listed = event.get("RequestParameters", [])
    if takes_key and _KEY not in str(listed):
        listed = [*listed, f"method.request.header.{_KEY}"]
    for parameter in listed:
        name, rule = next(iter(parameter.items())) if isinstance(parameter, dict) else (parameter, {})
        place, _, short = name.removeprefix("method.request.").partition(".")
        if place == "path":  # listed for the API's cache
            continue
        schema = {"type": "string", "minLength": 1, "maxLength": _LONGEST.get(short, 128)}
        where = "query" if place == "querystring" else place
        found.append({"name": short, "in": where, "required": bool(rule.get("Required")), "schema": schema})
    return found


def _by_route(context: str, kind: str) -> dict[str, Any]:
    """The models and dataclasses of each feature's module of that kind, by the routes that their docstrings name."""
    files = sorted((ROOT / context / "src" / context).glob(f"*/{kind}.py"))
    modules = [importlib.import_module(f"{context}.{file.parent.name}.{kind}") for file in files]
    shapes = [(module.__name__, shape) for module in modules for shape in vars(module).values()]
    own = [s for name, s in shapes if isinstance(s, type) and s.__module__ == name]
    models = [shape for shape in own if is_dataclass(shape) or issubclass(shape, BaseModel)]
    return {
        f"{method} {path}": shape
        for shape in models
        for methods, path in _ROUTES.findall((shape.__doc__ or "").partition("\n")[0])
        for method in methods.split(", ")
    }


def _schema(shape: Any, schemas: Json) -> Json:
    """A reference to the shape's schema, which joins the others with all that it refers to."""
    schema = TypeAdapter(shape).json_schema(by_alias=True, ref_template=_REFERENCE, mode="validation")
    definitions = schema.pop("$defs", {}) | {shape.__name__: schema}
    renamed = issubclass(shape, BaseModel)
    for name, definition in definitions.items():
        schemas[name] = _tidy(definition) if renamed else _as_on_the_wire(_tidy(definition))
    return {"$ref": _REFERENCE.format(model=shape.__name__)}


def _tidy(node: Any) -> Any:
    """Without the titles and dashes of Python's names."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {word: _tidy(value) for word, value in node.items() if word != "title" or isinstance(value, dict)}


def _as_on_the_wire(schema: Json) -> Json:
    """Every field of a dataclass is written, under its name in camelCase."""
    if "properties" not in schema:
        return schema
    properties = {
        camel(name): {k: v for k, v in p.items() if k != "default"} for name, p in schema["properties"].items()
    }
    return schema | {"properties": properties, "required": list(properties)}
