"""Calls to AWS's services with the standard library: signed, over kept-alive connections, tried again when that helps.

An SDK's client costs more CPU than everything else that a short function does; what we need of one is here.
"""

import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from shared.aws.connections import Answer, Connections, Dropped, Lost, NotSent, Opened
from shared.aws.credentials import current_credentials
from shared.aws.signing import Unsigned, query_string, signed_headers
from shared.errors import Unavailable
from shared.resilience.backoff import Backoff

_FIRST_WAIT_SECONDS = 0.05
_MOST_BYTES = 32 * 1024 * 1024  # twice DynamoDB's largest answer

# Refusals that say that nothing was done.
_BUSY = frozenset(
    {
        "ConditionalRequestConflict",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A service's names: in the environment, before its operations, and where signatures call it something else."""

    endpoint_variable: str
    target: str = ""
    json_version: str = "1.0"
    signing_name: str = ""


_SERVICES = {
    "bedrock-runtime": _Known("BEDROCK_RUNTIME", signing_name="bedrock"),
    "dynamodb": _Known("DYNAMODB", "DynamoDB_20120810"),
    "es": _Known("OPENSEARCH"),  # a domain of OpenSearch, which has an endpoint of its own
    "events": _Known("EVENTBRIDGE", "AWSEvents", "1.1"),
    "execute-api": _Known("APIGATEWAYMANAGEMENTAPI"),
    "s3": _Known("S3"),
    "sqs": _Known("SQS", "AmazonSQS"),
    "states": _Known("SFN", "AWSStepFunctions"),
}


class AwsError(Exception):
    """The service said no. `details` is what else it said; `repeated`, that an attempt before may have been done."""

    def __init__(
        self, code: str, message: str, status: int, details: Mapping[str, Any] | None = None, *, repeated: bool = False
    ) -> None:
        super().__init__(f"{code} ({status})")  # the message may quote data
        self.code, self.message, self.status = code, message, status
        self.details, self.repeated = details or {}, repeated


class Service:
    """One AWS service in the function's region, at `endpoint` or where the environment or AWS has it."""

    def __init__(
        self,
        name: str,
        endpoint: str | None = None,
        *,
        connect_seconds: float = 1.0,
        read_seconds: float = 5.0,
        retries: int = 2,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._known = _SERVICES[name]
        self.region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
        self.endpoint = endpoint or _endpoint(name, self._known, self.region)
        url = urlsplit(self.endpoint)
        self._host, self._base_path = url.netloc, url.path.rstrip("/")
        self._read_seconds, self._retries = read_seconds, retries
        self._sleep, self._jitter, self._now = sleep, jitter, now
        self._scope = self._known.signing_name or name
        self._connections = Connections(self.endpoint, connect_seconds, clock)

    def call(
        self,
        operation: str,
        payload: Mapping[str, Any],
        *,
        repeatable: bool = True,
        read_seconds: float | None = None,
    ) -> dict[str, Any]:
        """One operation of a service that speaks JSON. Raises AwsError; Unavailable where it is out of reach or busy.

        What may or may not have been done is tried again only if it is `repeatable`.
        """
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": f"application/x-amz-json-{self._known.json_version}",
            "X-Amz-Target": f"{self._known.target}.{operation}",
        }
        answer = self._send("POST", "/", {}, headers, body, _MOST_BYTES, read_seconds, repeatable=repeatable)
        try:
            answered: dict[str, Any] = json.loads(answer.body or b"{}")
        except ValueError as error:  # something between us and the service spoke in its name
            raise _unavailable() from error
        return answered

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        most_bytes: int = _MOST_BYTES,
        repeatable: bool | None = None,
        read_seconds: float | None = None,
    ) -> Answer:
        """One request to a REST service; `path` is percent-encoded and follows that of the endpoint.

        Raises as `call` does; all methods but POST and PATCH are repeatable unless told otherwise.
        """
        again = method not in {"POST", "PATCH"} if repeatable is None else repeatable
        return self._send(method, path, query or {}, headers or {}, body, most_bytes, read_seconds, repeatable=again)

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str], body: bytes) -> Iterator[Opened]:
        """POST once, and read the answer while it comes; leaving early closes the connection.

        Raises AwsError; Unavailable where the service is out of reach or busy, or the answer breaks off.
        """
        wire_path = self._base_path + path
        signed = self._signed(Unsigned("POST", wire_path, {}, {"Host": self._host, **headers}, body))
        try:
            with self._connections.opened("POST", wire_path, signed, body, self._read_seconds) as opened:
                if opened.status >= 300:
                    answer = Answer(opened.status, opened.headers, opened.read(_MOST_BYTES))
                    refusal = _refusal(answer, repeated=False)
                    if _is_busy(refusal) or refusal.status >= 500:
                        raise _unavailable() from refusal
                    raise refusal
                yield opened
        except (NotSent, Lost) as error:
            raise _unavailable() from error

    def close(self) -> None:
        """Close what is idle; the next call opens a new connection."""
        self._connections.close()

    def _signed(self, unsigned: Unsigned) -> dict[str, str]:
        return signed_headers(unsigned, current_credentials(), self._scope, self.region, self._now()) | _trace()

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        most_bytes: int,
        read_seconds: float | None,
        *,
        repeatable: bool,
    ) -> Answer:
        wire_path = self._base_path + path
        target = f"{wire_path}?{query_string(query)}" if query else wire_path
        unsigned = Unsigned(method, wire_path, query, {"Host": self._host, **headers}, body)
        backoff = Backoff(_FIRST_WAIT_SECONDS, sleep=self._sleep, jitter=self._jitter)
        maybe_done = False
        for retries_left in reversed(range(self._retries + 1)):
            try:
                answer = self._connections.exchange(
                    method, target, self._signed(unsigned), body, most_bytes, read_seconds or self._read_seconds
                )
            except NotSent as error:
                cause: Exception = error
            except Lost as error:
                cause, maybe_done = error, True
            else:
                if answer.status < 300:
                    return answer
                cause = refusal = _refusal(answer, repeated=maybe_done)
                if not _is_busy(refusal):
                    if answer.status < 500:
                        raise refusal
                    maybe_done = True
            if not retries_left or (maybe_done and not repeatable):
                raise _unavailable() from cause
            if not isinstance(cause, Dropped):  # that was idle for too long: nobody is overloaded
                backoff.pause()
        raise AssertionError("the last attempt returns or raises")


