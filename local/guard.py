"""Which requests the local servers answer: not those that a web page of somebody else makes a browser send.

Everything listens on the loopback interface, but a page that a developer visits reaches that interface, too: by
requests without a preflight, whose answers it cannot read, and by a name that its owner lets point here, under which it
can.
"""

import hmac
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from local.workspace import ALLOWED_ORIGIN

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[Any]]
type Send = Callable[[Any], Awaitable[None]]
type Application = Callable[[Any, Any, Any], Awaitable[None]]

CONTROL_KEY = "CONTROL_KEY"
"""The environment variable with the key of a stand-in's controls."""
_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?P<port>:[0-9]{1,5})?")
_OUR_NAMES = frozenset({"localhost", "host.docker.internal"})
"""The second is this machine's for containers of Docker Desktop, where `sam local` runs functions."""
_LINKED = frozenset({"document", "image"})
"""What pages of others may fetch: links may be followed, and the site shows the shop's images."""


def refusal(values_of: Callable[[str], Sequence[str]]) -> str | None:
    """Why a request with these headers is refused, or None. Names of headers are given in lower case.

    Browsers say where a request comes from: by `Origin`, except for GET and HEAD requests that the page cannot read,
    and by `Sec-Fetch-Site`. Other programs do not, and pass.
    """
    hosts, origins = [each.lower() for each in values_of("host")], [each.lower() for each in values_of("origin")]
    if len(hosts) != 1 or not _is_ours(hosts[0]):
        return (
            f"Host must be a name of this machine, such as localhost or 127.0.0.1, not {', '.join(hosts) or 'empty'}."
        )
    if foreign := [origin for origin in origins if not _may_call(origin, hosts[0])]:
        return f"Only pages of this machine at {ALLOWED_ORIGIN} may call this, not those of {', '.join(foreign)}."
    elsewhere = {"cross-site", "same-site"}.intersection(values_of("sec-fetch-site"))
    if elsewhere and not origins and not _LINKED.intersection(values_of("sec-fetch-dest")):
        return "Pages elsewhere than on this machine may only link to this, and show images."
    return None


def _is_ours(host: str) -> bool:
    """Names under localhost are this machine's by RFC 6761, and an address is no name that anybody could rebind."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].strip("[]").removesuffix(".")
    if name in _OUR_NAMES or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_private  # so are loopback addresses, and those of containers' networks
    except ValueError:
        return False


def _may_call(origin: str, host: str) -> bool:
    """Our site, and pages that the server itself has sent: under one of this machine's names, from the same port."""
    scheme, _, theirs = origin.partition("://")
    port = host.rpartition("]")[2].partition(":")[2]
    return origin == ALLOWED_ORIGIN or (scheme == "http" and _is_ours(theirs) and theirs.endswith(f":{port}"))


@dataclass(frozen=True)
class Guard:
    """An ASGI application in front of another one. Answers 403, saying why, to what the other one shall not see."""

    application: Application
    key: str
    """Required by controls as `Authorization: Bearer …`; if it is empty, nobody has it."""
    is_control: Callable[[str], bool] = lambda _: False
    """Whether what is at a path needs the key."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refusal(scope) if scope["type"] in {"http", "websocket"} else None
        if refused is None:
            await self.application(scope, receive, send)
        else:
            await _refuse(scope, refused, send)

    def _refusal(self, scope: Scope) -> str | None:
        def values_of(name: str) -> list[str]:
            return [value.decode("latin-1") for given, value in scope["headers"] if given.lower() == name.encode()]

        if refused := refusal(values_of):
            return refused
        if self.is_control(scope["path"]) and not self._has_key(values_of("authorization")):
            return (
                "This needs the header Authorization: Bearer KEY; KEY is aws_secret_access_key in .local/credentials."
            )
        return None

    def _has_key(self, given: list[str]) -> bool:
        return bool(self.key) and any(
            hmac.compare_digest(each.encode(), f"Bearer {self.key}".encode()) for each in given
        )


async def _refuse(scope: Scope, why: str, send: Send) -> None:
    kind = scope["type"]
    if kind == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": why})
            return
        kind = "websocket.http"
    body = json.dumps({"message": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": f"{kind}.response.start", "status": 403, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": body})
