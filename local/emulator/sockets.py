"""WebSocket APIs: delivery of messages to functions, their responses, and limits of size."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from hypercorn.config import Config
from hypercorn.protocol import ws_stream
from ministack.services import apigateway

from local.emulator.provisioning import Answer, Json

MAX_MESSAGE_BYTES = 128 * 1024
MAX_FRAME_BYTES = 32 * 1024

type Deliver = Callable[..., Awaitable[Json | None]]

_running: set[asyncio.Task[None]] = set()
"""Messages that are being processed; the event loop itself keeps only weak references to tasks."""


def deliver_messages_concurrently() -> None:
    """Deliver each message immediately; send the function's result only if the route has a route response.

    MiniStack delivers a message after the function has processed the previous one, sends every result, and does not
    report failures to the client.
    """
    deliver: Deliver = apigateway._invoke_ws_lambda

    async def deliver_at_once(
        api_id: str,
        account: str,
        region: str,
        route: Json,
        stage: str,
        connection_id: str,
        event_type: str,
        request_id: str,
        *more: Any,
        **named: Any,
    ) -> Json | None:
        call = deliver(api_id, account, region, route, stage, connection_id, event_type, request_id, *more, **named)
        if event_type != "MESSAGE":
            return await call
        answer = _answer(call, route, connection_id, request_id, apigateway._ws_connections[connection_id])
        task = asyncio.create_task(answer)
        _running.add(task)
        task.add_done_callback(_running.discard)
        return None

    apigateway._invoke_ws_lambda = deliver_at_once


async def _answer(
    call: Awaitable[Json | None], route: Json, connection_id: str, request_id: str, connection: Json
) -> None:
    answer = await call or {}
    if answer.get("statusCode") == 502 or "statusCode" not in answer:
        failure = {"message": "Internal server error", "connectionId": connection_id, "requestId": request_id}
        await connection["outbox"].put(json.dumps(failure))
    elif route.get("routeResponseSelectionExpression") and answer.get("body"):
        await connection["outbox"].put(answer["body"])


def close_on_large_messages() -> None:
    """Close the connection with 1009, by a proper handshake, on a message over 128 KB or a frame over 32 KB."""
    Config.websocket_max_message_size = MAX_MESSAGE_BYTES
    module: Any = ws_stream
    module.WebsocketBuffer = _LimitedBuffer
    handle: Callable[[Any], Awaitable[None]] = module.WSStream._handle_events

    async def handle_all_events(stream: Any) -> None:
        refused = True
        while refused:  # Hypercorn stops reading then, and would miss the client's closing frame
            stream.buffer.refused = False
            await handle(stream)
            refused = stream.buffer.refused

    module.WSStream._handle_events = handle_all_events


class _LimitedBuffer(ws_stream.WebsocketBuffer):
    """Refuses too large frames and messages, and everything that comes after them."""

    frame_length = 0
    refused = False

    def extend(self, event: Any) -> None:
        data = event.data.encode() if isinstance(event.data, str) else event.data
        self.frame_length += len(data)
        if self.frame_length > MAX_FRAME_BYTES:
            self.length = self.max_length + 1
        self.refused = self.length > self.max_length
        if self.refused:
            raise ws_stream.FrameTooLargeError
        try:
            super().extend(event)
        except ws_stream.FrameTooLargeError:
            self.refused = True
            raise
        if event.frame_finished:
            self.frame_length = 0


def refuse_large_posts() -> None:
    """Answer 413 to a function that sends more than 128 KB in one message."""
    handle = apigateway.handle_connections_api

    async def handle_within_limit(
        method: str, api_id: str, stage: str, connection_id: str, body: bytes, headers: dict[str, str]
    ) -> Answer:
        if method == "POST" and len(body or b"") > MAX_MESSAGE_BYTES:
            kind = "PayloadTooLargeException"
            names = {"Content-Type": "application/json", "x-amzn-ErrorType": kind}
            return 413, names, json.dumps({"message": "Payload too large"}).encode()
        answer: Answer = await handle(method, api_id, stage, connection_id, body, headers)
        return answer

    apigateway.handle_connections_api = handle_within_limit
