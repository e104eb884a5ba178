"""The stand-in for Bedrock's models, as journeys control and observe it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.model.process import ModelControl
from tests.e2e.clients import Platform

type Json = dict[str, Any]


class ModelStandIn:
    """What the platform's model received, and how it behaves for requests that contain a text."""

    def __init__(self, platform: Platform) -> None:
        self._control = ModelControl(platform.outputs["model"], platform.root_user.secret_access_key)

    def received(self, text: str) -> list[Json]:
        return self._control.requests(text)

    @contextmanager
    def behaving(self, text: str, **behaviour: Any) -> Iterator[None]:
        self._control.behave(text, **behaviour)
        try:
            yield
        finally:
            self._control.forget(text)
