"""The actions that every socket understands: ping, part, resume, stop; and message, which its context answers.

What cannot be understood or done is answered with an error, and the socket stays open.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from shared.auth.access import Access
from shared.errors import AlmonerError, FieldError, Invalid, Malformed, TooLarge
from shared.http.bodies import MessageId, checked
from shared.http.statuses import status_of
from shared.json.strict import parse_json
from shared.observability.logs import logger, without_message
from shared.runs.run import Run, Sender
from shared.runs.service import RunService
from shared.sockets.connections import MOST_BYTES, Connection, Part, Parts, connection_of

_MOST_PARTS = 64

type RunId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
type Accept = Callable[[Connection, Mapping[str, Any], Callable[[Run], None]], None]
"""A context's answer to `message`: it starts a run, and has it announced. Raises AlmonerError."""


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
    index: Annotated[int, Field(ge=0, lt=_MOST_PARTS)]
    count: Annotated[int, Field(ge=1, le=_MOST_PARTS)]
    data: str

    def to_part(self) -> Part:
        return Part(self.message_id, self.index, self.count, self.data)


class SocketDoor:
    """Understands what comes over a context's sockets."""

    def __init__(
        self,
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
        """Do what a message asks for. Raises Unavailable only where not even an error can be sent."""
        connection_id = event["requestContext"]["connectionId"]
        try:
            connection = connection_of(event)
            self._access.require(connection.caller, self._now())
            self._act(connection, _read(str(event.get("body") or "")))
        except AlmonerError as error:
            logger.info("message refused", extra={"error": type(error).__name__})
            self._sender.send(connection_id, _problem(error))
        except Exception as error:  # noqa: BLE001  the last resort: the sender gets an error, and we the trace
            logger.error("message failed", extra=without_message(error))
            self._sender.send(connection_id, _problem(None))

    def _act(self, connection: Connection, message: Mapping[str, Any]) -> None:
        match message.get("action"):
            case "ping":
                self._sender.send(connection.connection_id, {"type": "pong"})
            case "message":
                self._accept(connection, message, lambda run: self._announce(connection, run))
            case "resume":
                self._resume(connection, checked(Resume, message))
            case "stop":
                self._runs.stop(self._runs.find_own(checked(Stop, message).run_id, connection.caller.user_id))
            case "part":
                self._collect(connection, checked(SendPart, message).to_part())
            case _:
                raise Invalid(
                    "There is no such action.", [FieldError("action", "is one of message, resume, stop, ping, part")]
                )

    def _announce(self, connection: Connection, run: Run) -> None:
        accepted = {"type": "accepted", "runId": run.run_id, "sessionId": run.session_id}
        self._sender.send(connection.connection_id, accepted)

    def _resume(self, connection: Connection, asked: Resume) -> None:
        run = self._runs.find_own(asked.run_id, connection.caller.user_id)
        self._runs.follow(run, connection.connection_id, after=asked.after)

    def _collect(self, connection: Connection, part: Part) -> None:
        if part.index >= part.count:
            raise Invalid("A part's index is less than its count.", [FieldError("index", "is less than count")])
        pieces = self._parts.add(connection.connection_id, part, self._now())
        if pieces is None:
            return
        message = _read("".join(pieces))
        if message.get("action") == "part":
            raise Invalid("Parts cannot be made of parts.", [FieldError("action", "is another than part")])
        self._act(connection, {"messageId": part.message_id, **message})


def _read(text: str) -> Mapping[str, Any]:
    """Raises Malformed or TooLarge."""
    body = text.encode(errors="surrogatepass")
    if len(body) > MOST_BYTES:
        raise TooLarge(f"A message may have {MOST_BYTES} bytes; this one has {len(body)}.")
    message = parse_json(body)
    if not isinstance(message, dict):
        raise Malformed('A message is a JSON object with an action: {"action": "ping"}.')
    return message


def _problem(error: AlmonerError | None) -> dict[str, object]:
    if error is None:
        detail = "Something went wrong on our side; it has been noted."
        return {"type": "error", "title": "Internal Server Error", "status": 500, "detail": detail}
    status = status_of(error)
    problem: dict[str, object] = {
        "type": "error",
        "title": status.phrase,
        "status": int(status),
        "detail": error.detail,
    }
    if isinstance(error, (Malformed, Invalid)) and error.errors:
        problem["errors"] = error.errors
    return problem
