"""Calls of handlers as a gateway makes them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.shared.lambda_context import CONTEXT

type Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def answer_of(handler: Handler, event: Mapping[str, Any]) -> tuple[int, Any]:
    """The status and the body of an answer; None where it has none."""
    answer = handler(event, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


def sent(body: object) -> str | None:
    """A body as JSON, or as it is where it is text."""
    return body if isinstance(body, str) or body is None else json.dumps(body)
