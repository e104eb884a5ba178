"""The opensearch-py client of a domain, with signed requests and our own exceptions."""

import json
from collections.abc import Collection, Mapping
from typing import Any

import boto3
from opensearchpy import ConnectionError as NoConnection
from opensearchpy import (
    JSONSerializer,
    NotFoundError,
    OpenSearch,
    SerializationError,
    Transport,
    TransportError,
    Urllib3AWSV4SignerAuth,
    Urllib3HttpConnection,
)
from urllib3 import Timeout

from shared.errors import Unavailable
from shared.lifecycle.copies import not_shared

type Json = dict[str, Any]

_CONNECT_SECONDS = 1.0

# Errors of an overloaded or full domain.
_FULL = frozenset({"circuit_breaking_exception", "cluster_block_exception", "process_cluster_event_timeout_exception"})


class IndexNotFound(Exception):
    """There is no such index or alias."""


class RequestRefused(Exception):
    """The domain rejects the request for good. `type` is OpenSearch's name for the error."""

    def __init__(self, type_: str, status: int) -> None:
        super().__init__(f"{type_} ({status})")  # the domain's message may quote data
        self.type, self.status = type_, status


def client_at(url: str, read_seconds: float, *, signed: bool = True) -> OpenSearch:
    """A client of the domain at `url`, or `signed=False` of a node without access control.

    Its methods raise Unavailable (out of reach, overloaded or full), IndexNotFound and RequestRefused.
    """
    client = OpenSearch(
        url,
        transport_class=_Transport,
        connection_class=Urllib3HttpConnection,
        http_auth=_signer() if signed else None,
        serializer=_Serializer(),
        timeout=Timeout(connect=_CONNECT_SECONDS, read=read_seconds),
        pool_maxsize=1,  # a function handles one request at a time
        # Every request may be sent twice: documents have versions, and all other writes are idempotent.
        max_retries=1,
        retry_on_timeout=True,
        retry_on_status=(429, 500, 502, 503, 504),
    )
    not_shared(client.close)
    return client


def _signer() -> Urllib3AWSV4SignerAuth:
    session = boto3.DEFAULT_SESSION or boto3.Session()
    return Urllib3AWSV4SignerAuth(session.get_credentials(), session.region_name, "es")


def unavailable() -> Unavailable:
    return Unavailable("The search engine is not available; try again later.", retry_after_seconds=5)


def is_temporary(status: int, type_: str) -> bool:
    """Whether a retry may succeed later."""
    return status == 429 or status >= 500 or type_ in _FULL


class _Serializer(JSONSerializer):
    def dumps(self, data: Any) -> Any:
        """Lone surrogates, which UTF-8 cannot encode, become question marks."""
        if isinstance(data, str | bytes):
            return data
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return text if text.isascii() else text.encode(errors="replace").decode()


class _Transport(Transport):
    """All requests pass here: translates the client's exceptions."""

    def perform_request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        timeout: float | None = None,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        try:
            answer = super().perform_request(method, url, params, body, timeout, ignore, headers)
        except (NoConnection, SerializationError) as error:
            raise unavailable() from error
        except NotFoundError as error:
            raise IndexNotFound from error
        except TransportError as error:
            status, type_ = int(error.status_code), str(error.error)
            if is_temporary(status, type_):
                raise unavailable() from error
            raise RequestRefused(type_, status) from error
        if not isinstance(answer, dict):  # a proxy has answered instead of the domain
            raise unavailable()
        return answer
