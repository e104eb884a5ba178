"""Run the stand-in for Bedrock Runtime in the foreground: python -m local.model.server

Settings: MODEL_PORT (4567); MODEL_TOKENS_PER_SECOND (100), the pace of streams; MODEL_NON_STREAMING_SECONDS (0),
the maximum delay of an answer that is not streamed; MODEL_URL, MODEL_NAME and MODEL_API_KEY of an OpenAI-compatible
server to relay to. With END_WITH_STDIN=1 it stops when standard input is closed, as it is when the parent process dies.
It listens on the loopback interface only, refuses web pages, and saves nothing. GET /_model/ready answers 200 once it
is ready; all other paths under /_model/ need the key CONTROL_KEY, as Guard says.
"""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from local.guard import CONTROL_KEY, Guard
from local.model import answers, converse, embeddings, messages
from local.model.behaviour import Behaviour, Behaviours, UnknownSetting
from local.model.capabilities import Model, find_model
from local.model.errors import (
    ApiError,
    ConnectionCut,
    InternalServerException,
    ModelStreamErrorException,
    UnknownOperationException,
    ValidationException,
)
from local.model.event_stream import exception
from local.model.generation import Draft, Pace, collect, interrupted, metered, paced, pieces_of
from local.model.prompt import Json, Pieces, Prompt, ToolCall
from local.model.recording import Record, Recording, text_of
from local.model.relay import Relay
from local.model.schemas import malformed
from local.model.web import (
    Receive,
    Request,
    Scope,
    Send,
    read_request,
    send_error,
    send_json,
    send_stream,
    until_disconnected,
)

HOST = "127.0.0.1"
DEFAULT_PORT = 4567
_API = {
    "converse": (converse, False),
    "converse-stream": (converse, True),
    "invoke": (messages, False),
    "invoke-with-response-stream": (messages, True),
}


@dataclass(frozen=True)
class Settings:
    port: int = DEFAULT_PORT
    tokens_per_second: float = 100
    non_streaming_seconds: float = 0
    relay: Relay | None = None
    control_key: str = ""


def settings_from(environment: Mapping[str, str]) -> Settings:
    url = environment.get("MODEL_URL", "")
    return Settings(
        int(environment.get("MODEL_PORT") or DEFAULT_PORT),
        float(environment.get("MODEL_TOKENS_PER_SECOND") or 100),
        float(environment.get("MODEL_NON_STREAMING_SECONDS") or 0),
        Relay(url, environment.get("MODEL_NAME", ""), environment.get("MODEL_API_KEY", "")) if url else None,
        environment.get(CONTROL_KEY, ""),
    )


@dataclass(frozen=True)
class Call:
    """A valid request to a model."""

    api: Any
    prompt: Prompt
    body: Json
    streams: bool
    behaviour: Behaviour
    record: Record


