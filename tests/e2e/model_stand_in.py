"""The stand-in for Bedrock's models, as journeys control and observe it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

type Json = dict[str, Any]


class ModelStandIn:
    """What the platform's model received, and how it behaves for requests that contain a text."""

    def __init__(self, url: str) -> None:
        self.url = url

    def received(self, text: str) -> list[Json]:
        return list(requests.get(f"{self.url}/_model/requests", params={"match": text}, timeout=10).json())

    @contextmanager
    def behaving(self, text: str, **behaviour: Any) -> Iterator[None]:
        answer = requests.put(f"{self.url}/_model/behaviour", json={**behaviour, "match": text}, timeout=10)
        answer.raise_for_status()
        try:
            yield
        finally:
            requests.delete(f"{self.url}/_model/behaviour", params={"match": text}, timeout=10).raise_for_status()
