"""Answers, as Lambda gives them to API Gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Response:
    """An answer whose status the handler chooses, of several that its route declares."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
