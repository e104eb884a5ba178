"""The REST API of a domain of OpenSearch: signed requests, JSON both ways, and failures under their names."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.aws.service import AwsError, Service
from shared.errors import Unavailable

type Json = dict[str, Any]

# Refusals that end when somebody has made room, and not with another request.
_FULL = frozenset({"circuit_breaking_exception", "cluster_block_exception", "process_cluster_event_timeout_exception"})


class NoSuchIndex(Exception):
    """No index, or none behind the alias."""


class Engine:
    """Every method raises Unavailable where the domain is down, overloaded or full; AwsError where it says no."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def get(self, path: str) -> Json:
        """Raises NoSuchIndex."""
        return self._ask("GET", path)

    def put(self, path: str, content: Mapping[str, object]) -> None:
        self._ask("PUT", path, body=_encoded(content))

    def post(self, path: str, content: Mapping[str, object] | None = None) -> Json:
        """A question, or a command that may be given twice. Raises NoSuchIndex."""
        return self._ask("POST", path, body=b"" if content is None else _encoded(content))

    def delete(self, path: str) -> None:
        """Raises NoSuchIndex."""
        self._ask("DELETE", path)

    def bulk(self, path: str, lines: Iterable[bytes], query: Mapping[str, str]) -> Sequence[Json]:
        """What became of each document, in their order; `lines` has an action and the document for each."""
        answer = self._ask("POST", path, query, b"".join(line + b"\n" for line in lines), "application/x-ndjson")
        return [result for item in answer["items"] for result in item.values()]

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        content_type: str = "application/json",
    ) -> Json:
        headers = {"Content-Type": content_type} if body else {}
        try:
            answer = self._service.request(method, path, query, headers, body, repeatable=True)
        except AwsError as error:
            if error.status == 404:
                raise NoSuchIndex from error
            if error.code in _FULL:
                raise out_of_order() from error
            raise
        try:
            told: Json = json.loads(answer.body)
        except ValueError as error:  # something between us and the domain spoke in its name
            raise out_of_order() from error
        return told


def line(content: Mapping[str, object]) -> bytes:
    """One line of a bulk request."""
    return _encoded(content)


def out_of_order() -> Unavailable:
    return Unavailable("The search engine is out of order; try again later.", retry_after_seconds=5)


def may_pass(result: Json) -> bool:
    """Whether a document that was not written could be, later."""
    return result["status"] == 429 or result["status"] >= 500 or result["error"]["type"] in _FULL


def _encoded(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