class StandIn:
    """The ASGI application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._behaviours = Behaviours()
        self._recording = Recording()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            request = await read_request(scope, receive)
        except ApiError as refusal:
            await send_error(send, refusal)
            return
        work = asyncio.create_task(self._answer(request, send))
        gone = asyncio.create_task(until_disconnected(receive))
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in (work, gone):
            task.cancel()
        await asyncio.wait({work, gone})
        if not work.cancelled() and (failure := work.exception()) is not None:
            raise failure

    async def _answer(self, request: Request, send: Send) -> None:
        try:
            if request.path.startswith("/_model/"):
                await self._control(request, send)
            elif request.method == "POST" and request.path.startswith("/model/"):
                model_id, _, operation = request.path.removeprefix("/model/").rpartition("/")
                await self._run(request, model_id, operation, send)
            else:
                raise UnknownOperationException(f"{request.method} {request.path} is unknown")
        except ApiError as error:
            await send_error(send, error)

    async def _control(self, request: Request, send: Send) -> None:
        match = request.query.get("match")
        match request.method, request.path:
            case "GET", "/_model/ready":
                relay = self._settings.relay
                model = embeddings.NAME if embeddings.are_installed() else None
                relays_to = relay.base if relay else None
                await send_json(send, 200, {"ready": True, "relaysTo": relays_to, "embeddings": model})
            case "GET", "/_model/behaviour":
                await send_json(send, 200, self._behaviours.all())
            case "PUT", "/_model/behaviour":
                try:
                    self._behaviours.put(request.json())
                except UnknownSetting as error:
                    raise ValidationException(str(error)) from error
                await send_json(send, 200, self._behaviours.all())
            case "DELETE", "/_model/behaviour":
                self._behaviours.forget(match)
                await send_json(send, 200, self._behaviours.all())
            case "GET", "/_model/requests":
                await send_json(send, 200, self._recording.matching(match or ""))
            case "DELETE", "/_model/requests":
                self._recording.forget(match or "")
                await send_json(send, 200, [])
            case _:
                raise UnknownOperationException(f"{request.method} {request.path} is unknown")

    async def _run(self, request: Request, model_id: str, operation: str, send: Send) -> None:
        if operation not in _API:
            raise UnknownOperationException(f"The stand-in has no operation {operation}")
        record = self._recording.add(operation, model_id, request.headers, request.body)
        try:
            model = find_model(model_id)
            body = request.json()
            if model.embeds and operation == "invoke":
                await self._embed(embeddings.read(body), send)
            else:
                await self._generate(self._call(model, operation, body, record), send)
            if record.outcome == "running":
                record.outcome = "answered"
        except ApiError as error:
            record.outcome = error.code
            raise
        except asyncio.CancelledError:
            record.outcome = "disconnected"
            raise

    async def _embed(self, given: embeddings.Input, send: Send) -> None:
        self._behaviours.of(given.text).raise_failure()
        answer = await asyncio.get_running_loop().run_in_executor(embeddings.THREADS, embeddings.embed, given)
        await self._send_whole(send, answer, {"x-amzn-bedrock-input-token-count": str(given.tokens)})

    def _call(self, model: Model, operation: str, body: Any, record: Record) -> Call:
        api, streams = _API[operation]
        try:
            prompt = api.read(model, body)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValidationException(
                f"Malformed input request: {error!r}, please reformat your input and try again."
            ) from error
        behaviour = self._behaviours.of(text_of(body))
        behaviour.raise_failure()
        return Call(api, prompt, body, streams, behaviour, record)

    async def _generate(self, call: Call, send: Send) -> None:
        # Explicitly: a client that has gone may leave a traceback behind, which would keep the pieces open.
        async with aclosing(self._pieces(call)) as pieces:
            await self._send_answer(call, metered(pieces, call.record.meter), send)

    async def _send_answer(self, call: Call, pieces: Pieces, send: Send) -> None:
        if call.streams:
            first = await anext(pieces)  # before it, a failure is an HTTP error
            headers = {"content-type": call.api.CONTENT_TYPE, "x-amzn-requestid": str(uuid.uuid4())}
            if call.api is messages:
                headers["x-amzn-bedrock-content-type"] = "application/json"
            frames = call.api.frames(_from(first, pieces), call.prompt, call.body, call.record.meter)
            try:
                await send_stream(send, headers, _ending_in_exception(frames, call.record))
            except ConnectionCut:
                call.record.outcome = ConnectionCut.__name__
            return
        try:
            answer = await collect(pieces, call.prompt)
        except (ModelStreamErrorException, ConnectionCut) as error:
            raise InternalServerException(str(error)) from error
        counts = {
            "x-amzn-bedrock-input-token-count": str(answer.end.input_tokens),
            "x-amzn-bedrock-output-token-count": str(answer.end.output_tokens),
        }
        await self._send_whole(send, call.api.whole(answer, call.body, call.record.meter), counts)

    async def _send_whole(self, send: Send, body: Json, headers: Mapping[str, str]) -> None:
        await send_json(send, 200, body, {"x-amzn-requestid": str(uuid.uuid4())} | dict(headers))

    def _pieces(self, call: Call) -> Pieces:
        behaviour, prompt = call.behaviour, call.prompt
        canned = behaviour.next_answer()
        if self._settings.relay is not None and canned is None:
            given = (call.body.get("inferenceConfig") or {}).get("maxTokens") or call.body.get("max_tokens")
            pieces = self._settings.relay.pieces(prompt, given)
        else:
            draft = _canned(canned) if canned is not None else self._draft(call)
            pieces = paced(pieces_of(draft, prompt), self._pace(call))
        breaks_after = behaviour.get("breakAfterTokens")
        return pieces if breaks_after is None else interrupted(pieces, int(breaks_after), behaviour.break_error())

    def _draft(self, call: Call) -> Draft:
        draft = answers.write(call.prompt, obeys_injections=call.behaviour.get("obeyInjections", False))
        schemas = {tool.name: tool.schema for tool in call.prompt.tools}
        calls = tuple(
            replace(made, input=malformed(schemas[made.name])) if call.behaviour.take("malformedToolInput") else made
            for made in draft.calls
        )
        return replace(draft, calls=calls)

    def _pace(self, call: Call) -> Pace:
        at_most = call.behaviour.get("nonStreamingSecondsAtMost", self._settings.non_streaming_seconds)
        return Pace(
            call.behaviour.get("tokensPerSecond", self._settings.tokens_per_second),
            call.behaviour.get("firstTokenDelaySeconds", 0),
            None if call.streams else at_most,
        )


def _canned(answer: str | Json) -> Draft:
    if isinstance(answer, str):
        return Draft(answer)
    calls = answer.get("toolCalls") or []
    made = (ToolCall(f"tooluse_{uuid.uuid4().hex[:22]}", call["name"], call.get("input") or {}) for call in calls)
    return Draft(answer.get("text") or "", tuple(made))


async def _from(first: Any, rest: Pieces) -> Pieces:
    yield first
    async for piece in rest:
        yield piece


async def _ending_in_exception(frames: AsyncIterator[bytes], record: Record) -> AsyncIterator[bytes]:
    try:
        async for frame in frames:
            yield frame
    except ConnectionCut:
        raise
    except ApiError as error:
        record.outcome = error.code
        yield exception(error)


async def run(settings: Settings) -> None:
    config = Config()
    config.bind = [f"{HOST}:{settings.port}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    if os.environ.get("END_WITH_STDIN") == "1":
        # Nobody writes to it, so being readable means that it was closed. There is nothing to save.
        asyncio.get_running_loop().add_reader(sys.stdin, lambda: os._exit(0))
    guarded = Guard(StandIn(settings), settings.control_key, is_control)
    await serve(guarded, config, shutdown_trigger=asyncio.Event().wait)  # type: ignore[arg-type]  # Hypercorn has types of its own for ASGI


def is_control(path: str) -> bool:
    return path.startswith("/_model/") and path != "/_model/ready"


def main() -> None:
    """Serve until a signal kills the process: there is nothing to save or to wait for."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asyncio.run(run(settings_from(os.environ)))


if __name__ == "__main__":
    main()
