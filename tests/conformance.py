"""Holds answers to the documents that routes are described by: of handlers in tests, and of a deployed platform."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generate.openapi import document
from shared.http.api import Api
from shared.http.events import Event, route_of
from tests.shared.http_answers import headers_of

type Json = dict[str, Any]

_FOLDER = Path(__file__).parents[1] / "docs/openapi"


class NotAsDeclared(AssertionError):
    """An answer of another status, type or shape than its route declares."""


class Document:
    """An OpenAPI document."""

    def __init__(self, content: Json) -> None:
        self._paths, self._components = content["paths"], _closed(content["components"])

    def check(self, route: str, status: int, headers: Mapping[str, str], body: str) -> None:
        """Raises NotAsDeclared."""
        method, _, path = route.partition(" ")
        responses = self._paths[path][method.lower()]["responses"]
        declared = responses.get(str(status))
        if declared is None:
            raise NotAsDeclared(f"{route} answers {status}, and declares {', '.join(responses)}: {body}")
        if "$ref" in declared:
            declared = self._components["responses"][declared["$ref"].rpartition("/")[2]]
        sent = {name.lower(): value for name, value in headers.items()}
        required = [name for name, header in declared.get("headers", {}).items() if header["required"]]
        if missing := [name for name in required if name.lower() not in sent]:
            raise NotAsDeclared(f"{route} answers {status} without {', '.join(missing)}")
        if "content" not in declared or method == "HEAD":
            if body:
                raise NotAsDeclared(f"{route} answers {status} with a body: {body}")
            return
        media_type = sent.get("content-type", "").partition(";")[0]
        if media_type not in declared["content"]:
            raise NotAsDeclared(
                f"{route} answers {status} as {media_type}, and declares {', '.join(declared['content'])}"
            )
        if media_type.endswith("json"):
            schema = {**declared["content"][media_type]["schema"], "components": self._components}
            for error in Draft202012Validator(schema).iter_errors(json.loads(body)):
                raise NotAsDeclared(f"{route} answers {status} with {error.json_path}: {error.message}")

    def route_of(self, method: str, path: str) -> str | None:
        """`GET /products/{productId}` of `/products/teapot`: as the gateway does, words go before parameters."""
        candidates = sorted((each for each in self._paths if _fits(each, path)), key=lambda each: each.count("{"))
        found = next((each for each in candidates if method.lower() in self._paths[each]), None)
        return found and f"{method} {found}"


@cache
def documents() -> Mapping[str, Document]:
    """Those of the contexts, as published."""
    return {file.stem: Document(json.loads(file.read_text())) for file in _FOLDER.glob("*.json")}


@pytest.fixture(autouse=True)
def answers_are_as_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check every answer of a handler, whichever way a test calls it."""
    answer_of = Api.__call__

    def checked(app: Api, event: Event, context: Any) -> Json:
        answer = answer_of(app, event, context)
        if route_of(event) in map(str, app.routes):
            _document(app).check(route_of(event), answer["statusCode"], headers_of(answer), answer["body"])
        return answer

    monkeypatch.setattr(Api, "__call__", checked)


@cache
def _document(app: Api) -> Document:
    return Document(document(app.routes, "a function"))


def _fits(template: str, path: str) -> bool:
    return bool(re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path))


def _closed(node: Any) -> Any:
    """Objects have the properties that are named, and no others: to clients that is not promised, we may add some."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {word: _closed(value) for word, value in node.items()}
    return (
        {"additionalProperties": False, **closed} if node.get("type") == "object" and "properties" in node else closed
    )