def _is_busy(refusal: AwsError) -> bool:
    """Whether nothing was done that could not be done in a moment."""
    return refusal.code in _BUSY or refusal.status == 429


def _unavailable() -> Unavailable:
    return Unavailable("A service that we depend on is busy; try again.", retry_after_seconds=2)


def _endpoint(name: str, known: _Known, region: str) -> str:
    told = os.environ.get(f"AWS_ENDPOINT_URL_{known.endpoint_variable}") or os.environ.get("AWS_ENDPOINT_URL")
    return told or f"https://{name}.{region}.{'amazonaws.com.cn' if region.startswith('cn-') else 'amazonaws.com'}"


def _trace() -> dict[str, str]:
    """What Lambda follows a request by, through X-Ray and in its search for loops; not signed."""
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    return {"X-Amzn-Trace-Id": trace} if trace else {}


def _refusal(answer: Answer, *, repeated: bool) -> AwsError:
    """The error in an answer: of the JSON protocols, of REST with JSON, of OpenSearch, or of S3's XML."""
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = {}
    details = told if isinstance(told, dict) else {}
    code = answer.header("x-amzn-errortype") or str(details.get("__type") or details.get("code") or "")
    if not code and isinstance(error := details.get("error"), dict):
        code = str(error.get("type") or "")
    if not code and (in_xml := re.search(rb"<Code>([A-Za-z.]+)</Code>", answer.body)):
        code = in_xml[1].decode()
    code = code.partition(":")[0].rpartition("#")[2] or f"Status{answer.status}"
    message = details.get("message") or details.get("Message") or ""
    return AwsError(code, str(message), answer.status, details, repeated=repeated)
