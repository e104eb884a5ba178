"""Run the stand-in for Stripe in the foreground: python -m local.payments.server

Settings: PAYMENTS_PORT (4568); PAYMENTS_FILE, where it keeps its data (only in memory if empty); PAYMENTS_LATER_SECONDS
(5), after which direct debits end, refunds to closed cards fail and disputes come. Where webhooks go is set while it
runs: see docs/payment-stand-in.md. With END_WITH_STDIN=1 it stops when standard input is closed, as it is when the
parent process dies. It listens on the loopback interface only, and refuses web pages. GET /_payments/ready answers 200
once it is ready. CONTROL_KEY is the key that its own routes need, as Guard says, but for the bank's page.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.guard import CONTROL_KEY, Guard
from local.payments.account import Account
from local.payments.api import Api
from local.payments.control import Control, is_control
from local.payments.errors import (
    KeyInUse,
    KeyReused,
    RateLimited,
    Refusal,
    ServerFault,
    Unauthorized,
)
from local.payments.faults import Fault, Faults
from local.payments.forms import Parameters, parse
from local.payments.store import KeptAnswer, Store
from local.payments.webhooks import Settings as WebhookSettings
from local.payments.webhooks import Webhooks

HOST = "127.0.0.1"
DEFAULT_PORT = 4568


@dataclass(frozen=True)
class Settings:
    port: int = DEFAULT_PORT
    file: Path | None = None
    later_seconds: float = 5
    control_key: str = ""


def settings_from(environment: Mapping[str, str]) -> Settings:
    file = environment.get("PAYMENTS_FILE", "")
    return Settings(
        int(environment.get("PAYMENTS_PORT") or DEFAULT_PORT),
        Path(file) if file else None,
        float(environment.get("PAYMENTS_LATER_SECONDS") or 5),
        environment.get(CONTROL_KEY, ""),
    )


class StandIn:
    """Answers requests one after the other, so that each sees what those before it have done."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.file)
        self.account = Account(self.store, time.time, f"http://{HOST}:{settings.port}")
        self.webhooks = Webhooks(self.store, WebhookSettings())
        self.faults = Faults()
        self._api = Api(self.account, self.store)
        self._keys_in_use: set[str] = set()

    async def answer(self, request: Request) -> Response:
        sent = (await request.body()).decode() if request.method == "POST" else request.url.query
        fault = self.faults.next(f"{request.method} {request.url.path} {sent}")
        try:
            _authorize(request)
            if fault.kind == "rate-limited":
                raise RateLimited
            answer = await self._answer(request, sent, fault)
        except Refusal as refusal:
            answer = JSONResponse(refusal.body, refusal.status)
        await asyncio.sleep(fault.late_seconds)
        return _cut(request) if fault.kind.startswith("cut") else answer

    async def _answer(self, request: Request, sent: str, fault: Fault) -> Response:
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        described = f"{request.method} {request.url.path} {sent}"
        if key in self._keys_in_use:
            raise KeyInUse(key)
        if kept := self.store.answer(key, int(time.time())):
            if kept.request != described:
                raise KeyReused(key)
            return JSONResponse(kept.body, kept.status, {"Idempotent-Replayed": "true"})
        self._keys_in_use |= {key} - {""}
        try:
            await asyncio.sleep(fault.wait_seconds)
            if fault.kind == "cut-before":
                return Response()
            answer = self._work(described, sent, fault, key)
        finally:
            self._keys_in_use.discard(key)
        self.webhooks.publish_new()
        return JSONResponse(answer.body, answer.status)

    def _work(self, described: str, sent: str, fault: Fault, key: str) -> KeptAnswer:
        """Do it, and keep the answer under its key: in one transaction, or not at all. Raises Refusal."""
        method, path, _ = described.split(" ", 2)
        with self.store.transaction():
            try:
                if fault.kind == "error":
                    raise ServerFault
                answer = KeptAnswer(described, 200, self._api.answer(method, path, Parameters(parse(sent))))
            except Refusal as refusal:
                if not refusal.is_kept:
                    raise
                answer = KeptAnswer(described, refusal.status, refusal.body)
            if key:
                self.store.keep_answer(key, answer, int(time.time()))
        return answer

    async def later(self) -> None:
        while True:
            await asyncio.sleep(min(1, self.settings.later_seconds))
            self.pass_time(self.settings.later_seconds)

    def pass_time(self, seconds: float) -> None:
        with self.store.transaction():
            self.account.pass_time(seconds)
        self.webhooks.publish_new()


def _authorize(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key.startswith(("sk_test_", "rk_test_")):
        raise Unauthorized("Invalid API Key provided: the stand-in takes any key that begins with sk_test_.")


class Connections(H11Protocol):
    """Those that are open, by the client's address, so that one can break off without a word."""

    open: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.open[transport.get_extra_info("peername")] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.pop(self.transport.get_extra_info("peername"), None)
        super().connection_lost(exc)


def _cut(request: Request) -> Response:
    assert request.client  # noqa: S101  of a TCP connection
    Connections.open[request.client.host, request.client.port].abort()
    return Response()


def application(settings: Settings) -> Starlette:
    stand_in = StandIn(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        later = asyncio.create_task(stand_in.later())
        yield
        later.cancel()
        with suppress(asyncio.CancelledError):
            await later

    api = Route("/v1/{path:path}", stand_in.answer, methods=["GET", "POST", "DELETE"])
    guard = Middleware(Guard, settings.control_key, is_control)
    return Starlette(routes=[*Control(stand_in).routes, api], lifespan=lifespan, middleware=[guard])


async def run(settings: Settings) -> None:
    config = uvicorn.Config(
        application(settings), HOST, settings.port, http=Connections, log_level="warning", timeout_graceful_shutdown=1
    )
    if os.environ.get("END_WITH_STDIN") == "1":
        # Nobody writes to it, so being readable means that it was closed. Everything has been saved.
        asyncio.get_running_loop().add_reader(sys.stdin, partial(os._exit, 0))
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(run(settings_from(os.environ)))
