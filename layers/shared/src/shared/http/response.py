"""Answers, as Lambda gives them to API Gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Response:
    """An answer whose status the handler chooses, of several that its route declares."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Answer(NamedTuple):
    """What goes over the wire; a compressed body as the text that Lambda can pass on."""

    status: int
    headers: Mapping[str, str]
    body: str
    is_base64: bool = False
