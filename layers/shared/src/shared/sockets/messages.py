"""The actions of a socket: ping, part, resume and stop, and message, which the context answers.

A message that cannot be read or carried out is answered with an error, and the socket stays open.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.auth.access import Access
from shared.errors import AlmonerError, FieldError, Invalid, Malformed, TooLarge
from shared.http.bodies import checked
from shared.http.fields import MessageId
from shared.http.forms import Form
from shared.http.problems import problem_of
from shared.json.strict import parse_utf_16, refuse_lone_surrogates
from shared.observability.logs import logger, without_message
from shared.runs.run import Accepted, Run, Sender
from shared.runs.service import RunService
from shared.sockets.connections import MAX_MESSAGE_BYTES, Connection, Part, Parts, connection_of

_MAX_PARTS = 64

type RunId = Annotated[str, Form(r"[A-Za-z0-9-]{1,64}", "the runId of a message that was accepted")]
type Accept = Callable[[Connection, Mapping[str, Any], Callable[[Run], None]], None]
"""What a context does with `message`: it starts a run, and announces it. Raises AlmonerError."""


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class Resume(_Action):
    action: Literal["resume"]
    run_id: RunId
    after: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Stop(_Action):
    action: Literal["stop"]
    run_id: RunId


class SendPart(_Action):
    action: Literal["part"]
    message_id: MessageId
    index: Annotated[int, Field(ge=0, lt=_MAX_PARTS)]
    count: Annotated[int, Field(ge=1, le=_MAX_PARTS)]
    data: str

    def to_part(self) -> Part:
        return Part(self.message_id, self.index, self.count, self.data)


class SocketRouter:
    """Routes the messages of a context's sockets by their action."""

    def __init__(
        self,
        *,
        sender: Sender,
        runs: RunService,
        access: Access,
        parts: Parts,
        accept: Accept,
        now: Callable[[], datetime],
    ) -> None:
        self._sender, self._runs = sender, runs
        self._access, self._parts, self._accept, self._now = access, parts, accept, now

    def receive(self, event: Mapping[str, Any]) -> None:
        """Carry out a message. Raises Unavailable only if not even an error can be sent."""
        connection_id = event["requestContext"]["connectionId"]
        try:
            connection = connection_of(event)
            with self._access.required(connection.caller, self._now()):
                self._act(connection, _read(str(event.get("body") or "")))
        except AlmonerError as error:
            logger.info("message refused", extra={"error": type(error).__name__})
            self._refuse(connection_id, error)
        except Exception as error:  # noqa: BLE001  the last resort: the client gets an error, the log the trace
            logger.error("message failed", extra=without_message(error))
            self._refuse(connection_id, None)

    def _act(self, connection: Connection, message: Mapping[str, Any]) -> None:
        match message.get("action"):
            case "ping":
                self._sender.send(connection.connection_id, {"type": "pong"})
            case "message":
                self._accept(connection, message, lambda run: self._announce(connection, run))
            case "resume":
                self._resume(connection, checked(Resume, message))
            case "stop":
                self._stop(connection, checked(Stop, message))
            case "part":
                self._collect(connection, checked(SendPart, message).to_part())
            case _:
                raise Invalid(
                    "There is no such action.",
                    [FieldError("action", "must be one of message, resume, stop, ping, part")],
                )

    def _refuse(self, connection_id: str, error: AlmonerError | None) -> None:
        self._sender.send(connection_id, {"type": "error", **problem_of(error)})

    def _announce(self, connection: Connection, run: Run) -> None:
        self._sender.send(connection.connection_id, {"type": "accepted", **Accepted.of(run).message})

    def _resume(self, connection: Connection, resume: Resume) -> None:
        run = self._runs.find_own(resume.run_id, connection.caller.user_id)
        self._runs.follow(run, connection.connection_id, after=resume.after)

    def _stop(self, connection: Connection, stop: Stop) -> None:
        """Whoever follows a run that is open hears of its end as of every frame; everybody else here."""
        run = self._runs.find_own(stop.run_id, connection.caller.user_id)
        frame = self._runs.stop(run)
        if not run.is_open or connection.connection_id not in run.followers:
            self._sender.send(connection.connection_id, frame.message)

    def _collect(self, connection: Connection, part: Part) -> None:
        if part.index >= part.count:
            raise Invalid(
                "A part's index must be less than its count.", [FieldError("index", "must be less than count")]
            )
        data = self._parts.add(connection.connection_id, part, self._now())
        if data is None:
            return
        message = _read(data)
        if message.get("action") == "part":
            raise Invalid("Parts must not make another part.", [FieldError("action", "must not be part")])
        self._act(connection, {"messageId": part.message_id, **message})


def _read(text: str) -> Mapping[str, Any]:
    """Raises Malformed or TooLarge."""
    body = text.encode(errors="surrogatepass")
    if len(body) > MAX_MESSAGE_BYTES:
        raise TooLarge(f"A message may have at most {MAX_MESSAGE_BYTES:,} bytes; this one has {len(body):,}.")
    message = parse_utf_16(body)
    if not isinstance(message, dict):
        raise Malformed('A message must be a JSON object with an action, such as {"action": "ping"}.')
    is_part = message.get("action") == "part"  # whose data may be cut within a character: it is checked once joined
    refuse_lone_surrogates({**message, "data": ""} if is_part else message)
    return message
